"""Quiet times of day."""

from datetime import UTC, datetime

from monitor.config.model import QuietTime, Weekday
from monitor.quiet import quiet_until

NIGHT = QuietTime.model_validate({"start": "22:00", "end": "06:00", "days": (Weekday.FRI,)})
NOON = QuietTime.model_validate({"start": "12:00", "end": "12:30"})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 4, day, hour, minute, tzinfo=UTC)  # 3 April 2020 was a Friday


def test_a_quiet_time_runs_past_midnight_and_belongs_to_the_day_it_starts() -> None:
    """Friday night reaches into Saturday morning; Friday morning is Thursday's."""
    assert at(4, 6) == quiet_until(at(3, 23), [NIGHT])
    assert at(4, 6) == quiet_until(at(4, 5, 59), [NIGHT])
    assert quiet_until(at(3, 5), [NIGHT]) is None
    assert quiet_until(at(4, 23), [NIGHT]) is None


def test_the_end_itself_is_no_longer_quiet() -> None:
    """Half past twelve means half past twelve."""
    assert at(3, 12, 30) == quiet_until(at(3, 12), [NOON])
    assert quiet_until(at(3, 12, 30), [NOON]) is None


def test_of_two_overlapping_times_the_later_end_counts() -> None:
    """Whoever reads the wall is told when it is really over."""
    long = QuietTime.model_validate({"start": "11:00", "end": "14:00"})
    assert at(3, 14) == quiet_until(at(3, 12, 10), [NOON, long])
