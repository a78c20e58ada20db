"""The figures that the model card prints."""

import numpy as np

from models.train.statistics import Scored, auc, figures, rate_at, with_intervals


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
