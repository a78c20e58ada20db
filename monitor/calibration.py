"""From the score that the judge weighs to a probability that people may take at its word. Pure.

The score that is relative to the camera (:mod:`monitor.baseline`) says on every camera what the detector would say on
one never seen, so one curve serves all: the logistic one of J. Platt, "Probabilistic outputs for support vector
machines", 1999. Its figures belong to the model and are measured on cameras that took no part in its training, with
the share of failing pictures that they are weighted to: ``operating_point.calibration`` of detector.json. Few prints
cannot prove that a score is never a healthy one's: so the model also says the most that it can promise.
"""

from dataclasses import dataclass

from monitor.baseline import logit, probability


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line in log-odds. A ``slope`` above 0, and at most 10, turns no order around."""

    slope: float
    shift: float
    most: float = 1.0

    def probability(self, score: float) -> float:
        """Return how likely a failure is, 0 to 1, where the relative score is ``score``, 0 to 1."""
        return min(probability(self.slope * logit(score) + self.shift), self.most)
