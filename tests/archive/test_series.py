"""Scores of a long time in as many buckets as a chart has pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.series import buckets, grains_of_points, joined, none
from tests.archive.support import T0, points


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=300), st.integers(1, 50))
def test_no_peak_is_lost_and_none_invented(scores: list[float | None], count: int) -> None:
    """The highest, the lowest and the mean of all buckets are those of all scores; buckets are in order and apart."""
    found = buckets(grains_of_points(points(scores)), T0, T0 + 300, 300 / count)
    known = [score for score in scores if score is not None]
    assert bool(known) == bool(found)
    assert len(found) <= count
    if known:
        assert max(known) == max(bucket.most for bucket in found)
        assert min(known) == min(bucket.least for bucket in found)
    assert all(bucket.least <= bucket.mean <= bucket.most for bucket in found)
    gaps = np.diff([bucket.at for bucket in found])
    assert (gaps > 0.99 * 300 / count).all()


def test_a_gap_is_left_out() -> None:
    """Where nothing was seen there is no bucket: a chart draws no line across it."""
    seen = points([0.1] * 10 + [None] * 10 + [0.1] * 10)
    found = buckets(grains_of_points(seen), T0, T0 + 30, 5.0)
    assert [T0 + 2.5, T0 + 7.5, T0 + 22.5, T0 + 27.5] == [bucket.at for bucket in found]


def test_memory_adds_only_what_is_newer_than_the_file() -> None:
    """What is written and still in memory counts once."""
    stored = grains_of_points(points([0.1, 0.2, 0.3]))
    fresh = [(T0 + second + 0.0004, 0.1 * (second + 1)) for second in range(5)]
    assert [T0, T0 + 1, T0 + 2, T0 + 3, T0 + 4] == pytest.approx(list(joined(stored, fresh).at), abs=0.001)
    assert 5 == len(joined(none(), fresh).at)
    assert 0 == len(joined(none(), ()).at)
