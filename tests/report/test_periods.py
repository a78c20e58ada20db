"""Days, weeks and months as the clocks on the wall count them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import BadPeriod
from monitor.report.periods import LONGEST_DAYS, Period, PeriodKind, custom, day_of, machine_zone, parse_day, period
from tests.report.support import PARIS

KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR)
ZONES = ("UTC", PARIS, "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)])
def test_a_day_lasts_as_long_as_the_clocks_say(day: date, hours: int) -> None:
    """When the clocks change in Paris, a day has an hour less, or one more."""
    made = period(PeriodKind.DAY, day, PARIS)
    assert hours * 3600.0 == made.until - made.since


def test_a_week_begins_on_monday() -> None:
    """21 November 2026 is a Saturday."""
    made = period(PeriodKind.WEEK, date(2026, 11, 21), PARIS)
    assert (date(2026, 11, 16), date(2026, 11, 22)) == (made.first, made.last)


@pytest.mark.parametrize(("day", "last"), [(date(2024, 2, 5), 29), (date(2026, 2, 5), 28), (date(2026, 12, 31), 31)])
def test_a_month_ends_on_its_last_day(day: date, last: int) -> None:
    """Leap years and December too."""
    made = period(PeriodKind.MONTH, day, PARIS)
    assert (day.replace(day=1), day.replace(day=last)) == (made.first, made.last)


@given(st.sampled_from(KINDS), st.dates(date(2001, 1, 1), date(2190, 1, 1)), st.sampled_from(ZONES))
def test_periods_follow_each_other_without_gap_or_overlap(kind: PeriodKind, day: date, zone: str) -> None:
    """The end of one is the beginning of the next, and its days fill it."""
    made = period(kind, day, zone)
    assert made.until == made.following().since
    assert made == made.following().preceding()
    bounds = [bound for _, since, until in made.days() for bound in (since, until)]
    assert (made.since, made.until) == (bounds[0], bounds[-1])
    assert bounds[1:-1:2] == bounds[2::2]
    assert all(later > earlier for earlier, later in zip(bounds[::2], bounds[1::2], strict=True)) or zone == ZONES[4]


@given(st.floats(978_400_000, 4_000_000_000), st.sampled_from(ZONES))
def test_every_moment_lies_in_the_day_that_is_named_for_it(at: float, zone: str) -> None:
    """day_of and the bounds of days agree."""
    made = period(PeriodKind.DAY, day_of(at, zone), zone)
    assert made.since <= at < made.until


@pytest.mark.parametrize(
    ("first", "last", "zone", "what"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), PARIS, "before it begins"),
        (date(1, 1, 1), date(1, 1, 2), PARIS, "periods lie from"),
        (date(9999, 1, 1), date(9999, 12, 31), PARIS, "periods lie from"),
        (date(2001, 1, 1), date(2100, 1, 1), PARIS, f"at most {LONGEST_DAYS} days"),
        (date(2026, 1, 1), date(2026, 1, 1), "Mars/Olympus", "no time zone"),
        (date(2026, 1, 1), date(2026, 1, 1), "../../etc/passwd", "no time zone"),
    ],
)
def test_an_absurd_period_is_refused_with_the_reason(first: date, last: date, zone: str, what: str) -> None:
    """Nobody reports on the year 1, on a century, or on Mars."""
    with pytest.raises(BadPeriod, match=what):
        custom(first, last, zone)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_the_ends_of_the_calendar_are_refused(kind: PeriodKind, day: date) -> None:
    """Also where the period around a day would leave what a computer can count."""
    with pytest.raises(BadPeriod):
        period(kind, day, PARIS)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-11-21T00:00", "<script>"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(BadPeriod, match="2026-11-21"):
        parse_day(text)


def test_the_zone_is_that_of_the_environment_if_it_names_one() -> None:
    """TZ as POSIX and Debian write it; what no zone is called is passed over."""
    assert (PARIS, "Asia/Tokyo") == (machine_zone({"TZ": PARIS}), machine_zone({"TZ": ":Asia/Tokyo"}))
    assert machine_zone({}) == machine_zone({"TZ": "Mars/Olympus"})


def test_the_machines_zone_is_one_that_is_known() -> None:
    """Whatever the machine says, reports can be made."""
    assert Period(PeriodKind.DAY, date(2026, 1, 1), date(2026, 1, 1), machine_zone()).since > 0
