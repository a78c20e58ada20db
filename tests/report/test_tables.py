"""Tables for spreadsheets, charts, and the words of a terminal."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.history import Story
from monitor.records import ScoreBucket, VerdictKind
from monitor.report import charts
from monitor.report.csv_text import csv_text
from monitor.report.hours import HOUR_S
from monitor.report.periods import PeriodKind, custom, period
from monitor.report.record import differences
from monitor.report.summary import By, Report, Sources, Whereabouts, make_report
from monitor.report.text import lines_of
from tests.report.support import PARIS, PLACES, hour, paused, stories_in

MARCH = period(PeriodKind.MONTH, date(2026, 3, 5), PARIS)
SVG = "{http://www.w3.org/2000/svg}"


def words(key: str, **values: object) -> str:
    """Return the key itself: which word it is matters here, not how it is said."""
    return "," if key == "report.decimal_mark" else f"{key}{values or ''}"


def _report(stories: Sequence[Story], places: dict[str, Whereabouts] | None = None) -> Report:
    hours = [hour("p1", MARCH.since + n * HOUR_S, 1800.0, 300.0) for n in range(10)]
    return make_report(MARCH, Sources(stories, [], hours), places or PLACES, made_at=MARCH.until)


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=5))
@example([["=\0", "\0=1+1", "\0\0@"]])
def test_what_people_typed_comes_back_and_is_no_formula(rows: list[list[str]]) -> None:
    """Quotes, commas, line ends survive; nothing that a spreadsheet calculates begins a cell."""
    read = list(csv.reader(io.StringIO(csv_text(("a", "b", "c"), rows), newline="")))
    assert [["a", "b", "c"], *[[cell.replace("\0", "") for cell in row] for row in rows]] == [
        [cell.removeprefix("'") if cell[:2] in _GUARDED else cell for cell in row] for row in read
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for cell in row)


_GUARDED = {f"'{begin}" for begin in "=+-@\t\r\n＝＋－＠"}


def test_numbers_have_a_dot_and_nothing_is_nothing() -> None:
    """In every language."""
    assert "a,b,c,d,e\r\n1.5,2,0,,100\r\n" == csv_text(("a", "b", "c", "d", "e"), [(1.5, 2, 0.0, None, 100.0)])


@settings(max_examples=30, deadline=None)
@given(stories_in(MARCH.since, MARCH.until))
def test_bars_show_every_incident_once(stories: Sequence[Story]) -> None:
    """By day, week or month: their sum is the number of incidents."""
    for span in (
        MARCH,
        period(PeriodKind.YEAR, date(2026, 3, 5), PARIS),
        custom(date(2024, 1, 1), date(2026, 12, 31), PARIS),
    ):
        report = make_report(span, Sources(stories, [], None), PLACES, made_at=span.until)
        bars = charts.grouped(report.days)
        assert len(bars) <= charts.BARS_AT_MOST
        assert Counter(report.total.outcomes) == sum((counts for _, counts in bars), Counter())


@given(st.lists(st.floats(0, 1e5)))
def test_every_pause_is_in_one_bin(values: list[float]) -> None:
    """However fast, however slow."""
    assert len(values) == sum(count for _, count in charts.pause_bins(values))


def test_a_second_belongs_to_the_first_bin() -> None:
    """An upper end is within."""
    assert [1, 1] == [count for _, count in charts.pause_bins([1.0, 1.001])[:2]]


def test_charts_are_well_formed_whatever_a_printer_is_called() -> None:
    """Named for who cannot see them; a name is text."""
    hostile = Whereabouts("p1", "</svg><script>", "a/b", "B", "a", "A")
    report = _report([paused(MARCH.since + 5.0)], {"p1": hostile})
    scores = [ScoreBucket(MARCH.since + n, 0.1, 0.2, 0.15) for n in range(20)]
    drawn = [
        charts.incidents_over_time(report.days, words),
        charts.hours_by_printer(report.groups[By.PRINTER], words),
        charts.times_to_pause(report.total.decided_to_paused.values_s, words),
        charts.scores_around(scores, MARCH.since + 10, 0.5, {"<b>": MARCH.since + 10}, words),
    ]
    for drawing in drawn:
        chart = ElementTree.fromstring(drawing.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314  # our own
        assert ("img", True) == (chart.get("role"), bool(chart.get("aria-label")))
        assert chart.find(f"{SVG}title") is not None
        assert [] == chart.findall(f".//{SVG}script")


def test_a_gap_in_the_scores_is_a_gap_in_the_line() -> None:
    """A camera that was silent for a minute drew no line meanwhile."""
    scores = [ScoreBucket(at, 0.1, 0.2, 0.15) for at in (0.0, 1.0, 61.0, 62.0)]
    assert 2 == charts.scores_around(scores, 30.0, None, {}, words).count("M")


def test_the_terminal_says_what_is_too_thin() -> None:
    """Three pauses and nine hours are no statistics."""
    told = "\n".join(
        lines_of(_report([paused(MARCH.since + n, verdict=VerdictKind.CONFIRMED) for n in range(3)]), By.ROOM)
    )
    assert "3, at most 2.0 s: too few for a median" in told
    assert "fewer than 100 watched hours: too few for a rate" in told
    assert "Hall" in told


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"events": [1]}, {"events": [1, 2]}, ["events (1 more)"]),
        ({"events": [1]}, {"events": [2]}, ["events"]),
        ({"a": 1}, {"a": 1, "b": 2}, ["b"]),
    ],
)
def test_what_changed_since_a_record_was_filed_is_named(
    before: dict[str, object], now: dict[str, object], expected: list[str]
) -> None:
    """Part by part; what was only added says how much."""
    assert expected == differences(before, now)
