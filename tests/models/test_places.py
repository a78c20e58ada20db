"""The measurement of learned places: what it calls outside, inside and kept."""

import numpy as np
import pytest

places = pytest.importorskip("models.train.places")
pytest.importorskip("tqdm")

from monitor.learning.rule import GROWN_BY, MOST_DISCOUNT  # noqa: E402
from tests.learning.said import a_box  # noqa: E402


def test_a_place_is_outside_when_nothing_of_the_failure_lies_in_it() -> None:
    """Not even its margin; where nobody knows where the failure lies, no place is outside."""
    place = places.Place(0.1, 0.1, 0.2, 0.2, MOST_DISCOUNT, ("v",))
    assert places.outside(place, (a_box(0.35, 0.35),))
    assert not places.outside(place, (a_box(0.31, 0.25),))
    assert not places.outside(place, (a_box(0.6, 0.6), a_box(0.2, 0.2)))
    assert not places.outside(place, ())


def test_the_places_around_a_failure_hold_it() -> None:
    """As a false alarm at that very spot would have taught."""
    (place,) = places.around((a_box(0.4, 0.4),), 0.75)
    assert (0.4 - GROWN_BY, 0.1 + 2 * GROWN_BY, 0.75) == pytest.approx((place.x, place.width, place.discount))


def test_what_is_kept_is_a_share_of_the_alarms() -> None:
    """Looks that never alarmed are no loss."""
    tally = places.Tally()
    for before, after in ((True, True), (True, False), (False, False)):
        tally.add(before, after)
    assert ["all", "3", "2", "1", "50.0% (1.3% to 98.7%)"] == tally.row("all")


def test_a_thing_is_pasted_into_the_middle_of_its_place() -> None:
    """And nowhere else."""
    place = places.Place(0.25, 0.25, 0.5, 0.5, MOST_DISCOUNT, ("v",))
    picture = places.pasted(np.zeros((100, 100, 3), np.uint8), np.full((9, 9, 3), 200, np.uint8), place)
    assert 200 == picture[50, 50].max()
    assert 0 == picture[:26].max() == picture[:, :26].max() == picture[75:].max()
