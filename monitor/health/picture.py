"""What one picture, by itself, says about being trustworthy."""

import numpy as np
from numpy.typing import NDArray

from monitor.health.limits import Limits
from monitor.health.placeholders import is_known_placeholder
from monitor.records import Health

Sample = NDArray[np.uint8]  # [h, w, 3] BGR, the whole view, about 80 wide
_Levels = NDArray[np.int16]


def judge_picture(sample: Sample, limits: Limits) -> Health:
    """Judge one picture by a small version of it, uint8 [h, w, 3] BGR about 80 wide. Never FROZEN or UNREADABLE.

    A picture that was drawn is told from a covered lens where it can be: known ones by their signature, others by
    writing on an exactly flat background. Unknown ones on black come out DARK: a lit display in a dark room
    looks the same.
    """
    flat = _background(sample, limits)
    if flat is not None and is_known_placeholder(sample):
        return Health.PLACEHOLDER
    if float(np.percentile(sample.max(axis=2), 95)) < limits.dark_below:
        return Health.DARK
    if flat is not None and _is_written_on(sample, flat, limits):
        return Health.PLACEHOLDER
    if float((sample.min(axis=2) >= limits.white_from).mean()) > limits.white_share:
        return Health.OVER_EXPOSED
    if structure(sample) < limits.structure_below:
        return Health.BLOCKED
    return Health.OK


def structure(sample: Sample) -> float:
    """Return the 98th percentile of the level differences between neighbours, in the channel that differs most.

    A print, a nozzle, the edges of a bed are sharp; a cover in front of the lens is out of focus, whatever its colour.
    """
    levels = sample.astype(np.int16)
    across = np.abs(np.diff(levels, axis=1)).max(axis=2)
    down = np.abs(np.diff(levels, axis=0)).max(axis=2)
    return float(np.percentile(np.concatenate([across.ravel(), down.ravel()]), 98))


def _background(sample: Sample, limits: Limits) -> _Levels | None:
    """Return the level [3] that fills the picture exactly, or None when nothing does."""
    levels = np.median(sample.reshape(-1, 3), axis=0).astype(np.int16)
    same = (np.abs(sample.astype(np.int16) - levels) <= limits.flat_within).all(axis=2)
    return levels if float(same.mean()) >= limits.flat_share else None


def _is_written_on(sample: Sample, background: _Levels, limits: Limits) -> bool:
    differs = np.abs(sample.astype(np.int16) - background).max(axis=2) >= limits.drawn_contrast
    return float(differs.mean()) >= limits.drawn_share
