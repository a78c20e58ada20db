"""From the detector's maps to boxes, class by class: hysteresis thresholding as in Canny (1986), section VII.

A cell over the threshold is needed to start a box; it then reaches over all cells that are connected to it and at
least ``EXTENT`` of the threshold. So a healthy picture shows none, and a failing one the failure and not its core.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.records import Box, FailureClass

MAX_PER_CLASS = 3  # a person looks at the picture; more boxes say nothing more
EXTENT = 0.6  # of the threshold


def find_boxes(maps: NDArray[np.float32], classes: Sequence[FailureClass | None], threshold: float) -> tuple[Box, ...]:
    """Return the boxes of ``maps`` [C, h, w] (a probability a cell), the highest scores of each class first.

    ``classes`` names the C channels; None leaves a channel out. Cells that touch, also at a corner, become one box;
    so do boxes of one class that overlap.
    """
    threshold = float(np.float32(threshold))  # so that comparing cells and comparing scores agree to the last bit
    if maps.max() < threshold:  # an ordinary picture
        return ()
    boxes: list[Box] = []
    for channel, failure_class in enumerate(classes):
        if failure_class is not None and maps[channel].max() >= threshold:
            boxes += _of_class(maps[channel], failure_class, threshold)
    return tuple(boxes)


def _of_class(cells: NDArray[np.float32], failure_class: FailureClass, threshold: float) -> list[Box]:
    height, width = cells.shape
    over = (cells >= EXTENT * threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(over, connectivity=8)
    found = [
        Box(
            failure_class,
            x=float(stats[label, cv2.CC_STAT_LEFT]) / width,
            y=float(stats[label, cv2.CC_STAT_TOP]) / height,
            width=float(stats[label, cv2.CC_STAT_WIDTH]) / width,
            height=float(stats[label, cv2.CC_STAT_HEIGHT]) / height,
            score=float(cells[labels == label].max()),
        )
        for label in range(1, count)
    ]
    started = [box for box in found if box.score >= threshold]
    return sorted(_merged(started), key=lambda box: -box.score)[:MAX_PER_CLASS]


def _merged(boxes: list[Box]) -> list[Box]:
    """Unite boxes that overlap until none do."""
    done: list[Box] = []
    for box in boxes:
        union = box
        while overlapping := [other for other in done if _overlap(union, other)]:
            done = [other for other in done if other not in overlapping]
            for other in overlapping:
                union = _union(union, other)
        done.append(union)
    return done


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def _union(a: Box, b: Box) -> Box:
    left, top = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    return Box(a.failure_class, left, top, right - left, bottom - top, max(a.score, b.score))
