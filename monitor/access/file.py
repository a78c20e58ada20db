"""The file itself: rows to records and back. Errors of SQLite are the caller's to translate."""

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from monitor.access.records import Link, Person, Record, Screen, Session, Token
from monitor.access.schema import SCHEMA
from monitor.database import migrate, translated

log = logging.getLogger(__name__)

Rows = Mapping[str, Record]
Book = Mapping[type[Record], Rows]
"""Every record, by its type and its id."""

_TABLES: Mapping[type[Record], str] = {
    Person: "person",
    Session: "session",
    Token: "token",
    Screen: "screen",
    Link: "link",
}
_READERS = {kind: TypeAdapter[Record](kind) for kind in _TABLES}
KINDS = tuple(_TABLES)


def path_beside(storage: Path) -> Path:
    """Return where people are kept: ``vigie-access.db`` beside ``vigie.db``."""
    return storage.with_name(f"{storage.stem}-access{storage.suffix}")


def open_shared(path: Path) -> sqlite3.Connection:
    """Open a file that another process keeps, and alone repairs. Raises StorageError."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection, SCHEMA)
    except sqlite3.Error as exc:
        raise translated(exc, path) from exc
    return connection


def read(connection: sqlite3.Connection) -> Book:
    """Return everything that the file holds. A row that makes no sense is told, and left where it is."""
    return {kind: _rows(connection, kind) for kind in KINDS}


def read_only(path: Path) -> Book:
    """Return what a file holds in a place where nothing can be written. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return read(connection)


def write(connection: sqlite3.Connection, changes: Mapping[tuple[type[Record], str], Record | None]) -> None:
    """Write records, or forget those for which None stands, all or none of them.

    Then the file alone holds everything, without SQLite's log: it must be right where only reading is possible.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        for (kind, key), record in changes.items():
            if record is None:
                connection.execute(f"DELETE FROM {_TABLES[kind]} WHERE id = ?", (key,))  # noqa: S608 (our own names)
            else:
                row = (key, _READERS[kind].dump_json(record).decode())
                connection.execute(f"INSERT OR REPLACE INTO {_TABLES[kind]} (id, body) VALUES (?, ?)", row)  # noqa: S608
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another process has written the file."""
    (number,) = connection.execute("PRAGMA data_version").fetchone()
    return int(number)


def _rows(connection: sqlite3.Connection, kind: type[Record]) -> Rows:
    rows: dict[str, Record] = {}
    for key, body in connection.execute(f"SELECT id, body FROM {_TABLES[kind]}").fetchall():  # noqa: S608
        try:
            rows[key] = _READERS[kind].validate_json(body)
        except ValidationError:
            log.error("table %s: row %s makes no sense to this version", _TABLES[kind], key)  # noqa: TRY400  # may be secret
    return rows
