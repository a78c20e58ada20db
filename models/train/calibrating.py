"""From relative scores to probabilities: fits the line of monitor/calibration.py (reliability.py: whether it holds).

A moment is one look of a played print, its score relative to the camera as the monitor's own watch gives it. The
probability of a moment is the share of moments of this score, among all of a farm's printing time, at which a failure
is visible. Rendered prints fail far more often than real ones, so moments are weighted to PRIOR; within that each
print counts the same, however long it is. What a failure shows before VISIBLE (timeline.py) belongs to neither side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats
from models.train.replaying import Played, observation
from models.train.tally import Judging
from models.train.timeline import HOLD_S
from monitor.baseline import logit
from monitor.calibration import Calibration

FAILURE_EVERY_H, VISIBLE_S = 50.0, 900.0
PRIOR = VISIBLE_S / 3600 / FAILURE_EVERY_H
"""Share of printing time with a visible failure: 0.5 %. Assumed, not measured: a print of some four hours in a dozen
fails, and the printer stops, by itself, by the monitor or by a person, after a quarter of an hour. A farm that fails
ten times less often has a tenth of the probability where it is small.
"""

NEW_S = 600.0  # of a print: the baseline has learnt little
RIDGE = 1e-6  # scores that part the prints without a mistake would have no finite slope
ROUNDS = 100

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """n looks: relative scores in log-odds, whether a failure is visible, and the print's seed. Each [n]."""

    odds: Array
    failing: NDArray[np.bool_]
    seed: NDArray[np.int64]

    @property
    def weight(self) -> Array:
        """Failing ones sum to PRIOR, healthy ones to the rest, prints alike in either. [n]"""
        weight = np.zeros(len(self.odds))
        for side, share in ((self.failing, PRIOR), (~self.failing, 1 - PRIOR)):
            _, print_, looks = np.unique(self.seed[side], return_inverse=True, return_counts=True)
            weight[side] = share / (max(1, len(looks)) * looks[print_])
        return weight

    @property
    def prints(self) -> tuple[int, int]:
        """How many are healthy, and how many failing."""
        healthy, failing = (len(np.unique(self.seed[self.failing == side])) for side in (False, True))
        return healthy, failing


# -- moments


def moments(prints: list[Played], judging: Judging) -> Moments:
    """Whole healthy prints, and failures by cameras that had seen the print before them. Raises ValueError without."""
    return _together(_sides(prints, judging, is_new=False))


def new_moments(prints: list[Played], judging: Judging) -> Moments:
    """The first NEW_S of healthy prints, and failures by cameras that saw nothing before.

    A line fitted to these alone had 0.87 of the slope on either half (65 prints, the model after 720,000 samples): the
    bar of a camera never seen stands as many standard deviations off, so one line serves both.
    """
    return _together(_sides(prints, judging, is_new=True))


def _sides(prints: list[Played], judging: Judging, is_new: bool) -> Iterator[tuple[int, bool, Array]]:
    most = round(NEW_S / HOLD_S) if is_new else None
    for some in prints:
        yield some.seed, False, _relative(judging, getattr(some.healthy, judging.part)[:most])
        if len(some.failing.alone):
            before = getattr(some.before, judging.part)[: 0 if is_new else None]
            failing = getattr(some.unseen if is_new else some.failing, judging.part)
            first = len(before) + -(-some.visible_s // HOLD_S)
            odds = _relative(judging, np.concatenate([before, failing]))
            yield some.seed, True, odds[first : first + round(VISIBLE_S / HOLD_S)]


def _relative(judging: Judging, scores: Floats) -> Array:
    """Relative scores in log-odds as each look begins; nan where there was none."""
    watch, found = judging.watch(), []
    for look, score in enumerate(scores):
        seen = [watch.observe(observation(float(score), look * HOLD_S + second)) for second in range(HOLD_S)]
        relative = seen[0].judgement.score
        found.append(np.nan if relative is None else logit(relative))
    return np.array(found, np.float64)


def _together(sides: Iterator[tuple[int, bool, Array]]) -> Moments:
    """Raises ValueError where one side has nothing to show."""
    parts = [(seed, failing, odds[~np.isnan(odds)]) for seed, failing, odds in sides]
    if {False, True} != {failing for _, failing, odds in parts if len(odds)}:
        raise ValueError("a calibration needs healthy and failing moments: film more prints")
    return Moments(
        np.concatenate([odds for _, _, odds in parts]),
        np.concatenate([np.full(len(odds), failing) for _, failing, odds in parts]),
        np.concatenate([np.full(len(odds), seed) for seed, _, odds in parts]),
    )


# -- the fit


def fit(data: Moments) -> Calibration:
    """The line of least cross-entropy (Platt 1999) by Newton's method, and the most that so few prints can promise.

    Raises ValueError where a higher score means no more failures.
    """
    line = _line(data)
    if line[0] <= 0:
        raise ValueError(f"a higher score means no more failures here (slope {line[0]:.2f}): look at the prints")
    return Calibration(round(float(line[0]), 3), round(float(line[1]), 3), round(most(*data.prints), 3))


def slope_interval(data: Moments, draws: int = 100) -> tuple[float, float]:
    """95 % of the slopes of redrawn prints (cluster bootstrap: Field and Welsh 2007)."""
    rng, seeds = np.random.default_rng(0), np.unique(data.seed)
    rows = {seed: np.flatnonzero(data.seed == seed) for seed in seeds}
    slopes = []
    for _ in range(draws):
        drawn = [rows[seed] for seed in rng.choice(seeds, len(seeds))]
        again = np.concatenate(drawn)
        number = np.repeat(np.arange(len(drawn)), [len(some) for some in drawn])  # one drawn twice is two
        if 0 < data.failing[again].sum() < len(again):
            slopes.append(_line(Moments(data.odds[again], data.failing[again], number))[0])
    low, high = np.percentile(slopes, [2.5, 97.5])
    return float(low), float(high)


def _line(data: Moments) -> Array:
    """Slope and shift."""
    inputs, weight = np.stack([data.odds, np.ones_like(data.odds)], 1), data.weight
    line = np.array([1.0, logit(PRIOR)])
    for _ in range(ROUNDS):
        said = sigmoid(inputs @ line)
        slope = inputs.T @ (weight * (said - data.failing)) + [RIDGE * line[0], 0.0]
        bend = (inputs * (weight * said * (1 - said))[:, None]).T @ inputs + np.diag([RIDGE, RIDGE * PRIOR])
        step = np.linalg.solve(bend, slope)
        while _loss(inputs, data, weight, line - step) > _loss(inputs, data, weight, line) + 1e-12:
            step /= 2
        line = line - step
        if np.abs(step).max() < 1e-6:
            break
    return line


def most(healthy: int, failing: int) -> float:
    """The probability where every failing print has been and none of the healthy ones.

    By the rule of succession, as in Platt's targets, with prints for examples, for the moments of one are near-copies:
    thirty prints do not say that none of a farm's thousands looks like a failure.
    """
    fails, not_fails = PRIOR * (failing + 1) / (failing + 2), (1 - PRIOR) / (healthy + 2)
    return fails / (fails + not_fails)


def _loss(inputs: Array, data: Moments, weight: Array, line: Array) -> float:
    odds = inputs @ line
    return float(weight @ (np.logaddexp(0, odds) - data.failing * odds) + RIDGE * line[0] ** 2 / 2)


def sigmoid(odds: Array) -> Array:
    """The probability of log-odds."""
    return np.asarray(np.exp(-np.logaddexp(0, -odds)))
