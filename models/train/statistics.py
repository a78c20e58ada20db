"""Ranking figures with honest intervals: frames of one sequence are near-copies, so sequences are drawn, not frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FALSE_POSITIVE_RATES = (0.01, 0.02, 0.05)
DRAWS = 400


@dataclass(frozen=True)
class Scored:
    """Scores [n], whether each picture fails [n], and the sequence it belongs to [n]."""

    scores: NDArray[np.float64]
    failing: NDArray[np.bool_]
    sequence: NDArray[np.str_]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Scored:
        return Scored(self.scores[rows], self.failing[rows], self.sequence[rows])


def auc(data: Scored) -> float:
    """Chance that a failing picture scores above a healthy one (ties count half); nan without both kinds."""
    good, bad = np.sort(data.scores[~data.failing]), data.scores[data.failing]
    if not len(good) or not len(bad):
        return float("nan")
    below, upto = np.searchsorted(good, bad, "left"), np.searchsorted(good, bad, "right")
    return float((below + upto).mean() / 2 / len(good))


def rate_at(data: Scored, false_positives: float) -> float:
    """Share of failing pictures above the score that this share of healthy pictures exceeds; nan without both kinds."""
    good, bad = np.sort(data.scores[~data.failing])[::-1], data.scores[data.failing]
    if not len(good) or not len(bad):
        return float("nan")
    return float((bad > good[min(int(false_positives * len(good)), len(good) - 1)]).mean())


def figures(data: Scored) -> dict[str, float]:
    """AUC and the true-positive rates."""
    rates = {f"tpr_at_{rate:.0%}_fpr": rate_at(data, rate) for rate in FALSE_POSITIVE_RATES}
    return {"auc": auc(data), **rates}


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
