"""The one writer."""

import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor.database import FileLock, open_for_writing, translated
from monitor.errors import StorageDamaged, StorageError, StorageFull
from monitor.history import imports, journal, tables, verdicts
from monitor.history.change import Change, Outgoing
from monitor.history.reader import HistoryReader
from monitor.history.schema import SCHEMA
from monitor.records import Incident, Notice, Standing, Verdict
from monitor.records.journal import Page
from monitor.service.turns import IDLE_S, WRITING_S, Turns

log = logging.getLogger(__name__)

COMMIT_S = 5.0  # a commit that takes longer is no longer waited for
WAITING_CHANGES = 10_000  # in memory while nothing can be written; then changes without an incident are refused
IN_USE = (  # two would also take each other's session at the broker, and pause for each other
    "another vigie run keeps its incidents there: stop that one, "
    "or give this one a storage.path, an mqtt.client_id and a wall.port of its own in cameras.yaml"
)
WAITING_BYTES = 64 * 1024 * 1024  # of pictures among them; then incidents wait without theirs


@dataclass(slots=True)
class _Job:
    change: Change
    done: threading.Event = field(default_factory=threading.Event)
    is_durable: bool = False


class History:
    """Owns the file at ``path``. Every method may be called from any thread."""

    def __init__(self, path: Path, retry_s: float = 5.0) -> None:
        """``retry_s``: how often a write is tried again while the disk is full."""
        self.reader = HistoryReader(path)
        self.lost = 0  # changes that found no room in memory while nothing could be written
        self.lost_pictures = 0
        self._path, self._retry_s = path, retry_s
        self._problem = ""
        self._lock = FileLock(path, IN_USE)
        self._connection: sqlite3.Connection | None = None
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WAITING_CHANGES)
        self._waiting: deque[Change] = deque()
        self._waiting_bytes = 0
        self._is_damaged = False  # met while writing: the file is set aside, and what can be read of it is saved
        self._tried_at = 0.0
        self.turns = Turns("history", WRITING_S)
        self._thread = threading.Thread(target=self._run, name="history-writer")

    @property
    def problem(self) -> str:
        """Why nothing can be written at present, with the remedy; empty when all is well."""
        return self._problem

    def start(self, forget_before: float = 0.0) -> None:
        """Open the file, delete incidents that were closed before a time (unix seconds), and start the writer.

        A place that cannot be written is no reason not to watch: it becomes the problem, and is tried again.
        Raises StorageDamaged when a newer version wrote the file, StorageInUse when another monitor uses it.
        """
        self._lock.acquire()
        try:
            self._connection = self._open()
        except StorageFull as exc:
            self._set_problem(str(exc))
        except StorageError:
            self._lock.release()
            raise
        self._thread.start()
        if forget_before:
            self.note(Change(forget_before=forget_before))

    def stop(self) -> None:
        """Write what waits, as far as that is possible, and join the writer. Idempotent."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._lock.release()

    def commit(self, change: Change) -> bool:
        """Write a change and wait for it; False when it waits in memory instead (see :attr:`problem`)."""
        job = _Job(change)
        if not self._enqueue(job):
            return False
        if not job.done.wait(COMMIT_S):
            log.error("%s: a write takes more than %g s; going on without waiting for it", self._path, COMMIT_S)
        return job.is_durable

    def import_page(self, peer: str, page: Page, rename: Callable[[str], str] = str) -> bool:
        """Write what a peer's journal tells and how far it was read, in one transaction.

        False: nothing of it was written, because it cannot be now, or because it begins after what was read: go on from
        :meth:`HistoryReader.cursor`, later. What is known already changes nothing. ``rename`` says what a printer of
        the peer is called here. Raises NewerPayload when a row is of a later contract than ours.
        """
        if not self.commit(Change(imported=imports.checked(peer, page, rename))):
            return False
        try:
            return self.reader.cursor(peer, page.history).seq >= page.upto
        except StorageError as exc:
            log.warning("%s", exc)
            return False

    def import_evidence(self, incident: str, jpeg: bytes) -> bool:
        """Write the picture of an incident that a peer has told; False: ask for it again later."""
        return self.commit(Change(pictures=((incident, jpeg),)))

    def note(self, change: Change) -> None:
        """Write a change soon, without waiting for it."""
        self._enqueue(_Job(change))

    def open_incidents(self) -> list[tuple[Incident, str]]:
        """Return what was not closed when we ended, with its progress; call it after :meth:`start`."""
        return tables.open_incidents(self._connection) if self._connection else []

    def unsent(self) -> list[Outgoing]:
        """Return what the broker had not acknowledged when we ended; call it after :meth:`start`."""
        return list(tables.unsent(self._connection)) if self._connection else []

    def standings(self) -> list[Standing]:
        """Return what people decided for printers; call it after :meth:`start`."""
        return tables.standings(self._connection) if self._connection else []

    def verdicts(self) -> list[Verdict]:
        """Return what people said about pictures, oldest first; call it after :meth:`start`."""
        return verdicts.verdicts(self._connection)[::-1] if self._connection else []

    def unsent_notices(self) -> list[Notice]:
        """Return the messages to people that were not sent when we ended; call it after :meth:`start`."""
        return tables.notices(self._connection) if self._connection else []

    def _enqueue(self, job: _Job) -> bool:
        try:
            self._jobs.put(job, timeout=COMMIT_S)
        except queue.Full:
            self.lost += 1
            log.error("%s: the writer is stuck; lost: %s", self._path, _named(job.change))  # noqa: TRY400 (no bug of ours)
            return False
        return True

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._idle_s())
                if job is None:
                    break
                self._take(job)
            except queue.Empty:
                pass
            except Exception:  # a bug; the next change must still be written
                self.lost += 1
                log.exception("%s: a change is lost", self._path)
            if self._idle_s() == 0.0:
                self._write_waiting()
            self.turns.turn()
        self._write_waiting()
        if self._waiting:
            log.error("%s: %d changes could not be written and are lost", self._path, len(self._waiting))

    def _idle_s(self) -> float:
        """Return how long nothing needs to be tried again."""
        if not self._waiting and self._connection is not None:
            return IDLE_S
        return max(0.0, self._tried_at + self._retry_s - time.monotonic())

    def _take(self, job: _Job) -> None:
        try:
            job.is_durable = not self._waiting and self._write(job.change)
        finally:
            job.done.set()
        if job.is_durable:
            self._set_problem("")  # what is asked for again has left nothing behind that would tell
        elif job.change.imported is None and not job.change.pictures:
            self._keep(job.change)

    def _write_waiting(self) -> None:
        self._tried_at = time.monotonic()
        if self._connection is None:
            self._reopen()
        while self._waiting:
            change = self._waiting.popleft()
            if not self._write(change):
                self._waiting.appendleft(change)
                break
            self._waiting_bytes -= _picture_bytes(change)
        if not self._waiting and self._connection is not None:
            self._set_problem("")

    def _reopen(self) -> None:
        try:
            self._connection = self._open()
        except StorageError as exc:
            self._set_problem(str(exc))
        else:
            self._is_damaged = False

    def _open(self) -> sqlite3.Connection:
        connection = open_for_writing(self._path, SCHEMA, is_damaged=self._is_damaged)
        try:
            journal.opened(connection)
        except sqlite3.Error as exc:  # a full disk: what is in the file can be read, and that matters more
            log.warning("%s: %s", self._path, translated(exc, self._path))
        return connection

    def _write(self, change: Change) -> bool:
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.execute("BEGIN IMMEDIATE")
            tables.apply(connection, change)
            connection.execute("COMMIT")
        except sqlite3.Error as exc:
            self._failed(connection, translated(exc, self._path))
            return False
        finally:
            if self._connection is not None and connection.in_transaction:
                connection.execute("ROLLBACK")
        return True

    def _failed(self, connection: sqlite3.Connection, error: StorageError) -> None:
        self._set_problem(str(error))
        if isinstance(error, StorageDamaged):
            connection.close()
            self._connection, self._is_damaged, self._tried_at = None, True, 0.0  # tried again at once

    def _keep(self, change: Change) -> None:
        """Hold a change in memory: in order, bounded, pictures first to go, incidents never."""
        if len(self._waiting) >= WAITING_CHANGES and not (change.incident or change.verdicts):
            self.lost += 1
            return
        if self._waiting_bytes + _picture_bytes(change) > WAITING_BYTES:
            self.lost_pictures += 1
            outgoing = tuple(out for out in change.outgoing if out.leaf != "evidence")
            change = replace(change, evidence=None, outgoing=outgoing, labelled=())
        self._waiting.append(change)
        self._waiting_bytes += _picture_bytes(change)

    def _set_problem(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        if problem:
            log.error("%s; what is to be written waits meanwhile", problem)
        else:
            log.warning("%s: writing works again, nothing waits", self._path)


def _picture_bytes(change: Change) -> int:
    labelled = sum(len(jpeg) for _, jpeg in change.labelled)
    return (
        labelled
        + len(change.evidence or b"")
        + sum(len(out.payload) for out in change.outgoing if out.leaf == "evidence")
    )


def _named(change: Change) -> str:
    return change.incident.id if change.incident else ", ".join(event.kind for event in change.events)
