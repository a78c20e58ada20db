"""A picture with its targets, per cell and for the whole.

Targets are 1, 0, or -1 for "do not learn from this": a cell that a strand barely touches, an unboxed frame's cells,
an advisory class's picture for the score that stops printers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats, Picture
from models.train.augment import Augmentation
from models.train.classes import CLASSES, FAILURES

POSITIVE_CELL, NEGATIVE_CELL = 0.06, 0.004  # cover of a cell from which, and up to which, it counts


@dataclass(frozen=True)
class Sample:
    """A picture [H, W, 3] BGR with its targets: cells [1 + C, h, w], failure (scalar), classes [C]."""

    picture: Picture
    cells: NDArray[np.int8]
    failure: int
    classes: NDArray[np.int8]


def labelled(picture: Picture, covers: dict[str, Floats], augmentation: Augmentation) -> Sample:
    """What a rendered picture teaches; `covers` gives each class its cover of every cell, [h, w] in 0..1."""
    grid = (augmentation.height // 16, augmentation.width // 16)
    nothing = np.zeros(grid, np.float32)
    classes = [covers.get(name, nothing) for name in CLASSES]
    failing = np.max([covers.get(name, nothing) for name in FAILURES], axis=0)
    cells = np.stack([_target(c) for c in [failing, *classes]])
    advisory = np.max([covers.get(name, nothing) for name in CLASSES if name not in FAILURES], axis=0)
    cells[0][(advisory > NEGATIVE_CELL) & (cells[0] == 0)] = -1
    seen = np.array([_seen(cells[1 + i]) for i in range(len(CLASSES))], np.int8)
    failure = _seen(cells[0])
    return Sample(picture, cells, -1 if failure == 0 and advisory.max() > NEGATIVE_CELL else failure, seen)


def _target(cover: Floats) -> NDArray[np.int8]:
    return np.where(cover > POSITIVE_CELL, 1, np.where(cover < NEGATIVE_CELL, 0, -1)).astype(np.int8)


def _seen(cells: NDArray[np.int8]) -> int:
    """Whether the whole picture shows it: a positive cell, no cell at all, or too little to say."""
    return int(cells.max()) if cells.max() == 1 else (-1 if cells.min() < 0 else 0)
