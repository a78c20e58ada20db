"""Boxes from maps: where, how many, in which order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monitor.detector import find_boxes
from monitor.detector.boxes import MAX_PER_CLASS
from monitor.records import FailureClass

SPAGHETTI, BLOB = FailureClass.SPAGHETTI, FailureClass.BLOB


def maps(*cells: tuple[int, int, int, float], shape: tuple[int, int, int] = (2, 8, 10)) -> np.ndarray:
    """Return maps with these (channel, row, column, probability), zero elsewhere."""
    result = np.zeros(shape, np.float32)
    for channel, row, column, probability in cells:
        result[channel, row, column] = probability
    return result


def test_nothing_over_the_threshold_gives_no_box() -> None:
    """A healthy picture has no boxes, however many cells are half sure."""
    assert () == find_boxes(np.full((2, 8, 10), 0.49, np.float32), (SPAGHETTI, BLOB), 0.5)


def test_one_cell_is_a_box_in_fractions() -> None:
    """Row 2 of 8 and column 5 of 10."""
    (box,) = find_boxes(maps((1, 2, 5, 0.75)), (SPAGHETTI, BLOB), 0.5)
    assert (BLOB, 0.5, 0.25, 0.1, 0.125, 0.75) == (box.failure_class, box.x, box.y, box.width, box.height, box.score)


def test_a_box_reaches_over_the_weaker_cells_around_its_core() -> None:
    """One sure cell starts it, connected cells of 60 % of the threshold belong to it; a corner connects."""
    (box,) = find_boxes(maps((0, 1, 1, 0.9), (0, 2, 2, 0.35), (0, 3, 3, 0.35), (0, 6, 8, 0.35)), (SPAGHETTI, BLOB), 0.5)
    assert pytest.approx((0.1, 0.125, 0.3, 0.375)) == (box.x, box.y, box.width, box.height)
    assert pytest.approx(0.9) == box.score


def test_boxes_of_one_class_that_overlap_become_one() -> None:
    """A ring around a cell is one failure, not two."""
    ring = [(0, r, c, 0.8) for r in range(5) for c in range(5) if r in (0, 4) or c in (0, 4)]
    (box,) = find_boxes(maps(*ring, (0, 2, 2, 0.95)), (SPAGHETTI, BLOB), 0.5)
    assert pytest.approx((0.0, 0.0, 0.5, 0.625, 0.95)) == (box.x, box.y, box.width, box.height, box.score)


def test_the_surest_boxes_come_first_and_the_rest_is_left_out() -> None:
    """At most a few a class."""
    spots = [(0, 0, 2 * i, 0.6 + i / 20) for i in range(5)]
    scores = [box.score for box in find_boxes(maps(*spots), (SPAGHETTI, BLOB), 0.5)]
    assert pytest.approx([0.8, 0.75, 0.7]) == scores
    assert MAX_PER_CLASS == len(scores)


def test_channel_without_a_class_is_left_out() -> None:
    """What the model was not trained on means nothing."""
    assert () == find_boxes(maps((0, 0, 0, 0.9)), (None, BLOB), 0.5)


@given(arrays(np.float32, (2, 6, 7), elements=st.floats(0, 1, width=32)), st.floats(0.0625, 0.9375, width=32))
def test_boxes_are_inside_the_picture_and_cover_every_sure_cell(cells: np.ndarray, threshold: float) -> None:
    """Unless a class has more boxes than are shown, no cell over the threshold lies outside them."""
    boxes = find_boxes(cells, (SPAGHETTI, BLOB), threshold)
    eps = 1e-6
    assert all(
        b.x >= 0 and b.y >= 0 and b.x + b.width <= 1 + eps and b.y + b.height <= 1 + eps and b.score >= threshold
        for b in boxes
    )
    for channel, name in enumerate((SPAGHETTI, BLOB)):
        mine = [b for b in boxes if b.failure_class is name]
        if len(mine) == MAX_PER_CLASS:
            continue
        for row, column in zip(*np.nonzero(cells[channel] >= threshold), strict=True):
            y, x = (row + 0.5) / 6, (column + 0.5) / 7
            assert any(b.x < x < b.x + b.width and b.y < y < b.y + b.height for b in mine)
