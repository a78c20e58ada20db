"""How a number of inspections a second is shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pacing import AS_WISHED, Stretch, Wish, hz, share_out

CALM, IDLE = Wish.of(1.0, 10.0), Wish.of(30.0, 10.0)
SUSPECT = Wish.of(1.0, 10.0, 0.2)

WISHES = st.builds(
    Wish.of,
    st.sampled_from([0.5, 1.0, 2.0, 5.0, 30.0]),
    st.sampled_from([2.5, 10.0, 15.0]),
    st.sampled_from([None, None, 0.2, 1.0]),
)


def test_what_fits_is_left_as_it_is() -> None:
    """Also to the last inspection."""
    assert AS_WISHED == share_out({CALM: 100, SUSPECT: 4}, 120.0)


def test_calm_printers_are_slowed_evenly_and_suspects_are_not() -> None:
    """Three suspects keep their fifteen looks a second; the others share the rest."""
    found = share_out({CALM: 100, SUSPECT: 3}, 65.0)
    assert 0.2 == found.every_s(SUSPECT)
    assert pytest.approx(2.0) == found.every_s(CALM)


def test_many_suspects_are_slowed_first_but_not_below_a_calm_printer() -> None:
    """The light goes out over half of the farm: looking at it five times a second must not blind the other half."""
    found = share_out({CALM: 500, SUSPECT: 500}, 1000.0)
    assert pytest.approx(1.0) == found.every_s(CALM)
    assert pytest.approx(1.0) == found.every_s(SUSPECT)
    found = share_out({CALM: 500, SUSPECT: 500}, 800.0)
    assert pytest.approx(1.0) == found.every_s(SUSPECT)
    assert pytest.approx(500 / 300) == found.every_s(CALM)


def test_suspects_are_the_last_to_be_slowed() -> None:
    """All calm printers are at their floor before a suspect is looked at less often than a calm one should be."""
    found = share_out({CALM: 500, SUSPECT: 500}, 300.0)
    assert 10.0 == found.every_s(CALM)
    assert pytest.approx(2.0) == found.every_s(SUSPECT)


def test_nobody_is_slowed_below_the_floor() -> None:
    """Then it does not fit, and that is said."""
    found = share_out({CALM: 500, SUSPECT: 500}, 50.0)
    assert (10.0, 10.0, False) == (found.every_s(CALM), found.every_s(SUSPECT), found.fits)


def test_who_is_looked_at_rarely_anyway_is_not_slowed() -> None:
    """An idle printer stands at 30 s, above the floor of the others."""
    assert 30.0 == share_out({CALM: 10, IDLE: 100}, 5.0).every_s(IDLE)


@given(st.dictionaries(WISHES, st.integers(1, 500), min_size=1, max_size=8), st.floats(0.1, 3000))
def test_a_share_fits_or_everybody_is_at_the_floor(wishes: dict[Wish, int], budget_hz: float) -> None:
    """Whatever is wished: nobody faster than wished, nobody below the floor, and no more asked for than is allowed."""
    found = share_out(wishes, budget_hz)
    for wish in wishes:
        assert wish.every_s <= found.every_s(wish) <= wish.at_least_s
    if found.fits:
        assert hz(wishes, found) <= budget_hz * (1 + 1e-5)
    else:
        assert all(found.every_s(wish) == pytest.approx(wish.at_least_s) for wish in wishes)


@given(st.dictionaries(WISHES, st.integers(1, 500), min_size=1, max_size=8), st.floats(0.1, 3000), st.floats(1, 3))
def test_more_capacity_slows_no_calm_printer(wishes: dict[Wish, int], budget_hz: float, more: float) -> None:
    """Else a farm would get worse as its machine gets better."""
    little, much = share_out(wishes, budget_hz), share_out(wishes, budget_hz * more)
    for wish in wishes:
        if not wish.is_suspect:
            assert much.every_s(wish) <= little.every_s(wish) * (1 + 1e-5)


def test_a_stretch_of_a_suspect_is_bounded_by_what_a_calm_one_should_have() -> None:
    """Unless calm ones are at their floor."""
    assert 1.0 == Stretch(suspect=50.0).every_s(SUSPECT)
    assert 10.0 == Stretch(suspect=50.0, spares_suspects=False).every_s(SUSPECT)
