"""Figures that know how much they are worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.report.numbers import poisson_interval, quantile, rate_of, spread_of


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (3, 0.619, 8.767), (10, 4.795, 18.39), (100, 81.36, 121.63)],
)
def test_the_interval_is_the_published_one(count: int, low: float, high: float) -> None:
    """Exact limits for a Poisson mean at 95 %, as they stand in the tables that follow Garwood (1936)."""
    assert pytest.approx([low, high], rel=2e-3, abs=1e-9) == list(poisson_interval(count))


@given(st.integers(0, 3000))
def test_the_interval_holds_what_was_seen_and_moves_with_it(count: int) -> None:
    """The count lies inside, and one more moves both ends up."""
    low, high = poisson_interval(count)
    further_low, further_high = poisson_interval(count + 1)
    assert low <= count < high
    assert low < further_low
    assert high < further_high


def test_a_rate_is_per_thousand_hours() -> None:
    """Two in 4,000 hours are half a one in 1,000."""
    rate = rate_of(2, 4000.0)
    assert pytest.approx([0.5, 0.0606, 1.806], rel=1e-2) == [rate.per_1000_h, rate.low, rate.high]


@pytest.mark.parametrize("hours", [None, 0.0, 99.0])
def test_too_few_hours_make_no_rate(hours: float | None) -> None:
    """One false alarm in an hour is no thousand in 1,000 hours."""
    assert (1, None, None) == (rate_of(1, hours).count, rate_of(1, hours).per_1000_h, rate_of(1, hours).high)


def test_a_spread_says_only_what_its_count_carries() -> None:
    """A median from five values, a 95th percentile from twenty, the longest always."""
    assert (None, None, 4.0) == _quantiles([1.0, 4.0])
    assert (3.0, None, 5.0) == _quantiles([5.0, 1.0, 3.0, 2.0, 4.0])
    assert pytest.approx([10.5, 19.05, 20.0]) == list(_quantiles([float(n) for n in range(1, 21)]))
    assert (None, None, None) == _quantiles([])


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_quantile_lies_between_its_neighbours(values: list[float], share: float) -> None:
    """Never outside of what was measured."""
    ordered = sorted(values)
    assert ordered[0] <= quantile(ordered, share) <= ordered[-1] * (1 + 1e-12)


def _quantiles(values: list[float]) -> tuple[float | None, float | None, float | None]:
    spread = spread_of(values)
    return spread.median_s, spread.p95_s, spread.most_s
