"""Hiding parts of a detector's input, so that it cannot see what is there.

A part is filled with the mean colour of what lies just around it. On healthy pictures with random parts hidden none of
six fills raised more than one alarm in 900; this one is the simplest of those that move the score least, and nothing
of what it hides shines through, as it does through a blur (docs/learning.md has the figures).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from monitor.config.model import Region
from monitor.records import Rectangle

Pixels = NDArray[np.uint8]

MARGIN = 1 / 30  # of the picture's height: what counts as around


Span = tuple[int, int, int, int]  # left, top, right, bottom: pixels, the last two exclusive


def hide(pixels: Pixels, parts: Iterable[Rectangle], region: Region) -> None:
    """Fill ``parts`` of the whole turned picture in ``pixels`` [H, W, 3] in place, which shows ``region`` of it."""
    height, width = pixels.shape[:2]
    for part in parts:
        left, top, right, bottom = span_of(part, region, height, width)
        if left < right and top < bottom:
            pixels[top:bottom, left:right] = _around(pixels, (left, top, right, bottom)) + 0.5


def span_of(part: Rectangle, region: Region, rows: int, columns: int) -> Span:
    """Return which of rows x columns, laid over the region, a part reaches into; empty where it lies outside."""
    left = (part.x - region.x) / region.width * columns
    top = (part.y - region.y) / region.height * rows
    right = (part.x + part.width - region.x) / region.width * columns
    bottom = (part.y + part.height - region.y) / region.height * rows
    return (
        max(0, int(np.floor(left + 1e-6))),
        max(0, int(np.floor(top + 1e-6))),
        min(columns, int(np.ceil(right - 1e-6))),
        min(rows, int(np.ceil(bottom - 1e-6))),
    )


def _around(pixels: Pixels, span: Span) -> NDArray[np.float64]:
    """Return the mean colour [3] of what lies just around a span; grey when it is the whole picture."""
    left, top, right, bottom = span
    margin = max(1, round(MARGIN * len(pixels)))
    outer_left, outer_top = max(0, left - margin), max(0, top - margin)
    strips = (
        pixels[outer_top:top, outer_left : right + margin],
        pixels[bottom : bottom + margin, outer_left : right + margin],
        pixels[top:bottom, outer_left:left],
        pixels[top:bottom, right : right + margin],
    )
    count = sum(strip.size // 3 for strip in strips)
    total: NDArray[np.float64] = sum((strip.sum(axis=(0, 1), dtype=np.float64) for strip in strips), np.zeros(3))
    return total / count if count else np.full(3, 128.0)
