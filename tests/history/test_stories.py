"""Incidents as figures need them: what SQLite picks out of the events is what happened."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.database import open_for_writing
from monitor.errors import StorageDamaged
from monitor.history import Change, HistoryReader, Narrowing, Story, stories, tables
from monitor.history.schema import SCHEMA
from monitor.records import (
    Action,
    Event,
    EventKind,
    FailureClass,
    Incident,
    IncidentStatus,
    Verdict,
    VerdictKind,
)

OPENED_AT = 10_000.0
ALWAYS = Narrowing(0.0, 1e12)


def incident(id_: str = "i1", printer: str = "p1", opened_at: float = OPENED_AT) -> Incident:
    """Return an open incident."""
    return Incident(
        id=id_, site="paris", printer=printer, opened_at=opened_at, failure_class=FailureClass.BLOB, score=0.9,
        boxes=(), model_sha256="ab", parameters={}, action=Action.PAUSE, status=IncidentStatus.OPEN, job_left_s=90.0,
    )  # fmt: skip


def event(kind: EventKind, at: float, incident_id: str | None = "i1", number: int = 0, detail: str = "") -> Event:
    """Return something that happened to p1."""
    return Event(f"{kind}-{at}-{number}", "paris", "p1", at, kind, incident_id, detail)


def verdict(kind: VerdictKind, at: float, *, withdrawn: bool = False, incident_id: str | None = "i1") -> Verdict:
    """Return what somebody said."""
    said = Verdict(f"v{at}", "p1", kind, "Jo", at, at - 100.0, 0.9, (), "ab", incident_id)
    return replace(said, withdrawn_by="Jo", withdrawn_at=at + 1) if withdrawn else said


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty history."""
    connection = open_for_writing(tmp_path / "vigie.db", SCHEMA)
    yield connection
    connection.close()


def one_story(connection: sqlite3.Connection, *changes: Change) -> Story:
    """Write changes and read the only incident there is."""
    for change in changes:
        tables.apply(connection, change)
    (story,) = stories.stories(connection, ALWAYS)
    return story


KINDS = [EventKind.PAUSE_CONFIRMED, EventKind.PAUSE_FAILED, EventKind.PAUSE_WITHHELD, EventKind.HELD, EventKind.ASKED,
         EventKind.LET_PRINT, EventKind.ACKNOWLEDGED, EventKind.PEOPLE_TOLD, EventKind.MUTED]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 500)), max_size=12))
def test_the_times_are_those_of_the_events(happened: Sequence[tuple[EventKind, int]]) -> None:
    """The first of each kind, the last failed pause; whatever order they were written in."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for script in SCHEMA.scripts:
        connection.executescript(script)
    events = tuple(event(kind, OPENED_AT + after, number=n) for n, (kind, after) in enumerate(happened))
    story = one_story(connection, Change(incident(), "", events=events))
    connection.close()

    def times(*kinds: EventKind) -> list[float]:
        return [OPENED_AT + after for kind, after in happened if kind in kinds]

    assert min(times(EventKind.PAUSE_CONFIRMED), default=None) == story.confirmed_at
    assert max(times(EventKind.PAUSE_FAILED), default=None) == story.failed_at
    assert min(times(EventKind.HELD, EventKind.ASKED), default=None) == story.waited_at
    assert min(times(EventKind.ACKNOWLEDGED), default=None) == story.acknowledged_at
    assert min(times(EventKind.PEOPLE_TOLD), default=None) == story.told_at


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], None),
        ([(EventKind.SUSPECTED, -8.0)], OPENED_AT - 8.0),
        ([(EventKind.SUSPECTED, -300.0), (EventKind.CLEARED, -200.0)], None),
        ([(EventKind.SUSPECTED, -300.0), (EventKind.CLEARED, -200.0), (EventKind.SUSPECTED, -9.0)], OPENED_AT - 9.0),
        ([(EventKind.SUSPECTED, -9000.0)], None),
        ([(EventKind.SUSPECTED, 5.0)], None),
    ],
)
def test_the_first_sign_is_the_suspicion_that_became_the_failure(
    connection: sqlite3.Connection, before: Sequence[tuple[EventKind, float]], expected: float | None
) -> None:
    """Not one that passed, not one of another day, not one after."""
    signs = tuple(event(kind, OPENED_AT + after, None) for kind, after in before)
    assert expected == one_story(connection, Change(events=signs), Change(incident(), "")).suspected_at


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], None),
        ([verdict(VerdictKind.FALSE_ALARM, 1.0)], VerdictKind.FALSE_ALARM),
        ([verdict(VerdictKind.FALSE_ALARM, 1.0), verdict(VerdictKind.CONFIRMED, 2.0)], VerdictKind.CONFIRMED),
        (
            [verdict(VerdictKind.CONFIRMED, 1.0), verdict(VerdictKind.FALSE_ALARM, 2.0, withdrawn=True)],
            VerdictKind.CONFIRMED,
        ),
        ([verdict(VerdictKind.FALSE_ALARM, 2.0, withdrawn=True)], None),
    ],
)
def test_the_newest_word_that_stands_is_the_verdict(
    connection: sqlite3.Connection, said: Sequence[Verdict], expected: VerdictKind | None
) -> None:
    """Two may differ; what was taken back does not count."""
    assert expected is one_story(connection, Change(incident(), "", verdicts=tuple(said))).verdict


def test_a_print_that_was_resumed_is_told_apart_from_one_that_ended(connection: sqlite3.Connection) -> None:
    """By the reason for which the incident was closed."""
    closed = event(EventKind.INCIDENT_CLOSED, OPENED_AT + 60, detail="resumed by Jo")
    assert OPENED_AT + 60 == one_story(connection, Change(incident(), "", events=(closed,))).resumed_at


def test_incidents_are_narrowed_down(connection: sqlite3.Connection) -> None:
    """By time (its end not within), printers, site and class; newest first."""
    for number in range(4):
        tables.apply(connection, Change(incident(f"i{number}", f"p{number % 2}", OPENED_AT + number), ""))

    def found(which: Narrowing) -> list[str]:
        return [story.id for story in stories.stories(connection, which)]

    assert ["i3", "i2", "i1", "i0"] == found(ALWAYS)
    assert ["i2", "i1"] == found(Narrowing(OPENED_AT + 1, OPENED_AT + 3))
    assert ["i3", "i1"] == found(replace(ALWAYS, printers=["p1"]))
    assert [] == found(replace(ALWAYS, printers=[]))
    assert [] == found(replace(ALWAYS, site="lyon"))
    assert [] == found(replace(ALWAYS, failure_class=FailureClass.WARPING))


def test_missed_failures_belong_to_the_day_of_their_picture(connection: sqlite3.Connection) -> None:
    """Not to the day on which somebody reported them; withdrawn ones are none."""
    said = (
        verdict(VerdictKind.MISSED, 1100.0, incident_id=None),
        verdict(VerdictKind.MISSED, 1200.0, incident_id=None, withdrawn=True),
        verdict(VerdictKind.FALSE_ALARM, 1300.0),
    )
    tables.apply(connection, Change(incident(), "", verdicts=said))
    assert [("p1", 1000.0)] == stories.missed(connection, 1000.0, 1001.0)
    assert [] == stories.missed(connection, 1100.0, 1400.0)


def test_a_row_that_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    """A word that no version has written: which incident, and what may have happened."""
    connection = open_for_writing(tmp_path / "vigie.db", SCHEMA)
    tables.apply(connection, Change(incident(), ""))
    connection.execute("""UPDATE incident SET body = replace(body, '"blob"', '"luck"')""")
    connection.close()
    with pytest.raises(StorageDamaged, match=r"i1.*changed by hand"):
        HistoryReader(tmp_path / "vigie.db").stories(ALWAYS)
