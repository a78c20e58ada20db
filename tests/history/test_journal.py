"""The journal of a history: what it tells, and in which order."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.history import Change, Wish
from monitor.history.schema import MIGRATIONS
from monitor.records.journal import Page
from monitor.wire import encode_incident
from tests.history.telling import ALL, told, verdict
from tests.history.test_history import incident, opened, running
from tests.support import wait_until


def test_what_is_written_is_told_in_order_and_what_changes_is_told_anew(tmp_path: Path) -> None:
    """An incident that changes leaves its old place; one that is written as it was stays."""
    with running(tmp_path / "vigie.db") as history:
        for number in (1, 2):
            history.commit(opened(number))
        assert ["id-0001", "event-0001", "id-0002", "event-0002"] == told(history.reader)
        history.commit(Change(incident(2), "another progress"))
        history.commit(Change(incident(1, closed_at=1500.0), verdicts=(verdict(1),)))
        assert ["event-0001", "id-0002", "event-0002", "id-0001", "verdict-0001"] == told(history.reader)
        history.commit(Change(verdicts=(verdict(1, withdrawn_at=1600.0),)))
        assert ["id-0001", "verdict-0001"] == told(history.reader)[-2:]


def test_what_is_forgotten_leaves_the_journal(tmp_path: Path) -> None:
    """It is bounded by what the history holds, and its newest number never falls."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(opened(1))
        history.commit(Change(incident(1, closed_at=1500.0)))
        head = history.reader.newest().seq
        history.commit(Change(forget_before=1600.0))
        assert [] == told(history.reader)
        assert Page(history.reader.identity(), 0, head, head) == history.reader.journal(0, ALL)


def test_an_older_file_is_told_from_its_beginning(tmp_path: Path) -> None:
    """What it holds is in the journal, by time."""
    path = tmp_path / "vigie.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        for number in (2, 1):
            body = encode_incident(incident(number)).decode()
            row = (incident(number).id, incident(number).opened_at, body)
            connection.execute(
                "INSERT INTO incident (id, printer, opened_at, body, progress) VALUES (?, 'p1', ?, ?, '')", row
            )
        connection.commit()
    with running(path) as history:
        assert ["id-0001", "id-0002"] == told(history.reader)


def test_a_page_is_as_long_as_it_may_be_and_one_row_at_the_least(tmp_path: Path) -> None:
    """The rest comes with the next pages, which end at the newest number."""
    with running(tmp_path / "vigie.db") as history:
        for number in range(5):
            history.commit(opened(number))
        first = history.reader.journal(0, 1)
        assert (["id-0000"], first.rows[0].seq) == ([row.id for row in first.rows], first.upto)
        rest = history.reader.journal(first.upto, ALL)
        assert (9, first.head, first.head) == (len(rest.rows), rest.upto, rest.head)


def test_a_file_put_back_from_a_copy_is_told_with_numbers_above_those_of_the_one_it_replaces(tmp_path: Path) -> None:
    """Whoever has read the lost file to its end still hears what is written afterwards."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        history.commit(opened(1))
    shutil.copy(path, tmp_path / "copy.db")
    with running(path) as history:
        history.commit(opened(2))
        known = history.reader.newest()
    shutil.copy(tmp_path / "copy.db", path)
    assert wait_until(lambda: _second() > known.seq)  # what takes less than a second is no restoring of a backup
    with running(path) as history:
        history.commit(opened(3))
        assert known.history == history.reader.identity()
        assert ["id-0003", "event-0003"] == told(history.reader, known.seq)


def _second() -> int:
    with closing(sqlite3.connect(":memory:")) as connection:
        return 1000 * int(connection.execute("SELECT strftime('%s', 'now')").fetchone()[0])


def test_what_is_saved_of_a_damaged_file_of_an_older_version_is_told(tmp_path: Path) -> None:
    """Its tables have fewer columns; what they have is saved, and is in the new file's journal."""
    path = tmp_path / "vigie.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        body = encode_incident(incident(1)).decode()
        connection.execute(
            "INSERT INTO incident (id, printer, opened_at, body, progress) VALUES ('id-0001', 'p1', 1001.0, ?, '')",
            (body,),
        )
        connection.commit()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'").fetchone()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * page_size : root * page_size] = b"\xff" * page_size
    path.write_bytes(whole)
    with running(path) as history:
        assert ["id-0001"] == [one.id for one in history.reader.incidents()]
        assert ["id-0001"] == told(history.reader)


def test_a_command_and_its_answer_are_kept_as_long_as_it_can_be_repeated(tmp_path: Path) -> None:
    """Also over a restart; an answer is never changed."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        history.commit(Change(wishes=(Wish("w1", 2000.0), Wish("w2", 1000.0))))
        history.commit(Change(wishes=(Wish("w1", 2000.0, "taken"),)))
        history.commit(Change(wishes=(Wish("w1", 2000.0, "refused"),)))
    with running(path) as history:
        assert Wish("w1", 2000.0, "taken") == history.reader.wish("w1")
        assert Wish("w2", 1000.0) == history.reader.wish("w2")
        history.commit(Change(wishes=(Wish("w3", 3000.0),), wished_at=1500.0))
        assert history.reader.wish("w2") is None
        assert history.reader.wish("w1") is not None
