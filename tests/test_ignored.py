"""Ignored messages: all counted, few told."""

import logging

import pytest

from monitor.clock import ManualClock
from monitor.ignored import LINES, MINUTE_S, IgnoredMessages, plain


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was told."""
    return [record.getMessage() for record in caplog.records]


def test_the_first_few_are_told_one_by_one(caplog: pytest.LogCaptureFixture) -> None:
    """Who, where, why."""
    IgnoredMessages(ManualClock(), "agent").add("retained", "vigie/s/p1/pause", "it would be obeyed again")
    assert ["agent: message on vigie/s/p1/pause ignored: retained: it would be obeyed again"] == lines(caplog)


def test_a_flood_is_counted_and_told_in_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Of a hundred thousand the first five, then the tenth, hundredth ..., each with what it hides."""
    ignored = IgnoredMessages(ManualClock(), "monitor")
    for _ in range(100_000):
        ignored.add("bad payload", "t", "d")
    assert {"bad payload": 100_000} == ignored.counts
    assert LINES + 5 == len(lines(caplog))
    assert lines(caplog)[-1].endswith("(and 89999 more for the same reason)")


def test_another_reason_is_told_during_a_flood(caplog: pytest.LogCaptureFixture) -> None:
    """What is rare is not hidden by what is frequent."""
    ignored = IgnoredMessages(ManualClock(), "monitor")
    for _ in range(50):
        ignored.add("bad payload", "t", "d")
    caplog.clear()
    ignored.add("retained", "t", "d")
    assert 1 == len(lines(caplog))


def test_a_minute_later_the_rest_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Every minute begins anew, with what the one before has hidden."""
    clock = ManualClock()
    ignored = IgnoredMessages(clock, "monitor")
    for _ in range(9):
        ignored.add("bad payload", "t", "d")
    clock.advance(MINUTE_S)
    caplog.clear()
    ignored.add("bad payload", "t", "d")
    ignored.add("bad payload", "t", "d")
    more = " (and 4 more for the same reason)"
    assert [f"monitor: message on t ignored: bad payload: d{end}" for end in (more, "")] == lines(caplog)


def test_a_strangers_text_stays_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody writes lines of his own into the log, and nobody fills it."""
    with caplog.at_level(logging.WARNING):
        IgnoredMessages(ManualClock(), "monitor").add("r", "a\nERROR forged", "\x1b[2J" + "x" * 65_000)
    [line] = lines(caplog)
    assert "a\\nERROR forged" in line
    assert "\n" not in line
    assert "\x1b" not in line
    assert 500 > len(line)


def test_what_can_be_printed_stays_as_it_is() -> None:
    """Names of people and places are not made unreadable."""
    assert "Léa, 3号" == plain("Léa, 3号", 20)
    assert "abc... (6 characters)" == plain("abcdef", 3)
