"""Pictures that camera servers send when they have none: known ones, by signature.

A signature is where the picture is brighter than its mean: 16 x 12 cells, row by row, first cell in the highest bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_COLUMNS, _ROWS = 16, 12
_MAX_DIFFERENT = 3  # cells of 192; scaling and JPEG quality may change some at the edges of letters


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A known placeholder frame."""

    name: str
    source: str  # what sends it, and how we got ours
    signature: int


KNOWN = (
    Placeholder(
        "NO SIGNAL",
        "ustreamer 4.9 of Debian 12 without its camera: grey letters on black, 640 x 480",
        0x0000_0000_0000_0000_0000_07E0_07E0_0000_0000_0000_0000_0000,
    ),
)
"""Taken from the running programs. motion 4.5's "UNABLE TO OPEN VIDEO DEVICE" (grey, letters in the corners, with the
time) needs no entry: it is recognised as writing on a flat background. ustreamer also says it in a header, which
capture reads. Not known, since we have seen none of them: the pictures of other versions and of cameras' firmware."""


def is_known_placeholder(sample: NDArray[np.uint8]) -> bool:
    """Tell whether a small picture, uint8 [h, w, 3], looks like one of :data:`KNOWN`."""
    if sample.shape[0] < _ROWS or sample.shape[1] < _COLUMNS:
        return False
    own = signature(sample)
    return any((own ^ known.signature).bit_count() <= _MAX_DIFFERENT for known in KNOWN)


def signature(sample: NDArray[np.uint8]) -> int:
    """Return the signature of a small picture, uint8 [h, w, 3], of any proportions."""
    grey = sample.mean(axis=2)
    rows = np.linspace(0, grey.shape[0], _ROWS + 1).astype(int)[:-1]
    columns = np.linspace(0, grey.shape[1], _COLUMNS + 1).astype(int)[:-1]
    cells = np.add.reduceat(np.add.reduceat(grey, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff([*rows, grey.shape[0]]), np.diff([*columns, grey.shape[1]]))
    means = cells / counts
    return int.from_bytes(np.packbits(means > means.mean() + 2.0).tobytes())
