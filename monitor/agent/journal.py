"""The agent's memory on disk: what must outlive a crash of the agent, in one SQLite file of its own.

One thread writes; whoever keeps something at the same moment shares one transaction, so that ten failures at once do
not wait for ten writes. A pause matters more than its record: when nothing can be written (disk full, file damaged,
disk hangs), the entries wait in memory, the log says so once, and pausing goes on.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from monitor.agent import rows
from monitor.agent.epochs import KnownEpoch
from monitor.agent.pauses import Entry, Pause, carried_over
from monitor.clock import Clock, Uptime
from monitor.config.model import Config
from monitor.database import FileLock, open_for_writing, translated
from monitor.errors import StorageDamaged, StorageError, StorageFull
from monitor.records import PauseCommand
from monitor.service.turns import IDLE_S, WRITING_S, Turns

log = logging.getLogger(__name__)

COMMIT_S = 1.0  # a write that takes longer is no longer waited for: the printer is
RETRY_S = 5.0
IN_USE = (
    "another vigie agent keeps its pauses there: stop that one, or give this one a file of its own "
    "(vigie agent --journal FILE) and printers of its own (--site)"
)


def journal_path(config: Config, *names: str) -> Path:
    """Return the journal's place beside the history; ``names`` tell apart agents that share a folder."""
    history = Path(config.storage.path)
    return history.with_name("-".join((history.stem, "agent", *names)) + ".db")


class Journal:
    """Owns the file at ``path``. :meth:`keep` may be called from any thread."""

    def __init__(
        self, path: Path, clock: Clock, retry_s: float = RETRY_S, uptime: Callable[[], Uptime] = Uptime.now
    ) -> None:
        """``retry_s``: how often a write is tried again while nothing can be written."""
        self._path, self._clock, self._retry_s, self._uptime = path, clock, retry_s, uptime
        self._lock = FileLock(path, IN_USE)
        self._connection: sqlite3.Connection | None = None
        self._is_damaged = False  # met while writing: the file is set aside
        self._is_urgent = False  # to be tried again at once
        self._everything: Callable[[], Iterable[Entry]] = tuple
        self._condition = threading.Condition()  # of a reentrant lock
        self._waiting: dict[tuple[str, ...], Entry] = {}  # newest state of each; not written yet
        self._given = self._written = 0
        self._problem = ""
        self._stopping = False
        self.turns = Turns("journal", WRITING_S)
        self._thread = threading.Thread(target=self._run, name="agent-journal")

    @property
    def problem(self) -> str:
        """Why nothing can be written at present, with the remedy; empty when all is well."""
        return self._problem

    def start(self, everything: Callable[[], Iterable[Entry]]) -> tuple[list[Entry], list[PauseCommand]]:
        """Open the file and start to write. Return what is kept there, and the commands to take up again.

        ``everything``: all that is known here, written anew when the file had to be replaced.
        Raises StorageInUse when another agent has the file, StorageDamaged when a newer version wrote it.
        """
        self._everything = everything
        self._lock.acquire()
        kept: list[Entry] = []
        unanswered: list[PauseCommand] = []
        try:
            self._connection = open_for_writing(self._path, rows.SCHEMA)
            kept, unanswered = self._load(self._connection)
        except StorageFull as exc:
            self._set_problem(str(exc))
        except StorageError:
            self._lock.release()
            raise
        self._thread.start()
        return kept, unanswered

    def stop(self) -> None:
        """Write what waits, as far as that is possible, and join the writer. Idempotent."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._lock.release()

    def keep(self, entry: Entry) -> bool:
        """Write an entry and wait for it; False when it waits in memory instead (see :attr:`problem`)."""
        with self._condition:
            mine = self._put(entry)
            if not self._problem and not self._condition.wait_for(lambda: self._is_settled(mine), COMMIT_S):
                self._set_problem(f"{self._path}: a write takes more than {COMMIT_S:g} s: is its disk in order?")
            return self._written >= mine

    def note(self, entry: Entry) -> None:
        """Write an entry soon, without waiting for it."""
        with self._condition:
            self._put(entry)

    def _put(self, entry: Entry) -> int:
        self._waiting[_key(entry)] = entry
        self._given += 1
        self._condition.notify_all()
        return self._given

    def _is_settled(self, number: int) -> bool:
        return self._written >= number or bool(self._problem)

    def _load(self, connection: sqlite3.Connection) -> tuple[list[Entry], list[PauseCommand]]:
        now, uptime = self._clock.now(), self._uptime()
        kept: list[Entry] = []
        unanswered: list[PauseCommand] = []
        try:
            for row in rows.pauses(connection):
                pause, is_due = carried_over(row.pause, row.offset_s, row.boot, now, uptime)
                kept.append(pause)
                if is_due:
                    unanswered.append(pause.command)
            kept += [*rows.wishes(connection), *rows.epochs(connection)]
        except sqlite3.Error as exc:
            self._failed(connection, translated(exc, self._path))
        return kept, unanswered

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._wait()
            self.turns.turn()
            try:
                self._flush()
            except Exception:  # the root of the thread: a bug of ours must not keep anybody from pausing
                log.exception("%s: an entry cannot be written", self._path)
                self._set_problem(f"{self._path}: an error of the journal itself: see the log")
        if self._waiting:
            log.error("%s: %d pauses could not be kept", self._path, len(self._waiting))

    def _wait(self) -> bool:
        """Wait until there is something to write, or to try again; True when this is the last time."""
        with self._condition:
            if self._problem and not self._is_urgent:
                self._condition.wait_for(lambda: self._stopping, self._retry_s)
            elif not self._problem:
                self._condition.wait_for(lambda: self._waiting or self._stopping, IDLE_S)
            self._is_urgent = False
            return self._stopping

    def _flush(self) -> None:
        if self._connection is None:
            self._reopen()
        with self._condition:
            batch, number = dict(self._waiting), self._given
        if self._connection is None or not self._write(self._connection, batch.values()):
            return
        with self._condition:
            self._waiting = {key: entry for key, entry in self._waiting.items() if batch.get(key) is not entry}
            self._written = number
            self._condition.notify_all()

    def _write(self, connection: sqlite3.Connection, entries: Iterable[Entry]) -> bool:
        try:
            connection.execute("BEGIN IMMEDIATE")
            uptime = self._uptime()
            rows.write(connection, entries, uptime.boot, self._clock.now() - uptime.seconds)
            connection.execute("COMMIT")
        except sqlite3.Error as exc:
            self._failed(connection, translated(exc, self._path))
            return False
        self._set_problem("")
        return True

    def _reopen(self) -> None:
        """Open the file anew, and have all that is known written into it."""
        try:
            self._connection = open_for_writing(self._path, rows.SCHEMA, is_damaged=self._is_damaged)
        except StorageError as exc:
            self._set_problem(str(exc))
            return
        self._is_damaged = False
        everything = {_key(entry): entry for entry in self._everything()}
        with self._condition:
            self._waiting = everything | self._waiting

    def _failed(self, connection: sqlite3.Connection, error: StorageError) -> None:
        self._set_problem(str(error))
        if isinstance(error, StorageDamaged):
            connection.close()
            self._connection, self._is_damaged, self._is_urgent = None, True, True
        elif connection.in_transaction:
            connection.execute("ROLLBACK")

    def _set_problem(self, problem: str) -> None:
        if problem == self._problem:
            return
        had = self._problem
        with self._condition:
            self._problem = problem
            self._condition.notify_all()  # nobody waits any longer
        if problem and not had:
            log.error("%s; printers are paused all the same, and what is known of it stays in memory", problem)
        elif not problem:
            log.warning("%s: writing works again", self._path)


def _key(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, Pause):
        return entry.key
    return (entry.printer, "", "epoch") if isinstance(entry, KnownEpoch) else (entry.printer,)
