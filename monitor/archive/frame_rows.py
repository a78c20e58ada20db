"""The list of stored frames. Plain functions on a connection; transactions are the caller's."""

import sqlite3
from collections.abc import Iterable

from monitor.archive.batch import KeepFrame, milliseconds
from monitor.records import KeptFor, StoredFrame

_COLUMNS = "printer, taken_ms, score, kept_for, size_bytes"


def put(connection: sqlite3.Connection, frame: KeepFrame, size_bytes: int) -> None:
    """Note that a frame is stored."""
    connection.execute(
        f"INSERT OR REPLACE INTO frame ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 (our own names)
        (frame.printer, milliseconds(frame.taken_at), frame.score, frame.kept_for.value, size_bytes),
    )


def one(connection: sqlite3.Connection, printer: str, taken_ms: int) -> StoredFrame | None:
    """Return what is known of one stored frame."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM frame WHERE printer = ? AND taken_ms = ?",  # noqa: S608 (our own names)
        (printer, taken_ms),
    ).fetchone()
    return _stored(row) if row else None


def promote(connection: sqlite3.Connection, frame: StoredFrame, kept_for: KeptFor) -> None:
    """Note that a stored frame is kept for something else from now on."""
    connection.execute(
        "UPDATE frame SET kept_for = ? WHERE printer = ? AND taken_ms = ?",
        (kept_for.value, frame.printer, milliseconds(frame.taken_at)),
    )


def times_of(connection: sqlite3.Connection, printer: str) -> set[int]:
    """Return when the stored frames of a printer were taken, in milliseconds."""
    return {at for (at,) in connection.execute("SELECT taken_ms FROM frame WHERE printer = ?", (printer,))}


def between(connection: sqlite3.Connection, printer: str, since: float, until: float, limit: int) -> list[StoredFrame]:
    """Return the newest stored frames of a time, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM frame WHERE printer = ? AND taken_ms BETWEEN ? AND ? "  # noqa: S608
        "ORDER BY taken_ms DESC LIMIT ?",
        (printer, milliseconds(since), milliseconds(until), limit),
    ).fetchall()
    return [_stored(row) for row in reversed(rows)]


def oldest(connection: sqlite3.Connection, kept_for: KeptFor, before_ms: int, limit: int) -> list[StoredFrame]:
    """Return the oldest frames of a kind that were taken before a time."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM frame WHERE kept_for = ? AND taken_ms < ? ORDER BY taken_ms LIMIT ?",  # noqa: S608
        (kept_for.value, before_ms, limit),
    )
    return [_stored(row) for row in rows]


def forget(connection: sqlite3.Connection, gone: Iterable[StoredFrame]) -> None:
    """Take frames out of the list."""
    connection.executemany(
        "DELETE FROM frame WHERE printer = ? AND taken_ms = ?",
        [(frame.printer, milliseconds(frame.taken_at)) for frame in gone],
    )


def bytes_by_kind(connection: sqlite3.Connection) -> dict[KeptFor, int]:
    """Return how much is stored of each kind."""
    rows = connection.execute("SELECT kept_for, sum(size_bytes) FROM frame GROUP BY kept_for")
    return {KeptFor(kind): total for kind, total in rows}


def _stored(row: tuple[str, int, float | None, str, int]) -> StoredFrame:
    printer, taken_ms, score, kept_for, size_bytes = row
    return StoredFrame(printer, taken_ms / 1000, score, KeptFor(kept_for), size_bytes)
