"""One camera's health over time: whether the pictures still change."""

from monitor.health.limits import Limits
from monitor.records import Health


class HealthCheck:
    """State of one camera."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._digest: int | None = None
        self._same_since = 0.0

    def check(self, digest: int, health: Health, taken_at: float) -> Health:
        """Judge a picture by its encoded pixels' digest, what it says by itself, and when it was taken.

        FROZEN is judged in seconds between the first and the newest of pictures that are all the same, however many
        there were: a stream that repeats a frame now and then, or a slow snapshot camera, is not frozen. A live
        sensor's noise changes some pixel of every picture. A fault of the picture's own is what can be mended, so it
        comes first.
        """
        if digest != self._digest:
            self._digest, self._same_since = digest, taken_at
        if health is Health.OK and taken_at - self._same_since >= self._limits.frozen_after_s:
            return Health.FROZEN
        return health
