"""What a change does to a ranking, with the interval of the *difference*.

Both sides judge the same pictures, so their errors are mostly the same ones: the difference is known far better than
either figure. Both are drawn together, sequence by sequence (paired cluster bootstrap; Efron and Tibshirani, "An
Introduction to the Bootstrap", 1993, chapter 8). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.train.statistics import Scored

Statistic = Callable[[Scored], float]
DRAWS = 1000


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Change:
    """A figure before a change and after it, and the difference: after less before."""

    before: Estimate
    after: Estimate
    difference: Estimate

    @property
    def untold(self) -> bool:
        """Whether the pictures cannot tell the difference from none."""
        return self.difference.holds(0.0)

    @property
    def within(self) -> bool:
        """Whether the figure stays inside the interval that it had before."""
        return self.before.holds(self.after.value)


def changes(
    before: Scored, after: Scored, statistics: Mapping[str, Statistic], seed: int = 0, draws: int = DRAWS
) -> dict[str, Change]:
    """Each statistic before and after. Raises ValueError when the two are not of the same pictures in one order."""
    if not (np.array_equal(before.failing, after.failing) and np.array_equal(before.sequence, after.sequence)):
        raise ValueError("what is paired must be the same pictures in the same order")
    rng, names = np.random.default_rng(seed), np.unique(before.sequence)
    rows = [np.flatnonzero(before.sequence == name) for name in names]
    drawn = []
    for _ in range(draws):
        picked = np.concatenate([rows[i] for i in rng.integers(len(names), size=len(names))])
        sides = before.take(picked), after.take(picked)
        if not sides[0].one_kind:
            drawn.append([[statistic(side) for statistic in statistics.values()] for side in sides])
    table = np.array(drawn).reshape(-1, 2, len(statistics))
    return {
        name: Change(
            _estimate(statistic(before), table[:, 0, i]),
            _estimate(statistic(after), table[:, 1, i]),
            _estimate(statistic(after) - statistic(before), table[:, 1, i] - table[:, 0, i]),
        )
        for i, (name, statistic) in enumerate(statistics.items())
    }


def _estimate(value: float, draws: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Estimate:
    low, high = np.percentile(draws, [2.5, 97.5]) if len(draws) else (np.nan, np.nan)
    return Estimate(float(value), float(low), float(high))
