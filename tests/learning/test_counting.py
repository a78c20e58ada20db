"""How a score counts: what is seen elsewhere is never discounted, and what is plain to see counts in a place, too."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.learning.counting import counted, discount_for
from monitor.learning.rule import MOST_DISCOUNT
from monitor.records import Place
from tests.learning.said import a_box

LOGITS = st.floats(-12, 12)
DISCOUNTS = st.floats(0, MOST_DISCOUNT)


def a_place(x: float, y: float, discount: float) -> Place:
    """A tenth of the picture on each side."""
    return Place(x, y, 0.1, 0.1, discount, ("v",))


@given(LOGITS, LOGITS, DISCOUNTS, LOGITS)
def test_what_alarms_elsewhere_counts_in_full(score: float, elsewhere: float, discount: float, bar: float) -> None:
    """With the places hidden it is still over the bar: nothing is lowered."""
    if elsewhere >= bar:
        assert score == counted(score, elsewhere, discount, bar)


@given(LOGITS, LOGITS, DISCOUNTS, LOGITS)
def test_a_score_is_lowered_by_its_discount_at_most(
    score: float, elsewhere: float, discount: float, bar: float
) -> None:
    """And never raised: a failure some logits over the bar is seen inside a place, too."""
    assert score - discount - 1e-9 <= counted(score, elsewhere, discount, bar) <= score
    if score >= bar + MOST_DISCOUNT:
        assert counted(score, elsewhere, discount, bar) >= bar - 1e-9


@given(LOGITS, LOGITS, LOGITS, DISCOUNTS, LOGITS)
def test_a_higher_score_never_counts_less(a: float, b: float, elsewhere: float, discount: float, bar: float) -> None:
    """In what is looked at again: all from where the judge begins to weigh."""
    low, high = sorted((a, b))
    assert counted(low, elsewhere, discount, bar) <= counted(high, elsewhere, discount, bar)


@given(LOGITS, LOGITS, LOGITS, DISCOUNTS, LOGITS)
def test_more_elsewhere_never_counts_less(a: float, b: float, score: float, discount: float, bar: float) -> None:
    """Nor does a larger discount count more."""
    low, high = sorted((a, b))
    assert counted(score, low, discount, bar) <= counted(score, high, discount, bar)
    assert counted(score, low, discount, bar) >= counted(score, low, discount + 1.0, bar)


def test_a_box_outside_of_every_place_takes_the_discount_away() -> None:
    """Something is pointed at that nobody called false."""
    places = [a_place(0.1, 0.1, 3.0)]
    assert 3.0 == discount_for([a_box(0.12, 0.12)], places)
    assert 0.0 == discount_for([a_box(0.12, 0.12), a_box(0.7, 0.7)], places)


def test_a_box_that_reaches_far_out_of_its_place_takes_the_discount_away() -> None:
    """Half of it must lie inside."""
    places = [a_place(0.1, 0.1, 3.0)]
    assert 3.0 == discount_for([a_box(0.1, 0.1, 0.18, 0.1)], places)
    assert 0.0 == discount_for([a_box(0.1, 0.1, 0.22, 0.1)], places)


def test_the_least_discount_of_the_places_touched_counts() -> None:
    """And nothing is discounted when the picture has no box: nobody knows where it is."""
    places = [a_place(0.1, 0.1, 3.0), a_place(0.6, 0.6, 0.75)]
    assert 3.0 == discount_for([a_box(0.12, 0.12)], places)
    assert 0.75 == discount_for([a_box(0.12, 0.12), a_box(0.62, 0.62)], places)
    assert 0.0 == discount_for([], places)
    assert 0.0 == discount_for([a_box(0.12, 0.12)], [])
