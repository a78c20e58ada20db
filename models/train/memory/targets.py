"""What a picture of a camera teaches, per cell and for the whole."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.augment import Augmentation
from models.train.classes import CLASSES, FAILURES
from models.train.memory.cameras import Shot
from models.train.samples import labelled


def targets(shot: Shot, drawn: Augmentation) -> tuple[NDArray[np.int8], int, NDArray[np.int8]]:
    """Cells, failure and classes, as in samples.py; of a failure without labels only that it is there."""
    if shot.kind and shot.labels is None:
        shape = (1 + len(CLASSES), drawn.height // 16, drawn.width // 16)
        classes = np.full(len(CLASSES), -1, np.int8)
        classes[CLASSES.index(shot.kind)] = 1
        return np.full(shape, -1, np.int8), 1 if shot.kind in FAILURES else -1, classes
    covers = {}
    for value in np.unique(shot.labels[shot.labels > 0]) if shot.labels is not None else ():
        mask = (shot.labels == value).astype(np.float32)
        mask = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        covers[CLASSES[int(value) - 1]] = drawn.coverage(mask)
    sample = labelled(shot.picture, covers, drawn)
    return sample.cells, sample.failure, sample.classes
