"""What one picture, by itself, says about being trustworthy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.health.limits import Limits
from monitor.health.placeholders import is_known_placeholder
from monitor.records import Health

Sample = NDArray[np.uint8]  # [h, w, 3] BGR, the whole view, about 80 wide
_Levels = NDArray[np.int16]
_Whole = NDArray[np.integer[Any]]  # [h, w] or [h, w, 3]


def judge_picture(sample: Sample, limits: Limits) -> Health:
    """Judge one picture by a small version of it, uint8 [h, w, 3] BGR about 80 wide. Never FROZEN or UNREADABLE.

    A picture that was drawn is told from a covered lens where it can be: known ones by their signature, others by
    writing on an exactly flat background. Unknown ones on black come out DARK: a lit display in a dark room
    looks the same.
    """
    flat = _background(sample, limits)
    if flat is not None and is_known_placeholder(sample):
        return Health.PLACEHOLDER
    if _quantile(0.95, _largest(sample)) < limits.dark_below:
        return Health.DARK
    if flat is not None and _is_written_on(sample, flat, limits):
        return Health.PLACEHOLDER
    if float(np.mean(_smallest(sample) >= limits.white_from)) > limits.white_share:
        return Health.OVER_EXPOSED
    if structure(sample) < limits.structure_below:
        return Health.BLOCKED
    return Health.OK


def structure(sample: Sample) -> float:
    """Return the 98th percentile of the level differences between neighbours, in the channel that differs most.

    A print, a nozzle, the edges of a bed are sharp; a cover in front of the lens is out of focus, whatever its colour.
    """
    levels = sample.astype(np.int16)
    across = _largest(np.abs(levels[:, 1:] - levels[:, :-1]))
    down = _largest(np.abs(levels[1:] - levels[:-1]))
    return _quantile(0.98, across, down)


def _background(sample: Sample, limits: Limits) -> _Levels | None:
    """Return the level [3] that fills the picture exactly, or None when nothing does."""
    levels = np.array([_quantile(0.5, sample[..., channel]) for channel in range(3)], np.int16)
    same = _largest(np.abs(sample - levels)) <= limits.flat_within
    return levels if float(np.mean(same)) >= limits.flat_share else None


def _is_written_on(sample: Sample, background: _Levels, limits: Limits) -> bool:
    differs = _largest(np.abs(sample - background)) >= limits.drawn_contrast
    return float(np.mean(differs)) >= limits.drawn_share


def _quantile(share: float, *levels: _Whole) -> int:
    """Return the level 0..255 that this share of all values does not exceed; counting beats sorting ten times."""
    counts = sum(np.bincount(part.ravel(), minlength=256) for part in levels)
    return int(np.searchsorted(np.cumsum(counts), share * np.sum(counts)))


def _largest(pixels: _Whole) -> _Whole:
    """Return the largest of the three channels, [h, w, 3] to [h, w]; faster than a reduction over a short axis."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def _smallest(pixels: _Whole) -> _Whole:
    return np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
