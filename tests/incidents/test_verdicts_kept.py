"""What people have said is kept for ever, with its picture: over restarts, a full disk, and older files."""

import sqlite3
from pathlib import Path

from monitor.history import History
from monitor.history.schema import MIGRATIONS
from monitor.records import (
    EventKind,
    JobState,
    Learned,
    PersonCommand,
    Reception,
    Verdict,
    VerdictKind,
)
from monitor.wire import encode_event, encode_incident
from tests.incidents.support import a_printer, an_observation
from tests.incidents.ward import Kind, Ward, ward


def test_two_words_at_the_same_moment_are_both_kept(tmp_path: Path) -> None:
    """Not even a millisecond apart: the one that is heard later holds, also after a restart."""
    with ward(tmp_path / "vigie.db") as here:
        incident = here.fail()
        for kind, by in ((Kind.FALSE_ALARM, "Léa"), (Kind.CONFIRM, "Omar")):
            here.incidents.person(PersonCommand("p1", kind, by, here.clock.now(), incident=incident.id))
    with ward(tmp_path / "vigie.db", here.clock) as again:
        repeated = again.hear(Kind.CONFIRM, "Omar", incident=incident.id)
        assert Reception.KNOWN is repeated.reception
        assert 2 == len(again.verdicts())


def test_a_missed_failure_keeps_its_picture_and_lowers_the_bar(tmp_path: Path) -> None:
    """The picture is written with the verdict; after a restart all of it is still there."""
    with ward(tmp_path / "vigie.db") as here:
        here.album.pictures[500.25] = b"a stored picture"
        answer = here.hear(Kind.MISSED, frame_taken_at=500.25, reason="on the left")
        assert (500.25, 0.4) == (answer.verdict.frame_taken_at, answer.verdict.score) if answer.verdict else False
        assert [500.25] == here.album.kept
        assert here.incidents.learned("p1").threshold_shift < 0
    with ward(tmp_path / "vigie.db", here.clock) as again:
        assert again.learned[-1] == here.incidents.learned("p1")
        (verdict,) = again.history.reader.verdicts("p1")
        assert b"a stored picture" == again.history.reader.picture(verdict)


def test_what_is_said_while_the_disk_is_full_is_not_lost(tmp_path: Path) -> None:
    """It waits in memory, holds, teaches, and is written when there is room."""
    with ward(tmp_path / "vigie.db") as here:
        connection = here.history._connection
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 1")
        incident = here.incidents.failed(
            a_printer(), an_observation("p1", here.clock.now()), b"x" * 100_000, "ab", {}, here.clock.now()
        )
        here.hear(Kind.FALSE_ALARM)
        answer = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
        assert here.history.problem
        assert answer.overruled is not None
        connection.execute("PRAGMA max_page_count = 100000")
    with ward(tmp_path / "vigie.db", here.clock) as again:
        assert 2 == len(again.verdicts())


def test_a_labelled_picture_is_never_deleted_by_its_age(tmp_path: Path) -> None:
    """One of two closed incidents was judged; a verdict that was withdrawn keeps nothing."""
    with ward(tmp_path / "vigie.db") as here:
        kept = here.fail()
        here.hear(Kind.FALSE_ALARM)
        withdrawn = here.fail()
        here.hear(Kind.FALSE_ALARM)
        here.hear(Kind.WITHDRAW, incident=withdrawn.id)
        plain = here.fail()
        here.clock.advance(1.0)
        here.report(JobState.IDLE)
    history = History(tmp_path / "vigie.db")
    history.start(forget_before=here.clock.now() + 1)
    history.stop()
    assert [kept.id] == [incident.id for incident in history.reader.incidents()]
    assert b"jpeg" == history.reader.evidence(kept.id)
    assert history.reader.evidence(plain.id) is None


def test_false_alarms_of_an_older_file_are_verdicts_that_teach_nothing(tmp_path: Path) -> None:
    """They were events only; their view is not known."""
    path = tmp_path / "vigie.db"
    with ward(path) as here:
        incident = here.fail()
        here.hear(Kind.FALSE_ALARM, reason="cable")
        event = next(e for e in here.history.reader.events(incident.id) if e.kind is EventKind.FALSE_ALARM)
        body, closed = encode_event(event).decode(), encode_incident(here.last(incident)).decode()
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as connection:
        connection.executescript("".join(MIGRATIONS[:2]) + "PRAGMA user_version = 2;")
        connection.execute(
            "INSERT INTO incident (id, printer, opened_at, closed_at, body, progress) VALUES (?, 'p1', 1, 2, ?, '')",
            (incident.id, closed),
        )
        connection.execute(
            "INSERT INTO event (id, incident, printer, at, body) VALUES (?, ?, 'p1', 2, ?)",
            (event.id, incident.id, body),
        )
    with ward(old) as again:
        (verdict,) = again.history.reader.verdicts()
        assert (VerdictKind.FALSE_ALARM, "Léa", incident.boxes) == (verdict.kind, verdict.by, verdict.boxes)
        assert Learned("p1") == again.incidents.learned("p1")


def test_a_verdict_of_before_says_nothing_wrong_about_its_type(here: Ward) -> None:
    """What the history returns is what was said."""
    here.fail()
    said = here.hear(Kind.FALSE_ALARM).verdict
    assert isinstance(said, Verdict)
    assert said == here.history.reader.verdict(said.id)
