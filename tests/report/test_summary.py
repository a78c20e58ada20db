"""The figures of a period."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import Story
from monitor.records import Hour, VerdictKind
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.periods import PeriodKind, custom, period
from monitor.report.saved import saved_by
from monitor.report.summary import By, Report, Sources, Whereabouts, make_report, told_apart
from tests.report.support import PARIS, PLACES, PRINTERS, hour, paused, stories_in, story

MARCH = period(PeriodKind.MONTH, date(2026, 3, 5), PARIS)  # the clocks change in it
SINCE, UNTIL = MARCH.since, MARCH.until
HOURS = st.lists(
    st.builds(
        hour,
        st.sampled_from((*PRINTERS, "gone")),
        st.integers(int(SINCE // 3600) - 30, int(UNTIL // 3600) + 30).map(lambda n: n * 3600.0),
        st.floats(0, 1800),
        st.floats(0, 1800),
    ),
    max_size=30,
)


def _report(stories: Sequence[Story], hours: Sequence[Hour] | None = None, missed: int = 0) -> Report:
    return make_report(MARCH, Sources(stories, [("p1", SINCE)] * missed, hours), PLACES, made_at=UNTIL)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (story(), Outcome.OPEN),
        (story(closed_at=1001.0), Outcome.PASSED),
        (paused(), Outcome.CAUGHT),
        (paused(failed_at=1001.0), Outcome.CAUGHT),
        (paused(verdict=VerdictKind.FALSE_ALARM), Outcome.FALSE_ALARM),
        (paused(verdict=VerdictKind.CONFIRMED), Outcome.CAUGHT),
        (story(failed_at=1060.0, closed_at=2000.0), Outcome.PAUSE_FAILED),
        (story(let_print_at=1005.0, closed_at=1005.0), Outcome.LET_PRINT),
        (story(withheld_at=1000.0), Outcome.WITHHELD),
        (story(withheld_at=1000.0, verdict=VerdictKind.FALSE_ALARM), Outcome.FALSE_ALARM),
    ],
)
def test_every_incident_has_one_outcome(told: Story, expected: Outcome) -> None:
    """A late proof counts, and what a person says of the picture counts most."""
    assert expected is outcome_of(told)


@settings(max_examples=60)
@given(stories_in(SINCE, UNTIL), st.none() | HOURS, st.integers(0, 4))
def test_the_groups_add_up_to_the_total(stories: Sequence[Story], hours: Sequence[Hour] | None, missed: int) -> None:
    """By printer, room and site; also printers that cameras.yaml has no more. Classes share the hours."""
    report = _report(stories, hours, missed)
    assert len(stories) == report.total.incidents == sum(report.total.outcomes.values())
    assert len(stories) == sum(sum(day.outcomes.values()) for day in report.days)
    for by in By:
        figures = [group.figures for group in report.groups[by]]
        assert report.total.incidents == sum(f.incidents for f in figures)
        assert report.total.outcomes == {o: sum(f.outcomes[o] for f in figures) for o in Outcome}
        assert report.total.judged == sum(f.judged for f in figures)
        assert pytest.approx(report.total.saved.hours) == sum(f.saved.hours for f in figures)
        if by is not By.CLASS:
            assert missed == sum(f.missed for f in figures)
            watched = [f.watched.watched_h for f in figures if f.watched]
            assert pytest.approx(report.total.watched.watched_h if report.total.watched else 0.0) == sum(watched)


@settings(max_examples=40)
@given(stories_in(SINCE - 86_400 * 40, UNTIL + 86_400 * 40), HOURS)
def test_an_incident_counts_in_one_period_only(stories: Sequence[Story], hours: Sequence[Hour]) -> None:
    """Whatever it spans: months that follow each other count every incident and every hour once."""
    january = MARCH.preceding().preceding()
    months = [january, january.following(), MARCH, MARCH.following(), MARCH.following().following()]
    reports = [make_report(month, Sources(stories, [], hours), PLACES, made_at=UNTIL * 2) for month in months]
    assert len(stories) == sum(report.total.incidents for report in reports)
    watched = sum(report.total.watched.watched_h for report in reports if report.total.watched)
    assert pytest.approx(sum(h.watched_s for h in hours) / 3600) == watched


def test_an_incident_that_spans_midnight_belongs_to_the_day_of_its_decision() -> None:
    """Opened in March, closed in April: April's report does not have it."""
    told = paused(UNTIL - 1.0, after_s=3.0, closed_at=UNTIL + 7200.0)
    april = make_report(MARCH.following(), Sources([told], [], None), PLACES, made_at=UNTIL * 2)
    assert (1, 0) == (_report([told]).total.incidents, april.total.incidents)


def test_the_day_on_which_the_clocks_change_has_its_own_incidents() -> None:
    """23 hours: what happens at 23:30 is still of that day, what happens at 0:30 of the next."""
    day = period(PeriodKind.DAY, date(2026, 3, 29), PARIS)
    report = _report([story(day.until - 1800.0), story(day.until + 1800.0), story(day.since)])
    counts = {d.day: sum(d.outcomes.values()) for d in report.days}
    assert (2, 1) == (counts[date(2026, 3, 29)], counts[date(2026, 3, 30)])


def test_an_hour_that_midnight_divides_is_shared() -> None:
    """In Kathmandu midnight is 18:15 UTC: a quarter of that hour is of the day before."""
    day = custom(date(2026, 3, 2), date(2026, 3, 2), "Asia/Kathmandu")
    of_the_hour = hour("p1", day.since - 900.0)
    report = make_report(day, Sources([], [], [of_the_hour]), PLACES, made_at=UNTIL)
    assert report.total.watched is not None
    assert 0.75 == report.total.watched.watched_h


def test_times_to_the_pause_leave_out_those_that_waited_for_people() -> None:
    """An answer that took a minute says nothing of how fast Vigie pauses; how many there were is told."""
    told = [paused(SINCE + n, after_s=2.0) for n in range(5)]
    figures = _report([*told, paused(SINCE + 9, after_s=60.0, waited_at=SINCE + 9)]).total
    assert (5, 2.0, 1) == (figures.decided_to_paused.count, figures.decided_to_paused.median_s, figures.waited)
    assert 10.0 == figures.suspected_to_paused.median_s


def test_false_alarms_are_counted_per_thousand_watched_hours() -> None:
    """Blind hours are no hours in which anybody could have been disturbed."""
    hours = [hour("p1", SINCE + n * 3600.0, watched_s=1800.0, blind_s=1800.0) for n in range(400)]
    figures = _report([paused(SINCE, verdict=VerdictKind.FALSE_ALARM)], hours).total
    assert (1, 200.0, 5.0) == (figures.false_alarms.count, figures.false_alarms.hours, figures.false_alarms.per_1000_h)


def test_without_hours_there_is_no_rate_and_no_pretence() -> None:
    """A report made before hours were kept says that nobody counted them."""
    figures = _report([paused(SINCE)]).total
    assert (None, None) == (figures.watched, figures.false_alarms.per_1000_h)


def test_only_what_is_known_is_saved() -> None:
    """Two hours left of one, nothing known of another, a false alarm: two hours, thirty grams, one unknown."""
    told = [paused(job_left_s=7200.0), paused(), paused(job_left_s=9000.0, verdict=VerdictKind.FALSE_ALARM)]
    saved = saved_by(told, grams_per_hour=15.0)
    assert (1, 1, 2.0, 30.0) == (saved.prints, saved.unknown, saved.hours, saved.grams)


def test_a_print_that_went_on_saved_nothing() -> None:
    """Resumed, for whatever reason: its hours were printed after all."""
    saved = saved_by([paused(job_left_s=7200.0, resumed_at=1060.0)])
    assert (0, 0, 0.0) == (saved.prints, saved.unknown, saved.hours)


@pytest.mark.parametrize(("verdict", "expected"), [(None, None), (VerdictKind.CONFIRMED, 0.0)])
def test_a_rate_needs_somebody_who_judges(verdict: VerdictKind | None, expected: float | None) -> None:
    """No false alarm among incidents that nobody has looked at is not the same as none."""
    hours = [hour("p1", SINCE + n * 3600.0) for n in range(400)]
    assert expected == _report([paused(SINCE, verdict=verdict)], hours).total.false_alarms.per_1000_h
    assert 0.0 == _report([], hours).total.false_alarms.per_1000_h


def test_a_caught_print_that_was_resumed_is_worth_a_verdict() -> None:
    """Nobody said what it was; it printed on."""
    told = [
        paused(SINCE, resumed_at=SINCE + 60),
        paused(SINCE + 1, resumed_at=SINCE + 60, verdict=VerdictKind.CONFIRMED),
    ]
    assert 1 == _report(told).total.resumed


def test_shadow_mode_is_counted_apart() -> None:
    """What would have been paused, and how much of it people call false."""
    told = [story(SINCE, withheld_at=SINCE), story(SINCE + 1, withheld_at=SINCE, verdict=VerdictKind.FALSE_ALARM)]
    shadow = _report(told).total.shadow
    assert (2, 1) == (shadow.withheld, shadow.false_alarms)


def test_days_that_have_not_begun_have_no_figures() -> None:
    """A report in the middle of a month shows no empty days as if nothing had happened."""
    report = make_report(MARCH, Sources([], [], None), PLACES, made_at=SINCE + 2.5 * 86_400)
    assert 3 == len(report.days)


def test_two_printers_of_one_name_are_told_apart_by_their_sites() -> None:
    """A region has many a p01, and many a hall."""
    places = {
        f"{site}.{name}": Whereabouts(f"{site}.{name}", name, f"{site}/hall", "Hall", site, site.capitalize())
        for site, name in (("lens", "p01"), ("lille", "p01"), ("lille", "p02"))
    }
    names, rooms = told_apart(places, lambda place: place.name), told_apart(places, lambda place: place.room_name)
    assert ["Lens · p01", "Lille · p01", "p02"] == list(names.values())
    assert ["Lens · Hall", "Lille · Hall", "Lille · Hall"] == list(rooms.values())
