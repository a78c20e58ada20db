"""What the history got after a moment, as far as it is counted."""

import sqlite3
from dataclasses import dataclass

from monitor.records import EventKind


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, as far as it is counted."""

    seq: int
    kind: str
    failure_class: str | None  # of its incident
    waited_s: float | None  # of a proof: since the order was at the broker


_NEW = """
    SELECT event.seq, json_extract(event.body, '$.kind') AS kind, json_extract(incident.body, '$.class'),
        CASE WHEN json_extract(event.body, '$.kind') = :proof THEN event.at - (
            SELECT max(earlier.at) FROM event AS earlier
            WHERE earlier.incident = event.incident AND earlier.seq < event.seq
                AND json_extract(earlier.body, '$.kind') = :order
        ) END
    FROM event LEFT JOIN incident ON incident.id = event.incident
    WHERE event.seq > :after AND event.peer IS NULL ORDER BY event.seq
"""


def newest(connection: sqlite3.Connection) -> int:
    """Return the number of the newest event; 0 when there is none."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    return int(seq)


def happened(connection: sqlite3.Connection, after: int) -> list[Happened]:
    """Return our own events after a number, oldest first; what another monitor has told is counted there."""
    asked = {"after": after, "proof": EventKind.PAUSE_CONFIRMED, "order": EventKind.PAUSE_SENT}
    return [Happened(*row) for row in connection.execute(_NEW, asked)]
