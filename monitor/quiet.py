"""Quiet times: times of day when a printer is watched and shown, but no incident is opened. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.config.model import QuietTime, Weekday

_WEEKDAYS = tuple(Weekday)  # Monday first, as datetime.weekday() counts


def quiet_until(local: datetime, times: Sequence[QuietTime]) -> datetime | None:
    """Return when the present quiet time ends, the latest end if several overlap; None outside of all of them.

    A time that ends before it starts runs past midnight and belongs to the day on which it starts.
    """
    ends = [
        end
        for times_of_day in times
        for day in (local, local - timedelta(days=1))
        if (end := _end_if_inside(local, day, times_of_day)) is not None
    ]
    return max(ends, default=None)


def _end_if_inside(local: datetime, day: datetime, quiet: QuietTime) -> datetime | None:
    if _WEEKDAYS[day.weekday()] not in quiet.days:
        return None
    start = datetime.combine(day.date(), quiet.start, tzinfo=local.tzinfo)
    end = datetime.combine(day.date(), quiet.end, tzinfo=local.tzinfo)
    if end <= start:
        end += timedelta(days=1)
    return end if start <= local < end else None
