"""``vigie backup``: a copy that is made while Vigie writes, and what a restore brings back."""

import os
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.database import copy_all
from monitor.errors import StorageError, StorageFull
from tests.support import require_program, wait_until
from tests.system.running import CLEAN, FAILING_PRINT, farm, running_vigie, simulated, vigie

AT = datetime(2026, 11, 21, 3, 20, tzinfo=UTC)


def a_database(path: Path, rows: int = 0) -> Path:
    """Return a database with a table of numbers, written ahead as Vigie writes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE number (n INTEGER PRIMARY KEY, twin INTEGER)")
        connection.executemany("INSERT INTO number VALUES (?, ?)", ((n, n) for n in range(rows)))
        connection.commit()
    return path


def test_what_is_copied_was_so_at_one_moment(tmp_path: Path) -> None:
    """A writer that never rests, of transactions of two rows each: no copy has half of one."""
    storage, stop, written = a_database(tmp_path / "vigie.db", 20_000), threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(storage, isolation_level=None, timeout=30)) as connection:
            number = 1_000_000
            while not stop.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO number VALUES (?, 1)", (number,))
                connection.execute("INSERT INTO number VALUES (?, 1)", (number + 1,))
                connection.execute("COMMIT")
                number += 2
                written.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(30)
        counts = [_count(copy_all(storage, tmp_path / "copies", AT.replace(minute=n), 9)[0]) for n in range(5)]
    finally:
        stop.set()
        writer.join()
    assert all(count % 2 == 0 and count > 20_000 for count in counts), counts
    assert sorted(counts) == counts


def _count(copy: Path) -> int:
    with closing(sqlite3.connect(copy / "vigie.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM number").fetchone()
        return int(count)


def test_the_newest_copies_stay(tmp_path: Path) -> None:
    """As many as were asked for; what else lies there is not touched, and what was not finished goes."""
    storage, copies = a_database(tmp_path / "vigie.db"), tmp_path / "copies"
    (copies / "of mine").mkdir(parents=True)
    (copies / "2026-11-20T000000.part").mkdir()
    for hour in range(5):
        copy_all(storage, copies, AT.replace(hour=hour), keep=2)
    assert {"of mine", "2026-11-21T032000", "2026-11-21T042000"} == {path.name for path in copies.iterdir()}


def test_only_its_owner_reads_a_copy(tmp_path: Path) -> None:
    """There are hashes of passwords in it."""
    made, _ = copy_all(a_database(tmp_path / "vigie.db"), tmp_path / "copies", AT, 1)
    assert (0o700, 0o600) == (made.stat().st_mode & 0o777, (made / "vigie.db").stat().st_mode & 0o777)


def test_root_does_not_open_what_belongs_to_another_user(tmp_path: Path) -> None:
    """SQLite's files beside it would be root's, and the monitor could not write any more; the remedy is told."""
    storage = a_database(tmp_path / "vigie.db")
    if os.geteuid() != 0:
        pytest.skip("only root can be told")
    os.chown(storage, 65534, 65534)
    with pytest.raises(StorageError, match="sudo -u"):
        copy_all(storage, tmp_path / "copies", AT, 1)


def test_what_cannot_be_copied_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No such file, no database, no room; and no copy is left that looks like one."""
    assert 1 == main(["backup", str(tmp_path / "none.db"), str(tmp_path / "copies")])
    assert "name the file of storage.path" in capsys.readouterr().err
    damaged, copies = tmp_path / "vigie.db", tmp_path / "copies"
    damaged.write_bytes(b"no database at all" * 1000)
    assert 1 == main(["backup", str(damaged), str(copies)])
    assert "not a database" in capsys.readouterr().err
    assert all(path.suffix == ".part" for path in copies.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(StorageFull, match="file"):
        copy_all(a_database(tmp_path / "good.db"), tmp_path / "file" / "below", AT, 1)


def test_a_farm_that_has_lost_its_disk_is_restored(tmp_path: Path) -> None:
    """By the steps of docs/deployment.md: copied while it runs, put back while it does not, and all of it is there."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    config = farm(
        [simulated("bad", FAILING_PRINT), simulated("good")],
        simulation={"first_failure_after_s": 2, "failure_every_s": 80_000},
        wall={"access": "log-in"},
    )
    with running_vigie(config, first) as running:
        assert wait_until(lambda: bool(_paused(running.history())), 60, every_s=1)
        added = vigie("users", "-c", running.file, "add", "Marie", "operator")
        assert 0 == added.returncode, added.stderr
        before = _paused(running.history())
        assert 1 == len(before)
        done = vigie("backup", first / "vigie.db", tmp_path / "copies", "--keep", "3")
        assert 0 == done.returncode, done.stderr
    (copy,) = (tmp_path / "copies").iterdir()
    assert {"vigie.db", "vigie-access.db", "vigie-archive.db"} <= {path.name for path in copy.iterdir()}
    shutil.rmtree(first)
    subprocess.run([require_program("cp"), "-a", f"{copy}/.", second], check=True)
    with running_vigie(config, second) as running:
        assert before <= _paused(running.history())
        listed = vigie("users", "-c", running.file, "list")
        assert "Marie" in listed.stdout
        assert CLEAN == running.end()


def _paused(incidents: list[dict[str, object]]) -> set[object]:
    return {incident["id"] for incident in incidents if incident["status"] in ("paused", "closed")}
