"""Scores of a long time in as many buckets as a chart has pixels: least, most, mean, so that no peak is lost. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.archive.points import MINUTES, Peaks, Points
from monitor.records import ScoreBucket


@dataclass(frozen=True, slots=True, eq=False)
class Grains:
    """What buckets are made of: single scores, or minutes of them. Unix seconds; all arrays [n], in order of time."""

    at: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    mean: NDArray[np.float64]
    count: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence["Grains"]) -> "Grains":
        """Return all parts in one; at least one."""
        return cls(
            np.concatenate([part.at for part in parts]),
            np.concatenate([part.least for part in parts]),
            np.concatenate([part.most for part in parts]),
            np.concatenate([part.mean for part in parts]),
            np.concatenate([part.count for part in parts]),
        )


def grains_of_points(points: Points) -> Grains:
    """Return the inspections that have a score."""
    scored = ~np.isnan(points.score)
    return _single(points.taken_s[scored], points.score[scored])


def grains_of_peaks(hour_starts_at: float, peaks: Peaks) -> Grains:
    """Return the minutes of an hour that have a score; each stands in its middle."""
    seen = peaks.count > 0
    at = hour_starts_at + 60.0 * np.arange(MINUTES, dtype=np.float64)[seen] + 30.0
    return Grains(at, peaks.least[seen], peaks.most[seen], peaks.mean[seen], peaks.count[seen])


def joined(stored: Grains, fresh: Sequence[tuple[float, float]]) -> Grains:
    """Return what is stored, and after it what is newer and in memory only: (taken_at, score)."""
    last_at = stored.at[-1] + 0.001 if len(stored.at) else -np.inf  # stored times are in whole milliseconds
    newer = np.array([point for point in fresh if point[0] > last_at]).reshape(-1, 2)
    return Grains.joined([stored, _single(newer[:, 0], newer[:, 1])])


def none() -> Grains:
    """Return none: for what is in memory only."""
    return _single(np.empty(0), np.empty(0))


def buckets(grains: Grains, since: float, until: float, width_s: float) -> list[ScoreBucket]:
    """Return the buckets of ``width_s`` that have a score, oldest first."""
    inside = np.flatnonzero((grains.at >= since) & (grains.at <= until))
    inside = inside[np.argsort(grains.at[inside], kind="stable")]  # a picture may be judged after its slice was closed
    at, count = grains.at[inside], grains.count[inside]
    if not len(at):
        return []
    last = round((until - since) / width_s) - 1  # also has the end itself: what was taken just now is seen
    bucket = np.minimum((at - since) // width_s, last).astype(np.int64)
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))  # each bucket's first grain: they are in the order of time
    least = np.minimum.reduceat(grains.least[inside], starts)
    most = np.maximum.reduceat(grains.most[inside], starts)
    mean = np.add.reduceat(grains.mean[inside] * count, starts) / np.add.reduceat(count, starts)
    middle = since + (bucket[starts] + 0.5) * width_s
    return [
        ScoreBucket(*map(float, row)) for row in np.stack([middle, least, most, np.clip(mean, least, most)], axis=1)
    ]


def _single(at: NDArray[np.float64], score: NDArray[np.float64]) -> Grains:
    return Grains(at, score, score, score, np.ones(len(at), np.int64))
