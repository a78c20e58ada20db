"""What one picture, by itself, says about being trustworthy.

Every rule is a count of pixels: that a quantile lies below a level is that enough values do. What takes three channels
is asked only where one channel does not rule it out, which for an ordinary picture is never: 0.02 ms instead of 0.13.
A batch at a time would save less than a quarter of that, and needs samples of one size.
"""

from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.health.limits import Limits
from monitor.health.placeholders import is_known_placeholder
from monitor.records import Health

Sample = NDArray[np.uint8]  # [h, w, 3] BGR, the whole view, about 80 wide
_Levels = tuple[int, ...]  # of the three channels; OpenCV takes no list
_Counts = NDArray[np.integer[Any] | np.floating[Any]]

_BLACK, _WHITE = (0,) * 3, (255,) * 3
_DARK_QUANTILE = 0.95
_STRUCTURE_QUANTILE = 0.98
_GREEN = 1


def judge_picture(sample: Sample, limits: Limits) -> Health:
    """Judge one picture by a small version of it, uint8 [h, w, 3] BGR about 80 wide. Never FROZEN or UNREADABLE.

    A picture that was drawn is told from a covered lens where it can be: known ones by their signature, others by
    writing on an exactly flat background. Unknown ones on black come out DARK: a lit display in a dark room
    looks the same.
    """
    up_to = np.cumsum(cv2.calcHist([sample], [_GREEN], None, [256], [0, 256]))  # pixels of at most this green
    flat = _background(sample, up_to, limits)
    if flat is not None and is_known_placeholder(sample):
        return Health.PLACEHOLDER
    if _is_dark(sample, up_to, limits):
        return Health.DARK
    if flat is not None and _is_written_on(sample, flat, limits):
        return Health.PLACEHOLDER
    if _is_burnt_out(sample, up_to, limits):
        return Health.OVER_EXPOSED
    return Health.BLOCKED if _is_blurred(sample, limits) else Health.OK


def _background(sample: Sample, up_to: _Counts, limits: Limits) -> _Levels | None:
    """Return the levels that fill the picture exactly, the median of each channel, or None when nothing does."""
    pixels, within = _area(sample), limits.flat_within
    width = 2 * within + 1
    most = max(up_to[width - 1], (up_to[width:] - up_to[:-width]).max())
    if most / pixels < limits.flat_share:
        return None
    middle = (pixels - 1) // 2
    levels = tuple(np.partition(sample.reshape(-1, 3), middle, axis=0)[middle].tolist())
    return levels if _count_around(sample, levels, within) / pixels >= limits.flat_share else None


def _is_written_on(sample: Sample, background: _Levels, limits: Limits) -> bool:
    pixels = _area(sample)
    differ = pixels - _count_around(sample, background, limits.drawn_contrast - 1)
    return differ / pixels >= limits.drawn_share


def _is_dark(sample: Sample, up_to: _Counts, limits: Limits) -> bool:
    """Whether the 95th percentile of the brightest channel is too low."""
    darkest, enough = ceil(limits.dark_below) - 1, _DARK_QUANTILE * _area(sample)
    return bool(up_to[darkest] >= enough) and _count(sample, _BLACK, (darkest,) * 3) >= enough


def _is_burnt_out(sample: Sample, up_to: _Counts, limits: Limits) -> bool:
    """Whether too many pixels are white in all three channels."""
    pixels, white = _area(sample), limits.white_from
    if (pixels - up_to[white - 1]) / pixels <= limits.white_share:
        return False
    return _count(sample, (white,) * 3, _WHITE) / pixels > limits.white_share


def _is_blurred(sample: Sample, limits: Limits) -> bool:
    """Whether the 98th percentile of the level differences between neighbours is too low.

    Of the channel that differs most. A print, a nozzle, the edges of a bed are sharp; a cover in front of the lens is
    out of focus, whatever its colour.
    """
    height, width = sample.shape[:2]
    unlike, pairs = 0, height * (width - 1) + (height - 1) * width
    enough = _STRUCTURE_QUANTILE * pairs
    smooth = (ceil(limits.structure_below) - 1,) * 3
    for one, other in ((sample[:, 1:], sample[:, :-1]), (sample[1:], sample[:-1])):
        if one.size:
            unlike += _area(one) - _count(cv2.absdiff(one, other), _BLACK, smooth)
        if pairs - unlike < enough:  # mostly after the first
            return False
    return True


def _count_around(sample: Sample, levels: _Levels, within: int) -> int:
    """Count the pixels whose three channels are all at these levels, give or take."""
    lowest = tuple(max(0, level - within) for level in levels)
    return _count(sample, lowest, tuple(min(255, level + within) for level in levels))


def _count(pixels: cv2.typing.MatLike, lowest: _Levels, highest: _Levels) -> int:
    """Count the pixels whose three channels are all between two levels, both included."""
    return cv2.countNonZero(cv2.inRange(pixels, lowest, highest))


def _area(pixels: Sample) -> int:
    height, width = pixels.shape[:2]
    return int(height * width)
