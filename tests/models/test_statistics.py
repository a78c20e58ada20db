"""The figures that the model card prints."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.train.statistics import (
    Scored,
    auc,
    average_precision,
    calibration,
    curve,
    figures,
    rate_at,
    with_intervals,
)


def _scored(healthy: list[float], failing: list[float], sequences: list[str] | None = None) -> Scored:
    scores = np.array(healthy + failing)
    kinds = np.array([False] * len(healthy) + [True] * len(failing))
    return Scored(scores, kinds, np.array(sequences or [str(i) for i in range(len(scores))]))


def test_auc_is_the_chance_that_a_failure_scores_higher() -> None:
    """Three of four pairs are in order; a tie would count half."""
    assert 0.75 == auc(_scored([0.1, 0.6], [0.5, 0.9]))
    assert 0.5 == auc(_scored([0.5], [0.5]))


def test_rate_counts_failures_above_the_healthy_pictures_that_may_pass() -> None:
    """At 1 % of a hundred healthy pictures, one may score higher than the bar."""
    healthy = [i / 100 for i in range(100)]
    assert 0.5 == rate_at(_scored(healthy, [0.985, 0.5]), 0.01)


def test_one_kind_alone_has_no_figures() -> None:
    """Nothing is claimed where nothing can be compared."""
    assert all(np.isnan(value) for value in figures(_scored([0.1], [])).values())


def test_near_copies_do_not_narrow_an_interval() -> None:
    """Ten copies of a sequence's frame say as much as one: the interval is drawn over sequences."""
    healthy, failing = [0.2, 0.4, 0.6], [0.3, 0.5, 0.7]
    once = with_intervals(_scored(healthy, failing, list("abcdef")))
    copied = with_intervals(_scored(healthy * 10, failing * 10, list("abc") * 10 + list("def") * 10))
    assert once["auc"] == copied["auc"]
    assert 6 == copied["sequences"]


def test_average_precision_is_the_mean_precision_at_each_failure() -> None:
    """First of one, then second of three: (1 + 2/3) / 2."""
    assert average_precision(_scored([0.6, 0.1], [0.9, 0.5])) == pytest.approx((1 + 2 / 3) / 2)


def test_a_curve_takes_ties_together() -> None:
    """Nobody can put a bar between two equal scores."""
    points = curve(_scored([0.5, 0.1], [0.5, 0.9]))
    assert [0, 1, 2, 2] == points.hits.tolist()
    assert [0, 0, 1, 2] == points.alarms.tolist()


def test_calibration_error_is_what_scores_promise_and_do_not_keep() -> None:
    """Two pictures at 0.95 of which one fails are 0.45 off; the one at 0.05 that does not is 0.05 off."""
    bins = calibration(_scored([0.95, 0.05], [0.95]))
    assert [1, 2] == bins.count.tolist()
    assert bins.error == pytest.approx((2 * 0.45 + 0.05) / 3)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_the_curve_and_the_ranking_agree(pictures: list[tuple[float, bool]]) -> None:
    """The area below the ROC curve is the chance that a failure scores higher, whatever the ties."""
    healthy, failing = ([s for s, f in pictures if f is kind] for kind in (False, True))
    assume(healthy and failing)
    points = curve(_scored(healthy, failing))
    area = np.trapezoid(points.recall, points.false_positive_rate)
    assert area == pytest.approx(auc(_scored(healthy, failing)))
