"""The agent's journal against real files: read back, damaged, without room, and in use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.agent.journal import Journal
from monitor.agent.pauses import MAX_REMEMBERED, Entry, Pause, Pauses
from monitor.agent.rows import SCHEMA
from monitor.clock import ManualClock, Uptime
from monitor.errors import StorageDamaged, StorageInUse
from monitor.records import PauseCommand, PauseOutcome, PauseResult, PersonCommand, PersonCommandKind
from tests.support import wait_until

NOW = 1_585_000_000.0
COMMAND = PauseCommand("0190", "paris", "p1", "0189", NOW, NOW + 60.0, "spaghetti")
RESULT = PauseResult("0190", "p1", PauseOutcome.PAUSED, 130)
WISH = PersonCommand("p1", PersonCommandKind.RESUME, "the night watch", NOW)


class Kept:
    """A journal that runs, with the memory in front of it, and what it had kept before."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.pauses = Pauses(journal.keep)
        self.entries: list[Entry]
        self.entries, self.unanswered = journal.start(self.pauses.everything)
        self.pauses.remember(self.entries)

    def accept(self, command: PauseCommand) -> None:
        """Have a command kept."""
        assert self.pauses.accept(command, NOW)
        self.pauses.begin(command)


@contextmanager
def kept(path: Path, now: float = NOW) -> Iterator[Kept]:
    """Run a journal; the machine was started once, at NOW - 100 s."""
    journal = Journal(path, ManualClock(now), retry_s=0.05, uptime=lambda: Uptime("boot", now - NOW + 100.0))
    try:
        yield Kept(journal)
    finally:
        journal.stop()


def rows(path: Path) -> int:
    """Count what is in the file."""
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM pause").fetchone()
    connection.close()
    return int(count)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    """Each step as it was, the wish too; what was not answered is to be taken up again."""
    second = replace(COMMAND, id="0191")
    with kept(tmp_path / "agent.db") as before:
        before.accept(COMMAND)
        before.pauses.answered(COMMAND, RESULT)
        before.accept(second)
        before.pauses.ordering(second, NOW + 1)
        before.pauses.pausing(second, NOW + 2)
        before.pauses.resuming(WISH)
        known = before.pauses.everything()
    with kept(tmp_path / "agent.db", NOW + 10) as after:
        assert known == after.entries
        assert [second] == after.unanswered
        assert RESULT == after.pauses.result(COMMAND)
        assert after.pauses.resuming(WISH) is None


def test_a_step_is_in_the_file_when_it_returns(tmp_path: Path) -> None:
    """As a reader beside it sees it: a crash right after would find it."""
    with kept(tmp_path / "agent.db") as running:
        running.accept(COMMAND)
        assert 1 == rows(tmp_path / "agent.db")


def test_an_expired_command_is_not_taken_up(tmp_path: Path) -> None:
    """Its time was over while no agent ran."""
    with kept(tmp_path / "agent.db") as before:
        before.accept(COMMAND)
    with kept(tmp_path / "agent.db", NOW + 60) as after:
        assert ([], 1) == (after.unanswered, len(after.entries))


def test_the_file_is_bounded(tmp_path: Path) -> None:
    """Old rows go."""
    with kept(tmp_path / "agent.db") as running:
        with running.journal._condition:
            for number in range(MAX_REMEMBERED + 10):
                entry = Pause(replace(COMMAND, id=str(number)), NOW)
                running.journal._waiting[entry.key] = entry
        running.accept(COMMAND)
        assert MAX_REMEMBERED == rows(tmp_path / "agent.db")


def test_a_full_disk_is_told_once_and_keeps_nobody_waiting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With room again, all that happened meanwhile is written."""
    with kept(tmp_path / "agent.db") as running:
        connection = running.journal._connection
        assert connection is not None
        (limit,) = connection.execute("PRAGMA max_page_count").fetchone()
        connection.execute("PRAGMA max_page_count = 1")
        for number in range(50):
            running.accept(replace(COMMAND, id=str(number), reason="x" * 1000))
        assert "free space on its disk" in running.journal.problem
        connection.execute(f"PRAGMA max_page_count = {limit}")
        assert wait_until(lambda: not running.journal.problem)
        assert wait_until(lambda: rows(tmp_path / "agent.db") == 50)
    assert 1 == caplog.text.count("printers are paused all the same")


def test_a_place_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    """A file where the folder should be: tried again until it works."""
    blocker = tmp_path / "var"
    blocker.write_text("not a folder")
    with kept(blocker / "agent.db") as running:
        running.accept(COMMAND)
        assert str(blocker) in running.journal.problem
        blocker.unlink()
        assert wait_until(lambda: not running.journal.problem)
        assert wait_until(lambda: rows(blocker / "agent.db") == 1)


def test_a_damaged_file_is_set_aside_and_what_can_be_read_is_saved(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged while the agent was away: the rows on good pages live on."""
    path = tmp_path / "agent.db"
    with kept(path) as before:
        for number in range(200):
            before.accept(replace(COMMAND, id=f"n{number}", reason="x" * 500))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 :] = bytes(len(damaged) - len(damaged) // 2)
    path.write_bytes(damaged)
    with kept(path) as after:
        assert 20 < len(after.entries) < 200
        after.accept(COMMAND)
        assert "" == after.journal.problem
    assert "nothing was deleted" in caplog.text


def test_a_file_that_is_damaged_while_the_agent_runs_is_written_anew_from_memory(tmp_path: Path) -> None:
    """All that the agent knows is in the new file, the damaged one is kept."""
    path = tmp_path / "agent.db"
    with kept(path) as running:
        for number in range(200):
            running.accept(replace(COMMAND, id=f"n{number}", reason="x" * 500))
        connection = running.journal._connection
        assert connection is not None
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA shrink_memory")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        running.accept(COMMAND)
        assert wait_until(lambda: not running.journal.problem)
        assert wait_until(lambda: rows(path) == 201)
    assert 1 == len([found for found in tmp_path.glob("agent.db.damaged-*") if found.suffix not in ("-wal", "-shm")])
    with kept(path) as after:
        assert 201 == len(after.entries)


def test_a_row_that_was_changed_by_hand_is_left_out_loudly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The others are read."""
    path = tmp_path / "agent.db"
    with kept(path) as before:
        before.accept(COMMAND)
        before.accept(replace(COMMAND, id="0191"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE pause SET command = 'nonsense' WHERE id = '0190'")
    connection.close()
    with kept(path) as after:
        assert ["0191"] == [command.id for command in after.unanswered]
    assert "pause 0190 as kept cannot be read" in caplog.text


def test_a_second_agent_on_the_same_file_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    """Two would each know half, and pause twice."""
    with kept(tmp_path / "agent.db"), pytest.raises(StorageInUse, match=r"another vigie agent .* --journal"):
        Kept(Journal(tmp_path / "agent.db", ManualClock(NOW)))


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An old agent does not touch what a new one wrote."""
    with sqlite3.connect(tmp_path / "agent.db") as connection:
        connection.execute(f"PRAGMA user_version = {len(SCHEMA.scripts) + 1}")
    connection.close()
    with pytest.raises(StorageDamaged, match="--journal"):
        Kept(Journal(tmp_path / "agent.db", ManualClock(NOW)))
