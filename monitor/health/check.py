"""One camera's health over time: the single picture's verdict, and whether the pictures still change."""

from monitor.health.limits import Limits
from monitor.health.picture import Sample, judge_picture
from monitor.records import Health


class HealthCheck:
    """State of one camera; used by one worker at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._digest: int | None = None
        self._same_since = 0.0

    def check(self, digest: int, sample: Sample, taken_at: float) -> Health:
        """Judge a picture by its encoded pixels' digest, its small version [h, w, 3] BGR, and when it was taken.

        FROZEN is judged in seconds between the first and the newest of pictures that are all the same, however many
        there were: a stream that repeats a frame now and then, or a slow snapshot camera, is not frozen. A live
        sensor's noise changes some pixel of every picture.
        """
        if digest != self._digest:
            self._digest, self._same_since = digest, taken_at
        health = judge_picture(sample, self._limits)
        if health is Health.OK and taken_at - self._same_since >= self._limits.frozen_after_s:
            return Health.FROZEN
        return health
