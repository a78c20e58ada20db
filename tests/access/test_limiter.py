"""How often somebody may try."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.access.limiter import Charge, Limit, Limiter
from monitor.access.tries import ADDRESS, KNOWN_BROWSER, NAME, NAME_AT_ADDRESS, STRANGERS, charges, network

LIMITS = st.builds(Limit, st.integers(1, 8), st.floats(0.5, 60.0))
GAPS = st.lists(st.floats(0.0, 90.0), min_size=1, max_size=60)


@given(LIMITS, GAPS)
def test_no_window_holds_more_than_the_burst_and_the_rate_allow(limit: Limit, gaps: list[float]) -> None:
    """Between any two tries that were let through lie no more than burst + time / every_s."""
    limiter, now, through = Limiter(), 0.0, []
    for gap in gaps:
        now += gap
        if limiter.take([Charge(("k",), limit)], now) == 0.0:
            through.append(now)
    for i, first in enumerate(through):
        for count, last in enumerate(through[i:], 1):
            assert count <= limit.burst + (last - first) / limit.every_s + 1e-3


@given(LIMITS, GAPS)
def test_who_waits_as_told_gets_through(limit: Limit, gaps: list[float]) -> None:
    """A refused try costs nothing: the wait that is told is the wait."""
    limiter, now, charge = Limiter(), 0.0, Charge(("k",), limit)
    for gap in gaps:
        now += gap
        wait_s = limiter.take([charge], now)
        if wait_s:
            assert limiter.take([charge], now) == wait_s
            now += wait_s + 1e-3
            assert 0.0 == limiter.take([charge], now)


@given(LIMITS, GAPS)
def test_a_rightful_try_leaves_no_trace(limit: Limit, gaps: list[float]) -> None:
    """Who always knows the password never waits."""
    limiter, now, charge = Limiter(), 0.0, Charge(("k",), limit)
    for gap in gaps:
        now += gap
        assert 0.0 == limiter.take([charge], now)
        limiter.forgive([charge])


def test_each_limit_counts_for_itself() -> None:
    """Five tries for one name at one place; another name there, and the name elsewhere, are free still."""
    limiter = Limiter()
    for _ in range(NAME_AT_ADDRESS.burst):
        assert 0.0 == limiter.take(charges("ada", "10.0.0.7", None), 0.0)
    assert limiter.take(charges("ada", "10.0.0.7", None), 0.0) > 0
    assert 0.0 == limiter.take(charges("omar", "10.0.0.7", None), 0.0)
    assert 0.0 == limiter.take(charges("ada", "10.0.0.8", None), 0.0)


def test_a_browser_that_was_in_before_is_not_kept_out_by_strangers() -> None:
    """However many strangers try, from however many places, a known browser's lane is its own."""
    limiter = Limiter()
    for i in range(2000):
        limiter.take(charges("ada", f"10.{i // 250}.{i % 250}.1", None), i * 0.01)
    assert limiter.take(charges("ada", "10.99.0.1", None), 20.0) > 0
    assert 0.0 == limiter.take(charges("ada", "10.99.0.1", "her browser"), 20.0)


def test_memory_is_bounded_whatever_strangers_do() -> None:
    """A hundred thousand names from as many places: no more keys than the common limit lets through meanwhile."""
    limiter, most = Limiter(), 0
    for i in range(100_000):
        limiter.take(charges(f"n{i}", f"2001:db8:{i:x}::1", None), i * 0.05)
        most = max(most, len(limiter))
    longest_s = max(limit.burst * limit.every_s for limit in (NAME, NAME_AT_ADDRESS, ADDRESS, KNOWN_BROWSER))
    assert most <= 3 * (STRANGERS.burst + longest_s / STRANGERS.every_s) + 1


def test_a_customer_of_ipv6_is_one_place() -> None:
    """Whoever has a /64 has 2**64 addresses."""
    assert network("2001:db8:1:2:aaaa::1") == network("2001:db8:1:2:bbbb::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert "10.0.0.7" == network("::ffff:10.0.0.7")
    assert "unix" == network("unix")
