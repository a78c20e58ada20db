"""Who may come in, held in memory and written through to a file.

Questions are answered from memory alone, so a disk that is full, gone or damaged locks nobody out: whoever is logged in
goes on, and others can still log in. What could not be written waits, one entry a record, and is tried again. A file
that turns out to be damaged is set aside and written anew from memory. What another process writes (``vigie users``)
is read within a tick.
"""

import logging
import sqlite3
import threading
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
IN_USE = "another vigie keeps the people who may log in there: stop that one, or give this one its own storage.path"


class AccessStore:
    """Owns the file at ``path``. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()  # held by whoever decides on what is there and then changes it
        self._path = path
        self._file_lock = FileLock(path, IN_USE)
        self._connection: sqlite3.Connection | None = None
        self._version = 0
        self._held: file.Book = {kind: {} for kind in file.KINDS}  # replaced, never changed: reading needs no lock
        self._waiting: _Changes = {}
        self._problem = ""
        self._is_damaged = False
        self._shares = False

    @property
    def problem(self) -> str:
        """Why nothing can be written at present, with the remedy; empty when all is well."""
        return self._problem

    def start(self, shares: bool = False) -> None:
        """Open the file and read it. A place that cannot be written becomes the problem, and is tried again.

        ``shares``: the monitor may have the file open, and alone repairs it; what it has open is not repaired here.
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
            if shares:
                self._shares = True
                self._file_lock.release()  # a monitor that starts now must not find it taken
        except StorageFull as exc:
            self._set_problem(exc)
            self._read_what_can_be_read()
        except StorageError:
            self._file_lock.release()
            raise

    def stop(self) -> None:
        """Write what waits, as far as that is possible, and close the file. Idempotent."""
        with self.lock:
            self._flush()
            if self._waiting:
                log.error("%s: %d changes could not be written and are lost", self._path, len(self._waiting))
            self._waiting.clear()
            self._close()
            self._file_lock.release()

    def all(self, kind: type[R]) -> Mapping[str, R]:
        """Return all records of a kind by id: a picture of this moment."""
        return MappingProxyType(cast(Mapping[type[R], dict[str, R]], self._held)[kind])

    def put(self, *records: Record) -> None:
        """Keep records; those with the same id are replaced. In memory at once, in the file if that is possible."""
        self._change([(type(record), record.id, record) for record in records])

    def forget(self, records: Iterable[Record]) -> None:
        """Keep these records no longer."""
        self._change([(type(record), record.id, None) for record in records])

    def tick(self) -> None:
        """Write what waits, and read what another process has written."""
        with self.lock:
            if self._waiting or self._connection is None:
                self._flush()
            elif self._is_news():
                self._read()

    def _change(self, changes: list[tuple[type[Record], str, Record | None]]) -> None:
        with self.lock:
            self._waiting.update({(kind, key): record for kind, key, record in changes})
            self._held = _laid_over(self._held, self._waiting)
            self._flush()

    def _flush(self) -> None:
        try:
            if self._connection is None:
                self._open()
            if self._connection is not None and self._waiting:
                file.write(self._connection, [(kind, key, record) for (kind, key), record in self._waiting.items()])
                self._waiting.clear()
        except sqlite3.Error as exc:
            self._failed(translated(exc, self._path))
        except StorageError as exc:
            self._set_problem(exc)
        else:
            self._set_problem(None)

    def _failed(self, error: StorageError) -> None:
        self._set_problem(error)
        if isinstance(error, StorageDamaged):
            self._close()
            self._is_damaged = True
            held: _Changes = {(kind, key): record for kind, rows in self._held.items() for key, record in rows.items()}
            self._waiting = held | self._waiting

    def _open(self) -> None:
        if self._shares:
            self._connection = file.open_shared(self._path)
        else:
            self._connection = open_for_writing(self._path, SCHEMA, is_damaged=self._is_damaged)
            self._is_damaged = False
            with suppress(OSError):  # a file system that knows no owners
                self._path.chmod(0o600)
        self._read()

    def _read(self) -> None:
        """Take over what the file holds, below what waits to be written."""
        connection = self._connection
        if connection is None:
            return
        try:
            self._version = file.version(connection)
            self._held = _laid_over(file.read(connection), self._waiting)
        except sqlite3.Error as exc:
            self._failed(translated(exc, self._path))

    def _is_news(self) -> bool:
        try:
            return self._connection is not None and file.version(self._connection) != self._version
        except sqlite3.Error as exc:
            self._failed(translated(exc, self._path))
            return False

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
        self._problem = problem
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
