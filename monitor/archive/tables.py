"""Records to rows and back. Plain functions on a connection; transactions are the caller's."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import TypeVar

from monitor.archive.batch import Batch, milliseconds
from monitor.archive.points import Peaks, Points, joined, pack, pack_peaks, peaks_of, unpack, unpack_peaks
from monitor.errors import BadPayload
from monitor.records import Hour, Mark, MarkKind, State, StateSpan

log = logging.getLogger(__name__)

Unpacked = TypeVar("Unpacked")

HOUR_S = 3600
HOUR_MS = HOUR_S * 1000
SLICE_MS = 30_000  # the longest slice
_EVER = 1 << 62
_GONE = ""  # the state of a printer that left cameras.yaml


def apply(connection: sqlite3.Connection, batch: Batch, started_at: float) -> None:
    """Write a batch of the run that began at ``started_at``. Applying it twice counts its hours twice."""
    connection.execute(
        "INSERT INTO run (started_ms, seen_ms) VALUES (?1, ?2) "
        "ON CONFLICT (started_ms) DO UPDATE SET seen_ms = max(seen_ms, excluded.seen_ms)",
        (milliseconds(started_at), milliseconds(batch.at)),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO score (printer, starts_ms, points) VALUES (?, ?, ?)",
        [_slice(part.printer, part.points()) for part in batch.slices],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO change (printer, at_ms, state) VALUES (?, ?, ?)",
        [(change.printer, milliseconds(change.at), change.state or _GONE) for change in batch.changes],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO mark (printer, at_ms, kind, detail) VALUES (?, ?, ?, ?)",
        [(mark.printer, milliseconds(mark.at), mark.kind.value, mark.detail) for mark in batch.marks],
    )
    _add_hours(connection, batch.hours)


def _slice(printer: str, found: Points) -> tuple[str, int, bytes]:
    return printer, int(found.taken_ms[0]), pack(found)


def _add_hours(connection: sqlite3.Connection, hours: Iterable[Hour]) -> None:
    connection.executemany(
        "INSERT INTO hour (hour, printer, printing_s, watched_s, blind_s, muted_s, inspections, unknown_s) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hour, printer) DO UPDATE SET "
        "printing_s = printing_s + excluded.printing_s, watched_s = watched_s + excluded.watched_s, "
        "blind_s = blind_s + excluded.blind_s, muted_s = muted_s + excluded.muted_s, "
        "inspections = inspections + excluded.inspections, unknown_s = unknown_s + excluded.unknown_s",
        [
            (
                int(hour.hour_starts_at // HOUR_S),
                hour.printer,
                hour.printing_s,
                hour.watched_s,
                hour.blind_s,
                hour.muted_s,
                hour.inspections,
                hour.unknown_s,
            )
            for hour in hours
        ],
    )


def points(connection: sqlite3.Connection, printer: str, since_ms: int, until_ms: int) -> Points:
    """Return the inspections from slices that begin in a time, ``until_ms`` exclusive, oldest first.

    A slice that cannot be read is a gap: the others can.
    """
    rows = connection.execute(
        "SELECT points FROM score WHERE printer = ? AND starts_ms >= ? AND starts_ms < ? ORDER BY starts_ms",
        (printer, since_ms, until_ms),
    )
    return joined([found for (blob,) in rows if (found := _readable(printer, unpack, blob)) is not None])


def first_points_ms(connection: sqlite3.Connection, printer: str) -> int | None:
    """Return since when there are points at full resolution; None: there are none."""
    (first,) = connection.execute("SELECT min(starts_ms) FROM score WHERE printer = ?", (printer,)).fetchone()
    return None if first is None else int(first)


def peaks(
    connection: sqlite3.Connection, printer: str, since_hour: int, until_hour: int
) -> Sequence[tuple[int, Peaks]]:
    """Return (hour, its minutes), ``until_hour`` exclusive, oldest first."""
    rows = connection.execute(
        "SELECT hour, minutes FROM peaks WHERE printer = ? AND hour >= ? AND hour < ? ORDER BY hour",
        (printer, since_hour, until_hour),
    )
    return [(hour, found) for hour, blob in rows if (found := _readable(printer, unpack_peaks, blob)) is not None]


def hours_without_peaks(connection: sqlite3.Connection, before_hour: int) -> list[tuple[str, int]]:
    """Return (printer, hour) of those that are over and have points, but not their peaks yet."""
    found: list[tuple[str, int]] = []
    for printer in printers(connection, "score"):
        (last,) = connection.execute("SELECT max(hour) FROM peaks WHERE printer = ?", (printer,)).fetchone()
        since_ms = 0 if last is None else (last + 1) * HOUR_MS
        rows = connection.execute(
            f"SELECT DISTINCT starts_ms / {HOUR_MS} FROM score WHERE printer = ? AND starts_ms >= ? AND starts_ms < ?",  # noqa: S608
            (printer, since_ms, before_hour * HOUR_MS),
        )
        found += [(printer, hour) for (hour,) in rows]
    return found


def fold(connection: sqlite3.Connection, printer: str, hour: int) -> None:
    """Write the peaks of an hour that is over."""
    found = peaks_of(points(connection, printer, hour * HOUR_MS, (hour + 1) * HOUR_MS), hour * HOUR_S)
    connection.execute(
        "INSERT OR REPLACE INTO peaks (printer, hour, minutes) VALUES (?, ?, ?)", (printer, hour, pack_peaks(found))
    )


def knows(connection: sqlite3.Connection, printer: str) -> bool:
    """Tell whether anything is kept of a printer."""
    tables = ("peaks", "score", "frame")
    asked = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE printer = ?1)" for table in tables)  # noqa: S608
    return bool(connection.execute(f"SELECT {asked}", (printer,)).fetchone()[0])


def printers(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the printers of a table whose key begins with them, by jumping from one to the next."""
    found: list[str] = []
    row = connection.execute(f"SELECT min(printer) FROM {table}").fetchone()  # noqa: S608 (our own names)
    while row[0] is not None:
        found.append(row[0])
        row = connection.execute(f"SELECT min(printer) FROM {table} WHERE printer > ?", row).fetchone()  # noqa: S608
    return found


def hours(connection: sqlite3.Connection, printer: str | None, since: float, until: float) -> list[Hour]:
    """Return the hours that begin in a time, ``until`` exclusive, by time and printer."""
    rows = connection.execute(
        f"SELECT printer, hour * {HOUR_S}.0, printing_s, watched_s, blind_s, muted_s, inspections, unknown_s "  # noqa: S608
        "FROM hour WHERE hour >= ?1 AND hour < ?2 AND (?3 IS NULL OR printer = ?3)",
        (ceil(since / HOUR_S), ceil(until / HOUR_S), printer),
    )
    return [Hour(*row) for row in rows]


def hour_sums(connection: sqlite3.Connection, since: float, until: float) -> list[Hour]:
    """Return for each printer the sum of the hours that begin in a time, ``until`` exclusive."""
    rows = connection.execute(
        f"SELECT printer, min(hour) * {HOUR_S}.0, sum(printing_s), sum(watched_s), sum(blind_s), sum(muted_s), "  # noqa: S608
        "sum(inspections), sum(unknown_s) FROM hour WHERE hour >= ? AND hour < ? GROUP BY printer ORDER BY printer",
        (ceil(since / HOUR_S), ceil(until / HOUR_S)),
    )
    return [Hour(*row) for row in rows]


def marks(connection: sqlite3.Connection, printer: str, since: float, until: float) -> list[Mark]:
    """Return what happened to a printer in a time, oldest first."""
    rows = connection.execute(
        "SELECT at_ms, kind, detail FROM mark WHERE printer = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms",
        (printer, milliseconds(since), milliseconds(until)),
    )
    return [Mark(printer, at_ms / 1000, MarkKind(kind), detail) for at_ms, kind, detail in rows]


def starts(connection: sqlite3.Connection, since: float, until: float) -> list[float]:
    """Return when Vigie started in a time, oldest first."""
    rows = connection.execute(
        "SELECT started_ms FROM run WHERE started_ms BETWEEN ? AND ? ORDER BY started_ms",
        (milliseconds(since), milliseconds(until)),
    )
    return [started_ms / 1000 for (started_ms,) in rows]


def spans(connection: sqlite3.Connection, printer: str, since: float, until: float) -> list[StateSpan]:
    """Return a printer's states that touch a time, oldest first, cut to it."""
    since_ms, until_ms = milliseconds(since), milliseconds(until)
    changes = connection.execute(
        "SELECT at_ms, state FROM change WHERE printer = ?1 AND at_ms <= ?3 AND at_ms >= coalesce("
        "(SELECT max(at_ms) FROM change WHERE printer = ?1 AND at_ms <= ?2), ?2) ORDER BY at_ms",
        (printer, since_ms, until_ms),
    ).fetchall()
    runs = connection.execute("SELECT started_ms, seen_ms FROM run ORDER BY started_ms").fetchall()
    found: list[StateSpan] = []
    for (at_ms, state), (next_ms, _) in pairwise([*changes, (_EVER, _GONE)]):
        seen_ms = max((seen for started, seen in runs if started <= at_ms), default=at_ms)
        start_ms, end_ms = max(at_ms, since_ms), min(next_ms, seen_ms, until_ms)
        if end_ms > start_ms and state != _GONE:
            found.append(StateSpan(start_ms / 1000, end_ms / 1000, State(state)))
    return found


def forget(connection: sqlite3.Connection, points_before_ms: int, all_before_ms: int, limit: int) -> int:
    """Delete what is too old, at most ``limit`` rows of each table; return how many. Frames are not among them."""
    gone = 0
    for printer in printers(connection, "score"):
        gone += connection.execute(
            "DELETE FROM score WHERE printer = ?1 AND starts_ms < ?2 AND starts_ms IN "
            "(SELECT starts_ms FROM score WHERE printer = ?1 AND starts_ms < ?2 ORDER BY starts_ms LIMIT ?3)",
            (printer, points_before_ms, max(1, limit - gone)),
        ).rowcount
        if gone >= limit:
            return gone
    hour = all_before_ms // HOUR_MS
    for table, where, before in (
        ("peaks", "hour < ?", hour),
        ("hour", "hour < ?", hour),
        ("mark", "at_ms < ?", all_before_ms),
        ("change", "at_ms < ?", all_before_ms),
        ("run", "seen_ms < ?", all_before_ms),
    ):
        gone += connection.execute(f"DELETE FROM {table} WHERE {where}", (before,)).rowcount  # noqa: S608 (our own names)
    return gone


def _readable(printer: str, unpack_it: Callable[[bytes], Unpacked], blob: bytes) -> Unpacked | None:
    try:
        return unpack_it(blob)
    except BadPayload as exc:
        log.warning("%s: %s; they are left out", printer, exc)
        return None
