"""The file: what it survives, and that nobody is locked out while it does not."""

import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.access import Access, Person, Role, Session, Token
from monitor.access.file import path_beside
from monitor.clock import ManualClock
from monitor.errors import Refused, StorageDamaged, StorageInUse
from tests.access.people import PASSWORD, access_in, hears, log_in, with_people


@contextmanager
def full_disk(size_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond a size: what SQLite gets is what a full disk gives it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, usual)


def test_everything_outlives_a_restart(tmp_path: Path) -> None:
    """People, sessions, tokens and screens; so does a log-out."""
    access = with_people(access_in(tmp_path))
    stays, left = log_in(access, "Omar"), log_in(access, "Omar")
    _, key = access.desk.make_token("t", Role.VIEWER.rights, None)
    _, screen = access.desk.make_screen("TV", None)
    access.doors.log_out(left)
    access.stop()
    again = access_in(tmp_path)
    assert again.doors.by_session(stays) is not None
    assert again.doors.by_session(left) is None
    assert again.doors.by_token(key) is not None
    assert again.doors.by_screen(screen) is not None
    again.stop()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Hashes are nobody else's business."""
    access = with_people(access_in(tmp_path))
    assert 0o600 == path_beside(tmp_path / "vigie.db").stat().st_mode & 0o777
    access.stop()


def test_no_secret_stands_in_the_file(tmp_path: Path) -> None:
    """Neither passwords nor the secrets of sessions, tokens, screens and links."""
    access = with_people(access_in(tmp_path))
    keys = [
        PASSWORD,
        log_in(access, "Omar"),
        access.desk.make_token("t", Role.VIEWER.rights, None)[1],
        access.desk.make_screen("TV", None)[1],
        access.desk.add("Nina", Role.VIEWER),
    ]
    access.stop()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Omar" in kept
    assert [] == [key for key in keys if key.encode() in kept]


def test_what_was_done_is_on_the_disk_when_it_is_settled(tmp_path: Path) -> None:
    """Another process reads it there."""
    access = with_people(access_in(tmp_path))
    assert access.settle()
    with sqlite3.connect(path_beside(tmp_path / "vigie.db")) as other:
        assert [("ada",), ("omar",), ("vera",)] == other.execute("SELECT id FROM person ORDER BY id").fetchall()
    other.close()
    access.stop()


def test_a_disk_that_hangs_locks_nobody_out(tmp_path: Path) -> None:
    """While the file is held by somebody else, nobody waits for it; then all of it is written."""
    access = with_people(access_in(tmp_path))
    assert access.settle()
    holder = sqlite3.connect(path_beside(tmp_path / "vigie.db"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    keys = [log_in(access, name) for name in ("Vera", "Omar", "Ada")]
    assert all(access.doors.by_session(key) is not None for key in keys)
    assert 0 == holder.execute("SELECT count(*) FROM session").fetchone()[0]
    holder.execute("ROLLBACK")
    assert hears(access, lambda: holder.execute("SELECT count(*) FROM session").fetchone()[0] == len(keys))
    holder.close()
    access.stop()


def test_two_monitors_do_not_share_a_file(tmp_path: Path) -> None:
    """The second is told what to do."""
    access = access_in(tmp_path)
    with pytest.raises(StorageInUse, match=r"storage\.path"):
        access_in(tmp_path)
    access.stop()


def test_a_command_beside_the_monitor_is_heard(tmp_path: Path) -> None:
    """What `vigie users` writes holds at the next tick, and the other way round."""
    monitor = with_people(access_in(tmp_path))
    command = Access(tmp_path / "vigie.db", ManualClock())
    command.start(shares=True)
    key = log_in(monitor, "Omar")
    assert hears(command, lambda: log_in_is_there(command))
    command.desk.remove("Omar")
    command.stop()
    assert hears(monitor, lambda: monitor.doors.by_session(key) is None)
    monitor.stop()


def test_a_full_disk_locks_nobody_out(tmp_path: Path) -> None:
    """Who is in stays in, who comes gets in, and all of it is written when there is room again."""
    access = with_people(access_in(tmp_path))
    inside = log_in(access, "Omar")
    with full_disk(1024):
        comes = log_in(access, "Ada")
        assert not access.settle()
        assert "free space" in access.problem
        assert access.doors.by_session(inside) is not None
        assert access.doors.by_session(comes) is not None
        access.desk.remove("Vera")
        with pytest.raises(Refused):
            log_in(access, "Vera")
        access.settle()
    assert hears(access, lambda: access.problem == "")
    access.stop()
    again = access_in(tmp_path)
    assert again.doors.by_session(comes) is not None
    assert "vera" not in again.all(Person)
    again.stop()


def test_a_file_that_is_damaged_while_we_run_is_written_anew(tmp_path: Path) -> None:
    """Set aside, and the new one holds everything: nobody notices."""
    access = with_people(access_in(tmp_path))
    inside = log_in(access, "Omar")
    assert access.settle()
    _let_another_process_write(tmp_path)  # so that ours reads the file again
    _spoil(path_beside(tmp_path / "vigie.db"))
    comes = log_in(access, "Ada")
    assert hears(access, lambda: any(".damaged-" in path.name for path in tmp_path.iterdir()))
    assert hears(access, lambda: access.problem == "")
    access.stop()
    again = access_in(tmp_path)
    assert all(again.doors.by_session(key) is not None for key in (inside, comes))
    assert {"vera", "omar", "ada"} <= set(again.all(Person))
    again.stop()


def test_a_file_that_is_no_database_is_set_aside_at_the_start(tmp_path: Path) -> None:
    """Then nobody is known, and the set-up link of the terminal begins anew."""
    path_beside(tmp_path / "vigie.db").write_bytes(b"not a database at all" * 400)
    access = access_in(tmp_path)
    assert not access.desk.is_set_up
    access.desk.use_link(access.desk.set_up_link(), "Ada", PASSWORD)
    assert log_in(access, "Ada")
    access.stop()


def test_people_can_log_in_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A file that can only be read is read; sessions live in memory."""
    access = with_people(access_in(tmp_path))
    access.stop()
    path = path_beside(tmp_path / "vigie.db")
    with full_disk(0):
        path.with_name(path.name + "-wal").unlink(missing_ok=True)
        again = access_in(tmp_path)
        assert again.doors.by_session(log_in(again, "Omar")) is not None
        assert again.problem
        again.stop()


def test_a_newer_versions_file_is_not_touched(tmp_path: Path) -> None:
    """It names the remedy and leaves the file as it is."""
    path = path_beside(tmp_path / "vigie.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageDamaged, match="update Vigie"):
        access_in(tmp_path)
    assert [] == [path for path in tmp_path.iterdir() if "damaged" in path.name]


def test_a_row_that_makes_no_sense_spoils_only_itself(tmp_path: Path) -> None:
    """All others are read."""
    access = with_people(access_in(tmp_path))
    access.stop()
    with sqlite3.connect(path_beside(tmp_path / "vigie.db")) as connection:
        connection.execute("UPDATE person SET body = '{}' WHERE id = 'vera'")
    connection.close()
    again = access_in(tmp_path)
    assert {"omar", "ada"} == set(again.all(Person))
    assert {} == again.all(Session)
    assert {} == again.all(Token)
    again.stop()


def log_in_is_there(access: Access) -> bool:
    """Tell whether the room knows of any session."""
    return bool(access.all(Session))


def _spoil(path: Path) -> None:
    with path.open("r+b") as damaged:
        damaged.seek(0, os.SEEK_END)
        size = damaged.tell()
        damaged.seek(4096)
        damaged.write(b"\xff" * (size - 4096))


def _let_another_process_write(folder: Path) -> None:
    command = Access(folder / "vigie.db", ManualClock())
    command.start(shares=True)
    command.desk.add("Nina", Role.VIEWER)
    command.stop()
