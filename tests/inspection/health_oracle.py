"""The rules of image health written down plainly, one array operation after the other: slow, and easy to read."""

import numpy as np
from numpy.typing import NDArray

from monitor.health import Limits
from monitor.health.placeholders import is_known_placeholder
from monitor.records import Health

Levels = NDArray[np.int16]


def judge_plainly(sample: NDArray[np.uint8], limits: Limits) -> Health:
    """Return what :func:`monitor.health.judge_picture` must return."""
    levels = sample.astype(np.int16)
    background = np.array([quantile(0.5, levels[..., channel]) for channel in range(3)], np.int16)
    off = np.abs(levels - background).max(axis=2)
    is_flat = float(np.mean(off <= limits.flat_within)) >= limits.flat_share
    if is_flat and is_known_placeholder(sample):
        return Health.PLACEHOLDER
    if quantile(0.95, levels.max(axis=2)) < limits.dark_below:
        return Health.DARK
    if is_flat and float(np.mean(off >= limits.drawn_contrast)) >= limits.drawn_share:
        return Health.PLACEHOLDER
    if float(np.mean(levels.min(axis=2) >= limits.white_from)) > limits.white_share:
        return Health.OVER_EXPOSED
    across = np.abs(levels[:, 1:] - levels[:, :-1]).max(axis=2)
    down = np.abs(levels[1:] - levels[:-1]).max(axis=2)
    return Health.BLOCKED if quantile(0.98, across, down) < limits.structure_below else Health.OK


def quantile(share: float, *levels: Levels) -> int:
    """Return the smallest level that at least this share of all values does not exceed; 0 of no values."""
    counts = sum(np.bincount(part.ravel(), minlength=256) for part in levels)
    return int(np.searchsorted(np.cumsum(counts), share * np.sum(counts)))
