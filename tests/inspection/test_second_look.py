"""Masks and learned places: what is hidden from the detector, and what is left when a picture is looked at again."""

from pathlib import Path

import numpy as np
import pytest

from monitor.config.model import Mask, PrinterSettings, Region
from monitor.decode.hiding import hide, span_of
from monitor.detector import Detector
from monitor.inspector import Inspector
from monitor.learning import LearnedTable
from monitor.looking import Inspection
from monitor.memory import Memory
from monitor.records import Box, FailureClass, Learned, Place
from tests.inspection import tiny_model
from tests.inspection.pictures import frame, jpeg, plain
from tests.inspection.test_detector import load

CORNER = (0.0, 0.0, 0.5, 0.5)
"""The place of all tests: the upper left quarter."""


def a_place(discount: float = 1.5) -> Place:
    """The corner, as taught by one verdict."""
    return Place(*CORNER, discount, ("v1",))


def a_picture(corner: int, rest: int) -> bytes:
    """A picture with one brightness in the corner and another elsewhere."""
    image = plain(rest, 320, 240)
    image[:120, :160] = corner
    return jpeg(image)


def seen(detector: Detector, data: bytes, learned: Learned | None = None, **settings: object) -> Inspection:
    """Return the observation of one picture; the check of its health is left out, as it is a drawing."""
    table = LearnedTable()
    table.put(learned or Learned("p1"))
    view = {"p1": PrinterSettings.model_validate(settings)}
    subject = Inspector(detector, view, score_unhealthy=True, learned=table)
    return subject.inspect([frame(data)])[0]


def test_a_mask_is_not_seen_by_the_detector_and_seen_by_people(detector: Detector) -> None:
    """The corner's light counts no more; the tile is the same."""
    data = a_picture(corner=255, rest=40)
    bare, masked = seen(detector, data), seen(detector, data, mask=[Mask(x=0, y=0, width=0.5, height=0.5)])
    assert pytest.approx((255 + 3 * 40) / 4 / 255, abs=0.02) == bare.observation.score
    assert pytest.approx(40 / 255, abs=0.02) == masked.observation.score
    assert bare.tile_jpeg == masked.tile_jpeg


def test_a_mask_lies_where_it_is_in_the_whole_turned_view(detector: Detector) -> None:
    """With a region: the corner is all that the left half of it shows above; turned by 180 degrees it is elsewhere."""
    data, corner = a_picture(corner=255, rest=40), [Mask(x=0, y=0, width=0.5, height=0.5)]
    inside = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 0.5}
    assert pytest.approx(40 / 255, abs=0.02) == seen(detector, data, mask=corner, region=inside).observation.score
    turned = seen(detector, data, mask=corner, rotate=180).observation.score
    assert pytest.approx((255 + 3 * 40) / 4 / 255, abs=0.02) == turned


def test_a_calm_picture_is_looked_at_once(detector: Detector) -> None:
    """Nothing to discount, nothing to pay."""
    assert seen(detector, a_picture(1, 1), Learned("p1", (a_place(),))).observation.second_look is None


def test_what_alarms_in_a_place_is_scored_again_without_it(detector: Detector) -> None:
    """Bright in the corner only: elsewhere it is dark, and the discount is the place's."""
    observation = seen(detector, a_picture(255, 60), Learned("p1", (a_place(),))).observation
    assert observation.second_look is not None
    assert pytest.approx(60 / 255, abs=0.02) == observation.second_look.elsewhere
    assert (1.5, 1) == (observation.second_look.discount, observation.second_look.places)
    assert pytest.approx((255 + 3 * 60) / 4 / 255, abs=0.02) == observation.score


def test_a_box_outside_of_the_places_is_never_discounted(detector: Detector) -> None:
    """The right half is bright, too: somebody must look."""
    assert seen(detector, a_picture(255, 250), Learned("p1", (a_place(),))).observation.second_look is None


def test_what_was_missed_travels_with_every_picture(detector: Detector) -> None:
    """The watch lowers the bar by it."""
    observation = seen(detector, a_picture(10, 10), Learned("p1", (), -0.3, ("v",))).observation
    assert -0.3 == observation.threshold_shift


def test_what_is_hidden_is_no_novelty_to_a_camera_with_a_memory(tmp_path: Path) -> None:
    """A camera whose corner was always dark is bright now: hiding it must not look like a change elsewhere."""
    detector = load(tiny_model.write(tmp_path, tiny_model.build(remembers=True)))
    cells = tiny_model.SIZE // tiny_model.CELL
    past = np.full((2, cells, cells), 40 / 255, np.float16)
    past[0, : cells // 2, : cells // 2] = 0.0
    table = LearnedTable()
    table.put(Learned("p1", (a_place(),)))
    subject = Inspector(
        detector,
        {"p1": PrinterSettings(threshold=0.01)},
        score_unhealthy=True,
        learned=table,
    )
    (inspection,) = subject.inspect([frame(a_picture(255, 40))], {"p1": Memory(past, 1.0)})
    assert inspection.observation.second_look is not None
    assert pytest.approx(0.0, abs=0.01) == inspection.observation.second_look.elsewhere


def test_what_is_around_fills_a_part() -> None:
    """And nothing of what was there is left."""
    pixels = np.full((40, 40, 3), 50, np.uint8)
    pixels[10:20, 10:20] = 250
    hide(pixels, [Box(FailureClass.BLOB, 0.25, 0.25, 0.25, 0.25, 0.9)], Region())
    assert 50 == pixels.max() == pixels.min()


def test_a_part_that_is_the_whole_picture_leaves_grey() -> None:
    """There is nothing around it."""
    pixels = np.full((8, 8, 3), 250, np.uint8)
    hide(pixels, [Mask(x=0, y=0, width=1, height=1)], Region())
    assert 128 == pixels.max() == pixels.min()


def test_a_part_outside_of_the_region_hides_nothing() -> None:
    """The detector does not see it anyway."""
    region = Region(x=0.5, y=0.0, width=0.5, height=1.0)
    left, top, right, bottom = span_of(Mask(x=0.1, y=0.1, width=0.2, height=0.2), region, 10, 10)
    assert right <= left or bottom <= top
