"""Scores over time: the newest points, in order, and not more of them than promised."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from monitor.scores import Scores


@given(st.integers(1, 8), st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 1, width=32)), max_size=30))
def test_the_newest_points_are_kept_in_order(kept: int, points: list[tuple[int, float]]) -> None:
    """It behaves as a bounded deque does, also after it has gone round several times."""
    scores = Scores(kept)
    for taken_at, score in points:
        scores.add(taken_at, score)
    assert tuple(deque(points, maxlen=kept)) == scores.points()


def test_a_time_keeps_its_fractions_of_a_second() -> None:
    """Unix seconds do not fit into single precision."""
    scores = Scores(2)
    scores.add(1_585_000_000.25, 0.5)
    assert ((1_585_000_000.25, 0.5),) == scores.points()
