"""A camera's own healthy picture: the detector's raw score becomes one that is relative to it. Pure: no clock inside.

The healthy pictures of one print score higher than those of another, by more than those of one print differ among
themselves. So one threshold for all is too low for a few cameras, where it alarms, and too high for most, where it
misses. Here a camera's *bar* follows its mean: a Kalman filter of one number, the mean log-odds of this camera's
healthy pictures (R. E. Kalman, "A new approach to linear filtering and prediction problems", 1960; without drift it
is the shrunken mean of empirical Bayes, Efron and Morris 1973). It starts at what all cameras have in common and
moves as far as the seconds seen allow. The bar stands as many standard deviations of the prediction above that mean
as the threshold stands above the mean of a camera never seen: with every healthy second it may come closer.

A failure must not teach itself into the baseline. So the bar stays within fixed limits around the threshold, it rises
slowly, and :mod:`monitor.pipeline.watch` teaches it only pictures that raise no suspicion. It is kept in memory only:
after a restart every camera is one never seen.
"""

import math
from dataclasses import dataclass

MOST_GAP_S = 10.0
"""One picture speaks for at most this long: what was not seen teaches nothing."""


@dataclass(frozen=True, slots=True)
class HealthySettings:
    """How healthy pictures score, in log-odds, and how far and how fast one camera may move its bar.

    The first three belong to the model: ``models.train.overtime`` measures them on the rendered prints of its tuning
    half and writes them to ``operating_point.healthy`` of detector.json; here stands what it found for a model of
    720,000 samples without a memory, on 42 prints. The others were chosen on the same half. A ``between_sd`` of 0,
    which a model with a memory has, keeps every bar at the threshold.
    """

    mean: float = -1.1  # of all prints
    between_sd: float = 0.8  # of the prints' means
    within_sd: float = 0.6  # of one print's pictures
    camera_share: float = 0.25
    """Of the variance between prints, the camera's; the rest is the part's. 14 rendered cameras x 6 parts."""
    independent_s: float = 120.0
    """Pictures closer than this repeat each other. 30 s to 120 s decide alike; the longer one paused fewer prints."""
    drift_sd_per_hour: float = 0.5
    """A print changes as it grows: by 0.36 from one eighteenth of it, some minutes, to the next."""
    most_up: float = 1.5
    """Failures of some minutes score 4 to 8 logits: the highest bar stays below, 3 logits taught no better."""
    most_down: float = 2.0
    """1 decided later, 3 paused more prints."""
    up_per_min: float = 0.1
    """A failure grows by logits a minute; 0.03 was too slow for healthy prints that score high."""
    down_per_min: float = 0.3
    """Three times that: too high a bar loses a print in silence."""


class Baseline:
    """Follows one camera. Teach it healthy pictures only, in the order in which they were taken."""

    def __init__(self, settings: HealthySettings, threshold: float) -> None:
        """``threshold`` is a score, 0 to 1: the bar of a camera never seen."""
        self._settings = settings
        self._threshold = logit(threshold)
        self._mean = settings.mean
        self._variance = settings.between_sd**2
        self._unseen_sd = math.hypot(settings.between_sd, settings.within_sd)
        self._sds_apart = max(0.0, (self._threshold - settings.mean) / self._unseen_sd)
        self._seen_at: float | None = None

    def use(self, threshold: float) -> None:
        """Follow another threshold from now on, a score; what was learned of the camera's mean stays."""
        self._threshold = logit(threshold)
        self._sds_apart = max(0.0, (self._threshold - self._settings.mean) / self._unseen_sd)

    def bar(self, *, knows_job: bool) -> float:
        """Return the raw score, in log-odds, that is on this camera what the threshold is on one never seen.

        It is never lower than the threshold while ``knows_job`` is false: another part on the bed, of which nobody
        told us, may be one whose healthy pictures score higher.
        """
        settings = self._settings
        narrowed = self._unseen_sd - math.sqrt(self._variance + settings.within_sd**2)
        bar = self._threshold + (self._mean - settings.mean) - self._sds_apart * narrowed
        most_down = settings.most_down if knows_job else 0.0
        return min(max(bar, self._threshold - most_down), self._threshold + settings.most_up)

    def relative(self, score: float, *, knows_job: bool) -> float:
        """Return the score, 0 to 1, that would say on a camera never seen what ``score`` says on this one."""
        return probability(logit(score) + self._threshold - self.bar(knows_job=knows_job))

    def learn(self, score: float, at: float) -> None:
        """Take the picture of second ``at`` for healthy."""
        gap_s = 0.0 if self._seen_at is None else min(max(at - self._seen_at, 0.0), MOST_GAP_S)
        self._seen_at = at if self._seen_at is None else max(at, self._seen_at)
        settings = self._settings
        drift = settings.drift_sd_per_hour**2 * gap_s / 3600
        self._variance = min(self._variance + drift, settings.between_sd**2)
        looks = gap_s / settings.independent_s  # what this picture is worth, in independent ones
        gain = self._variance * looks / (self._variance * looks + settings.within_sd**2)
        step = gain * (logit(score) - self._mean)
        self._mean += min(max(step, -settings.down_per_min * gap_s / 60), settings.up_per_min * gap_s / 60)
        self._variance *= 1 - gain

    def new_job(self) -> None:
        """Forget what was the last print's: keep the camera's share of the difference, and be as unsure as that is."""
        settings = self._settings
        share = settings.camera_share
        self._mean = settings.mean + share * (self._mean - settings.mean)
        self._variance = share**2 * self._variance + (1 - share**2) * settings.between_sd**2


def logit(probability: float) -> float:
    """Return the log-odds of a probability; none is more certain than one in a million."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def probability(log_odds: float) -> float:
    """Return the probability of bounded log-odds."""
    return 1 / (1 + math.exp(-log_odds))
