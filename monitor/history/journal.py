"""What was written here, in order, for others to read; and how far theirs was read. Plain functions on a connection."""

import sqlite3

from monitor.records.journal import Cursor, JournalKind, JournalRow, Page

_AROUND_A_ROW = 80  # bytes of a row in a page, beside its id and its body

_ROWS = """
    SELECT seq, kind, id, CASE kind
        WHEN 'incident' THEN (SELECT body FROM incident WHERE incident.id = journal.id AND peer IS NULL)
        WHEN 'event' THEN (SELECT body FROM event WHERE event.id = journal.id AND peer IS NULL)
        WHEN 'verdict' THEN (SELECT body FROM verdict WHERE verdict.id = journal.id AND peer IS NULL)
    END
    FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq
"""


def opened(connection: sqlite3.Connection) -> None:
    """Let the numbers go on from the present millisecond, at the least.

    So those of a file that was put back from a copy are above all that others have read of the file that it replaces.
    """
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'journal', 0 WHERE NOT EXISTS "
        "(SELECT 1 FROM sqlite_sequence WHERE name = 'journal')"
    )
    connection.execute(
        "UPDATE sqlite_sequence SET seq = max(seq, 1000 * CAST(strftime('%s', 'now') AS INTEGER)) "
        "WHERE name = 'journal'"
    )


def identity(connection: sqlite3.Connection) -> str:
    """Return what tells this file from all others."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return str(value)


def head(connection: sqlite3.Connection) -> int:
    """Return the newest number that was given, whether or not its row is still there."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
    return int(row[0]) if row else 0


def page(connection: sqlite3.Connection, after: int, max_bytes: int) -> Page:
    """Return what was written after a number: as much as fits, and one row at the least."""
    newest = max(head(connection), after)  # read first: what is written meanwhile is beyond it
    rows: list[JournalRow] = []
    size, upto = 0, newest
    for seq, kind, id_, body in connection.execute(_ROWS, (after, newest)):
        if body is None:
            continue  # another monitor's by now, and told by that one
        size += len(body.encode()) + len(id_) + _AROUND_A_ROW
        if rows and size > max_bytes:
            upto = rows[-1].seq
            break
        rows.append(JournalRow(seq, JournalKind(kind), id_, body))
    return Page(identity(connection), after, upto, newest, tuple(rows))


def cursor(connection: sqlite3.Connection, peer: str, history: str) -> Cursor:
    """Return how far a file of a peer was read; with an empty ``history`` the one that was read last."""
    row = connection.execute(
        "SELECT history, seq FROM cursor WHERE peer = ?1 AND (?2 = '' OR history = ?2) ORDER BY moved DESC LIMIT 1",
        (peer, history),
    ).fetchone()
    return Cursor(*row) if row else Cursor(history)
