"""Records are made anew with something else in them."""

from dataclasses import replace

import pytest

from monitor.records import Health, Observation
from monitor.records.changing import changed


def test_all_but_what_changes_stays() -> None:
    """As with the standard library's own function; the record itself is as it was."""
    seen = Observation("p01", 1.0, Health.OK, 0.5, detail="as it was")
    assert replace(seen, score=0.7, health=Health.DARK) == changed(seen, score=0.7, health=Health.DARK)
    assert (0.5, seen) == (seen.score, changed(seen))


def test_what_is_no_field_is_refused() -> None:
    """A word that is misspelt changes nothing in silence."""
    with pytest.raises(TypeError, match="scores"):
        changed(Observation("p01", 1.0, Health.OK), scores=0.7)
