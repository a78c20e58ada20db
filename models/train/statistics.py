"""Ranking figures with honest intervals: frames of one sequence are near-copies, so sequences are drawn, not frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FALSE_POSITIVE_RATES = (0.01, 0.02, 0.05)
DRAWS = 400
BINS = 10  # of the calibration error


@dataclass(frozen=True)
class Scored:
    """Scores [n], whether each picture fails [n], and the sequence it belongs to [n]."""

    scores: NDArray[np.float64]
    failing: NDArray[np.bool_]
    sequence: NDArray[np.str_]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Scored:
        return Scored(self.scores[rows], self.failing[rows], self.sequence[rows])

    @property
    def one_kind(self) -> bool:
        """Whether there is nothing to compare."""
        return bool(self.failing.all() or not self.failing.any())


@dataclass(frozen=True)
class Curve:
    """Failing and healthy pictures at or above each score that occurs, the highest first; both start at 0. [k + 1]"""

    hits: NDArray[np.float64]
    alarms: NDArray[np.float64]

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of the failing pictures, the true-positive rate."""
        return self.hits / self.hits[-1]

    @property
    def false_positive_rate(self) -> NDArray[np.float64]:
        """Share of the healthy pictures."""
        return self.alarms / self.alarms[-1]

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of what is above the score that fails; 1 where nothing is."""
        above = self.hits + self.alarms
        return np.where(above > 0, self.hits / np.maximum(above, 1), 1.0)


@dataclass(frozen=True)
class Calibration:
    """What the score promised and what was true, in bins of the score; empty bins are left out. [b]"""

    promised: NDArray[np.float64]  # mean score
    true: NDArray[np.float64]  # share that fails
    count: NDArray[np.intp]

    @property
    def error(self) -> float:
        """Expected calibration error (Guo et al. 2017, arXiv 1706.04599)."""
        return float(np.average(np.abs(self.promised - self.true), weights=self.count))


def auc(data: Scored) -> float:
    """Chance that a failing picture scores above a healthy one (ties count half); nan without both kinds."""
    good, bad = np.sort(data.scores[~data.failing]), data.scores[data.failing]
    if data.one_kind:
        return float("nan")
    below, upto = np.searchsorted(good, bad, "left"), np.searchsorted(good, bad, "right")
    return float((below + upto).mean() / 2 / len(good))


def rate_at(data: Scored, false_positives: float) -> float:
    """Share of failing pictures above the score that this share of healthy pictures exceeds; nan without both kinds."""
    good, bad = np.sort(data.scores[~data.failing])[::-1], data.scores[data.failing]
    if data.one_kind:
        return float("nan")
    return float((bad > good[min(int(false_positives * len(good)), len(good) - 1)]).mean())


def curve(data: Scored) -> Curve:
    """Every operating point there is. Needs both kinds."""
    order = np.argsort(-data.scores, kind="stable")
    scores, failing = data.scores[order], data.failing[order]
    last = np.append(scores[1:] != scores[:-1], True)  # of its score: ties come in together
    hits, alarms = np.cumsum(failing)[last], np.cumsum(~failing)[last]
    return Curve(np.append(0.0, hits), np.append(0.0, alarms))


def average_precision(data: Scored) -> float:
    """Area below the precision-recall curve, in steps and without interpolation; nan without both kinds."""
    if data.one_kind:
        return float("nan")
    points = curve(data)
    return float((np.diff(points.recall) * points.precision[1:]).sum())


def calibration(data: Scored, bins: int = BINS) -> Calibration:
    """Bins of equal width over 0..1."""
    index = np.minimum((data.scores * bins).astype(int), bins - 1)
    count = np.bincount(index, minlength=bins)
    used = count > 0
    promised, true = (np.bincount(index, values, bins)[used] / count[used] for values in (data.scores, data.failing))
    return Calibration(promised, true, count[used])


def figures(data: Scored) -> dict[str, float]:
    """AUC, average precision and the true-positive rates."""
    rates = {f"tpr_at_{rate:.0%}_fpr": rate_at(data, rate) for rate in FALSE_POSITIVE_RATES}
    return {"auc": auc(data), "average_precision": average_precision(data), **rates}


def with_intervals(data: Scored, seed: int = 0) -> dict[str, Any]:
    """Each figure with its 95 % interval from a cluster bootstrap (Field and Welsh 2007), clusters = sequences."""
    rng, names = np.random.default_rng(seed), np.unique(data.sequence)
    rows = {name: np.flatnonzero(data.sequence == name) for name in names}
    draws = []
    for _ in range(DRAWS):
        picked = np.concatenate([rows[name] for name in rng.choice(names, len(names))])
        draws.append(list(figures(data.take(picked)).values()))
    with np.errstate(all="ignore"):
        table = np.array(draws)
        table = table[~np.isnan(table).any(1)]
    result: dict[str, Any] = {
        "failing": int(data.failing.sum()),
        "healthy": int((~data.failing).sum()),
        "sequences": len(names),
    }
    for column, (name, value) in enumerate(figures(data).items()):
        low, high = np.percentile(table[:, column], [2.5, 97.5]) if len(table) else (float("nan"),) * 2
        result[name] = [round(float(v), 3) for v in (value, low, high)]
    return result
