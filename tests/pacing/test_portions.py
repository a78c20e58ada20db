"""How many pictures a worker takes at once."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.pacing import most_at_once, portions
from monitor.pacing.portions import BATCH_S, TOGETHER


def test_few_pictures_go_together_and_many_are_spread_evenly() -> None:
    """One worker is woken for four; all are for more."""
    assert ["abc"] == list(portions("abc", 4, 16))
    assert ["abcd", "e"] == list(portions("abcde", 4, 16))
    assert [5, 5, 5, 3] == [len(part) for part in portions(range(18), 4, 16)]
    assert [] == list(portions("", 4, 16))


def test_a_slow_worker_takes_what_it_does_in_half_a_second() -> None:
    """Four workers, eight looks a second: one picture each. What a machine can do is not known at its start."""
    assert 1 == most_at_once(16, 4, 8.0)
    assert 5 == most_at_once(16, 4, 44.0)
    assert (16, 16) == (most_at_once(16, 4, 740.0), most_at_once(16, 4, None))
    assert ["a", "b"] == list(portions("ab", 4, most_at_once(16, 4, 8.0)))


@given(st.integers(1, 64), st.integers(1, 16), st.one_of(st.none(), st.floats(0.01, 2000.0)), st.data())
def test_all_is_handed_out_once_in_order(
    batch: int, workers: int, capacity_hz: float | None, data: st.DataObject
) -> None:
    """To no more workers than are idle, no more than a batch to each, and no more than it does in its time."""
    most = most_at_once(batch, workers, capacity_hz)
    idle = data.draw(st.integers(1, workers))
    due = range(data.draw(st.integers(0, idle * most)))
    parts = list(portions(due, idle, most))
    assert list(due) == [picture for part in parts for picture in part]
    assert len(parts) <= idle
    assert all(1 <= len(part) <= most <= batch for part in parts)
    if capacity_hz is not None:
        assert most == 1 or most * workers / capacity_hz <= BATCH_S * (1 + 1e-9)
    assert len(parts) <= 1 or min(len(parts[0]), TOGETHER, most) == min(TOGETHER, most)
