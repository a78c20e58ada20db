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
from models.train.boxes import Box, mask
from models.train.classes import CLASSES, FAILURES

POSITIVE_CELL, NEGATIVE_CELL = 0.06, 0.004  # cover of a cell from which, and up to which, it counts
MASK_SIZE = 128  # pixels, of a box mask: boxes are given to a hundredth
MARGIN = 0.04  # of the picture around a box: neither inside nor outside
WHOLLY = 0.9  # cover; not 1, as the warp blends the outermost pixels with nothing
LEAST_LEFT = 0.5  # of the boxes' area, or boxes in this share of the crop: the picture still shows its failure


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


def boxed_sample(source: Picture, boxes: tuple[Box, ...], name: str, augmentation: Augmentation) -> Sample:
    """What a failing photograph teaches whose mess is boxed; `name` is its class.

    Everything outside the boxes is healthy, for every class: 0. A box is loose, so that its own cells are unknown; the
    picture's label alone says that some of them are positive, and its score is the mean of the strongest cells, which
    can now only lie in a box (multiple-instance learning, Dietterich et al. 1997). A box marked dense is full of
    strands, so the cells wholly in its core are 1, of this class and of any failure; what else lies there is unknown.
    Crops that lost most of the boxes say nothing about the whole picture: a loose box's rim may be empty.
    """
    inside = augmentation.coverage(mask(boxes, MASK_SIZE, MASK_SIZE))
    around = augmentation.coverage(mask(tuple(box.grown(MARGIN) for box in boxes), MASK_SIZE, MASK_SIZE))
    cores = augmentation.coverage(mask(tuple(box.core() for box in boxes if box.dense), MASK_SIZE, MASK_SIZE))
    photographed = augmentation.coverage(np.ones((MASK_SIZE, MASK_SIZE), np.float32))  # the rest may mirror the mess
    index = 1 + CLASSES.index(name)
    cells = np.full((1 + len(CLASSES), *inside.shape), -1, np.int8)
    cells[:, (around < NEGATIVE_CELL) & (photographed > WHOLLY)] = 0
    cells[index, cores > WHOLLY] = 1
    if name in FAILURES:
        cells[0, cores > WHOLLY] = 1
    classes = np.full(len(CLASSES), -1, np.int8)
    shown = _left(inside, boxes, augmentation) >= LEAST_LEFT or inside.mean() >= LEAST_LEFT
    classes[index - 1] = 1 if shown else -1
    return Sample(augmentation.picture(source), cells, 1 if shown and name in FAILURES else -1, classes)


def _left(inside: Floats, boxes: tuple[Box, ...], augmentation: Augmentation) -> float:
    """Which share of the boxes' area the crop kept."""
    zoom = abs(float(np.linalg.det(augmentation.crop[:, :2])))  # area of the crop, in pictures
    whole = float(mask(boxes, MASK_SIZE, MASK_SIZE).mean()) / zoom
    return float(inside.mean()) / whole


def _target(cover: Floats) -> NDArray[np.int8]:
    return np.where(cover > POSITIVE_CELL, 1, np.where(cover < NEGATIVE_CELL, 0, -1)).astype(np.int8)


def _seen(cells: NDArray[np.int8]) -> int:
    """Whether the whole picture shows it: a positive cell, no cell at all, or too little to say."""
    return int(cells.max()) if cells.max() == 1 else (-1 if cells.min() < 0 else 0)
