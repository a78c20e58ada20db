"""The memory, against real SQLite files: full, read-only, damaged and newer ones too."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.database import migrate, open_for_writing
from monitor.errors import StorageDamaged, StorageError, StorageFull, StorageInUse
from monitor.history import Change, History, HistoryReader, Outgoing
from monitor.history.schema import MIGRATIONS, SCHEMA
from monitor.records import (
    Action,
    CommonCause,
    Event,
    EventKind,
    FailureClass,
    GroupKind,
    GroupName,
    Incident,
    IncidentStatus,
    StartNews,
)
from tests.support import wait_until


def incident(number: int, closed_at: float | None = None) -> Incident:
    """Return the number-th incident of printer p1."""
    return Incident(
        id=f"id-{number:04}",
        site="paris",
        printer="p1",
        opened_at=1000.0 + number,
        failure_class=FailureClass.SPAGHETTI,
        score=0.9,
        boxes=(),
        model_sha256="ab",
        parameters={"threshold": 0.5},
        action=Action.PAUSE,
        status=IncidentStatus.PAUSING if closed_at is None else IncidentStatus.CLOSED,
        closed_at=closed_at,
    )


def opened(number: int, picture: bytes = b"jpeg") -> Change:
    """Return the change that opens it: everything at once."""
    fact = incident(number)
    event = Event(f"event-{number:04}", "paris", "p1", fact.opened_at, EventKind.INCIDENT_OPENED, fact.id)
    out = Outgoing(f"out-{number:04}", "paris", "p1", "pause", b"{}", expires_at=2000.0, pause="x")
    return Change(fact, "progress", picture, (event,), (out,))


@contextmanager
def running(path: Path) -> Iterator[History]:
    """Start a history on a file and stop it in the end."""
    history = History(path, retry_s=0.05)
    history.start()
    try:
        yield history
    finally:
        history.stop()


def fill(history: History) -> int:
    """Make the disk full: SQLite refuses to grow its file by a single page. Return the limit of before."""
    connection = history._connection
    assert connection is not None
    (limit,) = connection.execute("PRAGMA max_page_count").fetchone()
    connection.execute("PRAGMA max_page_count = 1")
    return int(limit)


def test_a_commit_is_there_after_a_restart(tmp_path: Path) -> None:
    """Incident, progress, event, picture and outgoing message are read back by the next process."""
    path = tmp_path / "var" / "vigie.db"
    with running(path) as history:
        assert history.commit(opened(1))
    with running(path) as again:
        assert [(incident(1), "progress")] == again.open_incidents()
        assert ["out-0001"] == [out.id for out in again.unsent()]
        assert b"jpeg" == again.reader.evidence("id-0001")
        assert [EventKind.INCIDENT_OPENED] == [event.kind for event in again.reader.events("id-0001")]


def test_a_row_whose_cause_was_a_sentence_is_read_and_written_anew(tmp_path: Path) -> None:
    """A history outlives the version that wrote it; the next change of the incident has the present form."""
    path = tmp_path / "vigie.db"
    cause = CommonCause((GroupName(GroupKind.ROOM, "Hall"),), 4, 12, StartNews.STARTED)
    with running(path) as history:
        for number in (1, 2):
            history.commit(Change(replace(incident(number), cause=cause), "progress"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE incident SET body = json_set(body, '$.cause', '4 of 12') WHERE id = 'id-0001'")
    connection.close()
    with running(path) as history:
        assert [CommonCause(), cause] == [found.cause for found, _ in history.open_incidents()]
        history.commit(Change(incident(1), "progress"))
        assert [None, cause] == [found.cause for found, _ in history.open_incidents()]


def test_what_was_sent_leaves_the_outbox_and_what_was_closed_is_not_open(tmp_path: Path) -> None:
    """Later changes replace the incident's state and never its past."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(opened(1))
        history.commit(Change(incident(1, closed_at=1500.0), "", sent=("out-0001",)))
        assert [] == history.open_incidents()
        assert [] == history.unsent()
        assert [incident(1, closed_at=1500.0)] == list(history.reader.incidents("p1"))
        assert b"jpeg" == history.reader.evidence("id-0001")


def test_the_newest_come_first_and_limits_are_kept(tmp_path: Path) -> None:
    """A reader asks by printer, number and time."""
    with running(tmp_path / "vigie.db") as history:
        for number in range(5):
            history.commit(opened(number))
        reader = history.reader
        assert ["id-0004", "id-0003"] == [fact.id for fact in reader.incidents(None, 2)]
        assert ["id-0004"] == [fact.id for fact in reader.incidents("p1", since=1004.0)]
        assert [] == list(reader.incidents("p2"))
        assert reader.evidence("id-9999") is None


def test_old_incidents_are_forgotten_and_open_ones_never(tmp_path: Path) -> None:
    """What was closed before a time goes with its events and picture."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(opened(1))
        history.commit(opened(2))
        history.commit(Change(incident(1, closed_at=1500.0)))
        history.commit(Change(forget_before=1600.0))
        assert ["id-0002"] == [fact.id for fact in history.reader.incidents()]
        assert [] == list(history.reader.events("id-0001"))
        assert history.reader.evidence("id-0001") is None


def test_a_full_disk_is_a_problem_that_loses_nothing(tmp_path: Path) -> None:
    """SQLITE_FULL: commits say that they are not durable, and all of them are in the file once there is room."""
    with running(tmp_path / "vigie.db") as history:
        assert history.commit(opened(1))
        limit = fill(history)
        assert not history.commit(opened(2, picture=b"x" * 200_000))
        assert not history.commit(opened(3))
        assert "free space on its disk" in history.problem
        assert ["id-0001"] == [fact.id for fact in history.reader.incidents()]
        assert history._connection is not None
        history._connection.execute(f"PRAGMA max_page_count = {limit}")
        assert wait_until(lambda: not history.problem)
        assert ["id-0003", "id-0002", "id-0001"] == [fact.id for fact in history.reader.incidents()]
        assert history.commit(opened(4))
        assert 0 == history.lost


def test_a_place_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    """A file where the folder should be: the problem names it, and it is tried again until it works."""
    blocker = tmp_path / "var"
    blocker.write_text("not a folder")
    with running(blocker / "vigie.db") as history:
        assert str(blocker / "vigie.db") in history.problem
        assert not history.commit(opened(1))
        blocker.unlink()
        assert wait_until(lambda: not history.problem)
        assert ["id-0001"] == [fact.id for fact in history.reader.incidents()]


def test_a_file_that_is_no_database_is_kept_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The damaged file keeps every byte under another name, loudly, and a new history begins."""
    path = tmp_path / "vigie.db"
    path.write_bytes(b"not a database, but somebody's bytes" * 100)
    with running(path) as history:
        assert history.commit(opened(1))
    (aside,) = [found for found in tmp_path.glob("vigie.db.damaged-*") if not found.name.endswith(("-wal", "-shm"))]
    assert b"not a database, but somebody's bytes" * 100 == aside.read_bytes()
    assert "nothing was deleted" in caplog.text


def test_what_can_be_read_of_a_damaged_file_is_saved(tmp_path: Path) -> None:
    """Pages of zeros in the middle: the rows before them live on in the new file."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        for number in range(200):
            history.commit(opened(number, picture=b"x" * 5000))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = bytes(len(damaged) - len(damaged) // 2)
    path.write_bytes(damaged)
    with running(path) as history:
        saved = list(history.reader.incidents())
        assert 20 < len(saved) <= 200
        assert history.commit(opened(1000))


def test_a_file_that_is_damaged_while_it_is_in_use_is_replaced_and_loses_nothing_new(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The write that meets the damage waits in memory, the file is set aside, and its readable rows are saved."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        for number in range(200):
            history.commit(opened(number, picture=b"x" * 5000))
        assert history._connection is not None
        history._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        history._connection.execute("PRAGMA shrink_memory")
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xff" * (path.stat().st_size // 2))
        for number in range(200, 220):
            history.commit(opened(number))
        assert wait_until(lambda: not history.problem)
        assert history.commit(opened(1000))
        saved = {fact.id for fact in history.reader.incidents()}
        assert {f"id-{number:04}" for number in (*range(200, 220), 1000)} <= saved
        assert len(saved) > 40
        assert 0 == history.lost
    assert "nothing was deleted" in caplog.text


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An old Vigie does not touch what a new one wrote."""
    path = tmp_path / "vigie.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StorageDamaged, match="update Vigie"):
        History(path).start()
    assert {path, path.with_name("vigie.db.lock")} == set(tmp_path.glob("vigie.db*"))


def test_a_script_of_the_schema_runs_once_and_wholly(tmp_path: Path) -> None:
    """A later script is applied to an older file."""
    connection = open_for_writing(tmp_path / "vigie.db", SCHEMA)
    later = replace(SCHEMA, scripts=(*MIGRATIONS, "CREATE TABLE more (id INTEGER)"))
    migrate(connection, later)
    migrate(connection, later)
    assert (len(MIGRATIONS) + 1,) == connection.execute("PRAGMA user_version").fetchone()
    connection.close()


def test_reading_where_nothing_is_says_what_to_do(tmp_path: Path) -> None:
    """No file is an error of our own, with a remedy, and creates none."""
    with pytest.raises(StorageError, match="start `vigie run` once"):
        HistoryReader(tmp_path / "none.db").incidents()
    (tmp_path / "text.db").write_text("something else" * 100)
    with pytest.raises(StorageDamaged):
        HistoryReader(tmp_path / "text.db").incidents()
    assert not (tmp_path / "none.db").exists()


def test_a_read_only_folder_is_storage_full_in_words(tmp_path: Path) -> None:
    """Opening below a file raises our error, not the system's."""
    (tmp_path / "f").write_text("")
    with pytest.raises(StorageFull, match="check that its folder may be written"):
        open_for_writing(tmp_path / "f" / "vigie.db", SCHEMA)


def test_a_second_monitor_on_the_same_file_is_refused_and_says_why(tmp_path: Path) -> None:
    """Two would also take each other's session at the broker; when the first has ended the second may start."""
    path = tmp_path / "vigie.db"
    with running(path):
        second = History(path)
        with pytest.raises(StorageInUse, match=r"another vigie run .* storage\.path"):
            second.start()
        second.stop()
    with running(path) as third:
        assert "" == third.problem
