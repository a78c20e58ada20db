"""Whether probabilities hold: what they promised and what was true, at the prior of calibrating.py."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from models.train.calibrating import PRIOR, Array, Moments, fit, moments, new_moments, sigmoid, slope_interval
from models.train.card import markdown
from models.train.replaying import Played
from models.train.tally import Judging
from monitor.calibration import Calibration

EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0)  # finest where a farm is, about the prior
AS_IT_IS = Calibration(1.0, 0.0)  # the relative score taken for a probability


@dataclass(frozen=True)
class Bin:
    """Moments of one range of probabilities, weighted to the prior; how many prints stand behind either side."""

    low: float
    high: float
    time: float  # share of all
    promised: float
    true: float
    healthy: int
    failing: int


@dataclass(frozen=True)
class Reliability:
    """How far a calibration holds on prints that it was not fitted to, and on cameras in their first minutes."""

    calibration: Calibration
    slope_interval: tuple[float, float]
    bins: list[Bin]
    error: float
    error_as_it_is: float
    error_when_new: float
    mean: float  # promised, where PRIOR is true
    mean_when_new: float
    healthy_prints: tuple[float, float, float]  # mean probability: median, 90 % and highest of the prints
    failing_prints: tuple[float, float, float]  # lowest tenth, median, highest

    @property
    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {"prior": PRIOR, **asdict(self)}


def measure(tuning: list[Played], reporting: list[Played], judging: Judging) -> Reliability:
    """Fits to the one half and measures on the other. Raises ValueError where either has too little to say."""
    fitted = moments(tuning, judging)
    calibration = fit(fitted)
    data, new = moments(reporting, judging), new_moments(reporting, judging)
    found = bins(calibration, data)
    healthy, failing = (means(calibration, data, side) for side in (False, True))
    return Reliability(
        calibration,
        slope_interval(fitted),
        found,
        error(found),
        error(bins(AS_IT_IS, data)),
        error(bins(calibration, new)),
        float(data.weight @ promised(calibration, data)),
        float(new.weight @ promised(calibration, new)),
        _percentiles(healthy, 50, 90, 100),
        _percentiles(failing, 10, 50, 100),
    )


def promised(calibration: Calibration, data: Moments) -> Array:
    """The probability of each moment. [n]"""
    return np.minimum(sigmoid(calibration.slope * data.odds + calibration.shift), calibration.most)


def bins(calibration: Calibration, data: Moments) -> list[Bin]:
    """Each range that has moments."""
    said, weight = promised(calibration, data), data.weight
    found = []
    for low, high in pairwise(EDGES):
        rows = (said >= low) & ((said < high) | (high == EDGES[-1]))
        time = float(weight[rows].sum())
        if time > 0:
            true = float(weight[rows & data.failing].sum()) / time
            prints = [len(np.unique(data.seed[rows & (data.failing == side)])) for side in (False, True)]
            found.append(Bin(low, high, time, float(weight[rows] @ said[rows]) / time, true, *prints))
    return found


def error(found: list[Bin]) -> float:
    """Expected calibration error (Guo et al. 2017, arXiv 1706.04599)."""
    return sum(some.time * abs(some.promised - some.true) for some in found)


def means(calibration: Calibration, data: Moments, failing: bool) -> Array:
    """The mean probability of each print's healthy or failing moments, the lowest first."""
    rows, said = data.failing == failing, promised(calibration, data)
    return np.array(sorted(said[rows & (data.seed == seed)].mean() for seed in np.unique(data.seed[rows])))


def _percentiles(values: Array, low: int, middle: int, high: int) -> tuple[float, float, float]:
    found = np.percentile(values, [low, middle, high])
    return float(found[0]), float(found[1]), float(found[2])


# -- Markdown

HEAD = ["probability", "share of the time", "promised", "true", "healthy prints", "failing prints"]


def text(found: Reliability) -> str:
    """The table and what it comes to."""
    line, (low, high) = found.calibration, found.slope_interval
    rows = [
        [f"{per_cent(b.low)} to {per_cent(min(b.high, line.most))}", per_cent(b.time), per_cent(b.promised)]
        + [per_cent(b.true), str(b.healthy), str(b.failing)]
        for b in found.bins
    ]
    said = (
        f"Slope {line.slope:.2f} ({low:.2f} to {high:.2f}), shift {line.shift:.2f}, at most {per_cent(line.most)}. "
        f"Expected calibration error {per_cent(found.error)} (the score as it is: {per_cent(found.error_as_it_is)}; "
        f"cameras in their first ten minutes: {per_cent(found.error_when_new)}). Promised on average "
        f"{per_cent(found.mean)} of the time, by new cameras {per_cent(found.mean_when_new)}, where {per_cent(PRIOR)} "
        f"is true. Between prints: {_spread(found.healthy_prints)} while healthy (median, 90 %, highest), "
        f"{_spread(found.failing_prints)} while failing (10 %, median, highest)."
    )
    return f"{markdown(HEAD, rows)}\n\n{said}"


def per_cent(share: float) -> str:
    """Two digits."""
    return f"{100 * share:.2g} %" if share < 0.995 else "100 %"


def _spread(values: tuple[float, float, float]) -> str:
    return ", ".join(per_cent(value) for value in values)
