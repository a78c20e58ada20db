"""The file itself: opening it, setting a damaged one aside, and what SQLite's errors mean to people."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from monitor.database.schema import Schema, migrate
from monitor.errors import StorageDamaged, StorageError, StorageFull

log = logging.getLogger(__name__)

_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def translated(exc: sqlite3.Error, path: Path) -> StorageError:
    """Return our error for one of SQLite's, with the remedy."""
    primary = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if primary in _FULL:
        return StorageFull(f"{path}: {exc}: free space on its disk, and check that it may be written")
    if primary in _DAMAGED or "malformed" in str(exc):
        return StorageDamaged(f"{path}: {exc}: it is set aside, and a new one begins")
    return StorageError(f"{path}: {exc}")


def open_for_writing(path: Path, schema: Schema, *, is_damaged: bool = False) -> sqlite3.Connection:
    """Open or create the file, up to date; a damaged one is set aside, and what can be read of it is saved.

    ``is_damaged``: a write has met damage that a quick look at the file may not see.
    Raises StorageFull, or StorageDamaged when a newer version wrote it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = None if not is_damaged and _is_sound(path) else _set_aside(path)
        connection = _connect(path, schema)
    except OSError as exc:
        raise StorageFull(f"{path}: {exc.strerror}: check that its folder may be written") from exc
    except sqlite3.Error as exc:
        raise translated(exc, path) from exc
    if aside is not None:
        _salvage(aside, connection, schema)
    return connection


def _connect(path: Path, schema: Schema) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit that was reported is on the disk
        migrate(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=5.0)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as exc:
        if getattr(exc, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return False
        raise


def _set_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("-wal", "-shm", ""):  # the log goes with its database, and the database last
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    log.error("%s is damaged. It was moved to %s, nothing was deleted; a new file begins", path, aside)
    return aside


def _salvage(aside: Path, connection: sqlite3.Connection, schema: Schema) -> None:
    """Copy what can be read, row by row; the rest stays in the file that was set aside."""
    saved = {}
    with closing(sqlite3.connect(aside)) as old:
        for table in schema.tables:
            try:
                saved[table] = _copy(old, connection, table)
            except sqlite3.DatabaseError as exc:
                log.error("%s: table %s cannot be read: %s", aside, table, exc)  # noqa: TRY400
    log.error(
        "saved from %s: %s", aside, ", ".join(f"{count} of {table}" for table, count in saved.items()) or "nothing"
    )


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    known = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}  # an older version's file has fewer
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})") if row[1] in known]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    count = 0
    rows = old.execute(f"SELECT {names} FROM {table} ORDER BY rowid")  # noqa: S608 (our own names)
    try:
        for row in rows:
            count += new.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row).rowcount  # noqa: S608
    except sqlite3.DatabaseError as exc:
        log.error("table %s breaks off after %d rows: %s", table, count, exc)  # noqa: TRY400
    return count
