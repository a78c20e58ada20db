"""Who may come in, held in memory and written behind to a file.

Questions are answered, and changes made, in memory alone; a thread of its own writes them down and reads what another
process (``vigie users``) has written. So a disk that is full, gone or damaged, or that hangs, locks nobody out: whoever
is logged in goes on, and others can still log in. What could not be written waits, one entry a record, and is tried
again. A file that turns out to be damaged is set aside and written anew from memory.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from monitor.access import file
from monitor.access.records import Record
from monitor.access.schema import SCHEMA
from monitor.database import FileLock, open_for_writing, translated
from monitor.errors import StorageDamaged, StorageError, StorageFull, StorageInUse

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)
_Changes = dict[tuple[type[Record], str], Record | None]  # None: it is forgotten
LOOK_EVERY_S = 2.0  # whether another process has written, or whether writing works again
LATE_S = 5.0  # a write that takes longer is told
IN_USE = "another vigie keeps the people who may log in there: stop that one, or give this one its own storage.path"


class AccessStore:
    """Owns the file at ``path``. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self.lock = (
            threading.RLock()
        )  # held by whoever decides on what is there and then changes it; never for the disk
        self._path = path
        self._file_lock = FileLock(path, IN_USE)
        self._held: file.Book = {kind: {} for kind in file.KINDS}  # replaced, never changed: reading needs no lock
        self._waiting: _Changes = {}
        self._waits_since = 0.0  # of the monotonic clock
        self._written = threading.Condition(self.lock)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._problem = ""
        # From here on for the thread alone, while it runs.
        self._connection: sqlite3.Connection | None = None
        self._version = 0
        self._is_damaged = False
        self._shares = False
        self._thread = threading.Thread(target=self._run, name="access-writer", daemon=True)

    @property
    def problem(self) -> str:
        """Why changes are not on the disk at present, with the remedy; empty when all is well."""
        with self.lock:
            is_late = bool(self._waiting) and time.monotonic() - self._waits_since > LATE_S
        return self._problem or (
            f"{self._path}: a write takes more than {LATE_S:g} s: check its disk" if is_late else ""
        )

    def start(self, shares: bool = False) -> None:
        """Open the file and read it. A place that cannot be written becomes the problem, and is tried again.

        ``shares``: the monitor may have the file open, and alone repairs it; it is not repaired from here.
        Raises StorageInUse, or StorageDamaged when a newer version wrote the file.
        """
        try:
            self._file_lock.acquire()
        except StorageInUse:
            if not shares:
                raise
            self._shares = True
        try:
            self._open()
        except StorageFull as exc:
            self._set_problem(exc)
            self._read_what_can_be_read()
        except StorageError:
            self._file_lock.release()
            raise
        if shares:
            self._shares = True
            self._file_lock.release()  # a monitor that starts now must not find it taken
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, as far as that is possible, and close the file. Idempotent."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(2 * LATE_S)
        if self._waiting:
            log.error("%s: %d changes could not be written and are lost", self._path, len(self._waiting))
            self._waiting.clear()
        self._file_lock.release()

    def all(self, kind: type[R]) -> Mapping[str, R]:
        """Return all records of a kind by id: a picture of this moment."""
        return MappingProxyType(cast(Mapping[type[R], dict[str, R]], self._held)[kind])

    def put(self, *records: Record) -> None:
        """Keep records; those with the same id are replaced. It holds at once, and is written soon."""
        self._change({(type(record), record.id): record for record in records})

    def forget(self, records: Iterable[Record]) -> None:
        """Keep these records no longer."""
        self._change({(type(record), record.id): None for record in records})

    def settle(self, within_s: float = LATE_S) -> bool:
        """Wait until everything is on the disk, or until that is known to fail; tell whether it is."""
        with self._written:
            return (
                self._written.wait_for(lambda: not self._waiting or bool(self._problem), within_s) and not self._waiting
            )

    def look(self) -> None:
        """Look now at what another process may have written; see :data:`LOOK_EVERY_S`."""
        self._wake.set()

    def _change(self, changes: _Changes) -> None:
        with self.lock:
            if not self._waiting:
                self._waits_since = time.monotonic()
            self._waiting.update(changes)
            self._held = _laid_over(self._held, changes)
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._write_and_read()
            except Exception:  # the root of the thread: a bug, and the next change must still be written
                log.exception("%s: a change could not be written", self._path)
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
        self._write_and_read()
        self._close()

    def _write_and_read(self) -> None:
        with self.lock:
            changes = dict(self._waiting)
        try:
            if self._connection is None:
                self._open()
            if self._connection is not None and changes:
                file.write(self._connection, changes)
            self._read_news()
        except sqlite3.Error as exc:
            self._failed(translated(exc, self._path))
        except StorageError as exc:
            self._set_problem(exc)
        else:
            self._done(changes)

    def _done(self, changes: _Changes) -> None:
        with self._written:
            for key, record in changes.items():
                if key in self._waiting and self._waiting[key] is record:
                    del self._waiting[key]
            self._waits_since = time.monotonic()
            self._set_problem(None)
            self._written.notify_all()

    def _failed(self, error: StorageError) -> None:
        if isinstance(error, StorageDamaged):
            self._close()
            self._is_damaged = True
            with self.lock:
                held: _Changes = {
                    (kind, key): record for kind, rows in self._held.items() for key, record in rows.items()
                }
                self._waiting = held | self._waiting
        self._set_problem(error)

    def _open(self) -> None:
        if self._shares:
            self._connection = file.open_shared(self._path)
        else:
            self._connection = open_for_writing(self._path, SCHEMA, is_damaged=self._is_damaged)
            self._is_damaged = False
            with suppress(OSError):  # a file system that knows no owners
                self._path.chmod(0o600)
        self._version = -1
        self._read_news()

    def _read_news(self) -> None:
        """Take over what another process has written, below what waits to be written."""
        if self._connection is None:
            return
        version = file.version(self._connection)
        if version != self._version:
            book = file.read(self._connection)
            self._version = version
            with self.lock:
                self._held = _laid_over(book, self._waiting)

    def _read_what_can_be_read(self) -> None:
        try:
            self._held = file.read_only(self._path)
        except (sqlite3.Error, StorageError) as exc:
            log.error("%s: cannot be read either: %s", self._path, exc)  # noqa: TRY400  # foreseen

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _set_problem(self, error: StorageError | None) -> None:
        problem = str(error) if error else ""
        if problem == self._problem:
            return
        with self._written:
            self._problem = problem
            self._written.notify_all()
        if problem:
            log.error("%s; changes to people and log-ins are kept in memory meanwhile", problem)
        else:
            log.warning("%s: writing works again, nothing waits", self._path)


def _laid_over(book: file.Book, changes: _Changes) -> file.Book:
    """Return a book in which these changes are made."""
    result = {kind: dict(rows) for kind, rows in book.items()}
    for (kind, key), record in changes.items():
        if record is None:
            result[kind].pop(key, None)
        else:
            result[kind][key] = record
    return result
