"""The probability that people are shown: another scale, never another order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calibration import Calibration

SCORES = st.floats(0.0, 1.0)


def test_a_slope_of_one_without_a_shift_changes_nothing() -> None:
    """A model whose scores are probabilities as they are."""
    assert pytest.approx([0.1, 0.5, 0.9]) == [Calibration(1.0, 0.0).probability(score) for score in (0.1, 0.5, 0.9)]


def test_the_shift_is_what_an_even_score_is_worth() -> None:
    """Odds of 1 to e^2 for a score of one half."""
    assert pytest.approx(0.1192, abs=1e-4) == Calibration(0.5, -2.0).probability(0.5)


def test_no_more_is_promised_than_could_be_shown() -> None:
    """However high the score."""
    assert 0.15 == Calibration(2.0, 0.0, most=0.15).probability(0.999)


@given(SCORES, SCORES, st.floats(0.01, 10.0), st.floats(-100.0, 100.0))
def test_the_order_is_kept_and_it_is_a_probability(one: float, other: float, slope: float, shift: float) -> None:
    """So the threshold stays where it is."""
    low, high = sorted((one, other))
    calibration = Calibration(slope, shift, most=0.9)
    assert 0.0 <= calibration.probability(low) <= calibration.probability(high) <= 0.9
