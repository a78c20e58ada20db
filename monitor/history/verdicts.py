"""Verdicts to rows and back. Plain functions on a connection, as in :mod:`monitor.history.tables`."""

import sqlite3
from collections.abc import Iterable

from monitor.records import Verdict
from monitor.wire import decode_verdict, encode_verdict


def put(connection: sqlite3.Connection, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts, or that they were withdrawn."""
    connection.executemany(
        "INSERT INTO verdict (id, printer, incident, kind, at, withdrawn_at, body) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at, body = excluded.body, peer = NULL",
        [(v.id, v.printer, v.incident, v.kind, v.at, v.withdrawn_at, encode_verdict(v).decode()) for v in verdicts],
    )


def put_pictures(connection: sqlite3.Connection, labelled: Iterable[tuple[str, bytes]]) -> None:
    """Write the JPEGs of verdicts."""
    connection.executemany("INSERT OR IGNORE INTO labelled (verdict, jpeg) VALUES (?, ?)", labelled)


def picture(connection: sqlite3.Connection, verdict: Verdict) -> bytes | None:
    """Return the JPEG that a verdict is about: its incident's, or the one that was stored with it."""
    of_incident = "SELECT jpeg FROM evidence WHERE incident = ?"
    of_itself = "SELECT jpeg FROM labelled WHERE verdict = ?"
    key = verdict.incident or verdict.id
    row = connection.execute(of_incident if verdict.incident else of_itself, (key,)).fetchone()
    return bytes(row[0]) if row else None


def verdicts(
    connection: sqlite3.Connection,
    printer: str | None = None,
    incident: str | None = None,
    since: float = 0.0,
    limit: int = -1,
) -> list[Verdict]:
    """Return verdicts said at or after ``since``, newest first, withdrawn ones too; ``limit`` -1 means all."""
    rows = connection.execute(
        "SELECT body FROM verdict WHERE (?1 IS NULL OR printer = ?1) AND (?2 IS NULL OR incident = ?2) AND at >= ?3 "
        "ORDER BY at DESC, rowid DESC LIMIT ?4",
        (printer, incident, since, limit),
    )
    return [decode_verdict(body.encode()) for (body,) in rows]


def verdict(connection: sqlite3.Connection, id_: str) -> Verdict | None:
    """Return one verdict."""
    row = connection.execute("SELECT body FROM verdict WHERE id = ?", (id_,)).fetchone()
    return decode_verdict(row[0].encode()) if row else None
