"""What another monitor's journal tells, written beside what is ours. Plain functions on a connection.

Whoever writes something last owns it: what this monitor writes itself is its own, and told on; what it was told is
the peer's (column ``peer``), and told on by nobody but the peer. Of an incident that two know, the higher epoch counts,
and at the same epoch what its owner says.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from monitor.errors import BadPayload, NewerPayload
from monitor.history import journal
from monitor.records import Event, Incident, Verdict
from monitor.records.journal import JournalKind, JournalRow, Page
from monitor.wire import decode_event, decode_incident, decode_verdict

log = logging.getLogger(__name__)


Record = Incident | Event | Verdict

_DECODE: Mapping[JournalKind, Callable[[bytes], Record]] = {
    JournalKind.INCIDENT: decode_incident,
    JournalKind.EVENT: decode_event,
    JournalKind.VERDICT: decode_verdict,
}
_EPOCH = "coalesce(json_extract({}.body, '$.epoch'), 0)"
_PUT_INCIDENT = f"""
    INSERT INTO incident (id, printer, opened_at, closed_at, body, progress, peer) VALUES (?, ?, ?, ?, ?, '', ?)
    ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, body = excluded.body, peer = excluded.peer
    WHERE {_EPOCH.format("excluded")} > {_EPOCH.format("incident")}
        OR (incident.peer IS excluded.peer AND {_EPOCH.format("excluded")} = {_EPOCH.format("incident")})
"""  # noqa: S608 (our own names)
_PUT_EVENT = "INSERT OR IGNORE INTO event (id, incident, printer, at, body, peer) VALUES (?, ?, ?, ?, ?, ?)"
_PUT_VERDICT = """
    INSERT INTO verdict (id, printer, incident, kind, at, withdrawn_at, body, peer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at, body = excluded.body, peer = excluded.peer
    WHERE verdict.withdrawn_at IS NULL AND excluded.body IS NOT verdict.body
"""  # that it was withdrawn is never undone
_MOVE = """
    INSERT OR REPLACE INTO cursor (peer, history, seq, moved)
    VALUES (?, ?, ?, (SELECT coalesce(max(moved), 0) + 1 FROM cursor))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a page that was checked; ``body`` names the printer as it is called here."""

    seq: int
    record: Record
    printer: str
    body: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A page that was checked, for one transaction."""

    peer: str
    history: str
    after: int
    upto: int
    rows: tuple[Told, ...]


def checked(peer: str, page: Page, rename: Callable[[str], str]) -> Imported:
    """Check a page's rows; one that cannot be read is left out, and told.

    ``rename`` says what a printer of the peer is called here. Raises NewerPayload: it can be read after an update.
    """
    rows = [told for row in page.rows if (told := _checked(peer, row, rename)) is not None]
    return Imported(peer, page.history, page.after, page.upto, tuple(rows))


def _checked(peer: str, row: JournalRow, rename: Callable[[str], str]) -> Told | None:
    payload = row.body.encode()
    try:
        record = _DECODE[row.kind](payload)
    except NewerPayload:
        raise
    except BadPayload as exc:
        log.warning("%s tells %s %s, which cannot be read and is left out: %s", peer, row.kind, row.id, exc)
        return None
    if record.id != row.id:
        log.warning("%s tells %s %s, whose body has the id %s: it is left out", peer, row.kind, row.id, record.id)
        return None
    body: dict[str, Any] = from_json(payload)  # with the keys that a newer version may have added
    printer = rename(record.printer)
    return Told(row.seq, record, printer, to_json(body | {"printer": printer}).decode())


def put(connection: sqlite3.Connection, imported: Imported) -> None:
    """Write a page and how far the journal was read by it. Applying it twice is the same as once.

    What was read already is passed over, for it may be older than what is here; nothing is written of a page that
    begins after what was read, for what lies between would never be asked for.
    """
    read = journal.cursor(connection, imported.peer, imported.history).seq
    if imported.after > read:
        return
    for told in imported.rows:
        if told.seq > read:
            _put(connection, told, imported.peer)
    connection.execute(_MOVE, (imported.peer, imported.history, max(read, imported.upto)))


def put_pictures(connection: sqlite3.Connection, pictures: Iterable[tuple[str, bytes]]) -> None:
    """Write the JPEGs of incidents that are here; the first one of each stays."""
    connection.executemany(
        "INSERT OR IGNORE INTO evidence (incident, jpeg) SELECT id, ?2 FROM incident WHERE id = ?1", pictures
    )


def still_open(connection: sqlite3.Connection) -> list[Incident]:
    """Return what others have told and is not closed, oldest first."""
    rows = connection.execute(
        "SELECT body FROM incident WHERE closed_at IS NULL AND peer IS NOT NULL ORDER BY opened_at, id"
    )
    return [decode_incident(body.encode()) for (body,) in rows]


def unpictured(connection: sqlite3.Connection, peer: str, limit: int) -> list[str]:
    """Return the newest incidents of a peer whose picture is not here, the oldest of them first."""
    rows = connection.execute(
        "SELECT id FROM incident WHERE peer = ? "
        "AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.incident = incident.id) "
        "ORDER BY opened_at DESC, id DESC LIMIT ?",
        (peer, limit),
    )
    return [id_ for (id_,) in rows][::-1]


def _put(connection: sqlite3.Connection, told: Told, peer: str) -> None:
    match told.record:
        case Incident() as of:
            connection.execute(_PUT_INCIDENT, (of.id, told.printer, of.opened_at, of.closed_at, told.body, peer))
        case Event() as of:
            connection.execute(_PUT_EVENT, (of.id, of.incident, told.printer, of.at, told.body, peer))
        case Verdict() as of:
            row = (of.id, told.printer, of.incident, of.kind, of.at, of.withdrawn_at, told.body, peer)
            connection.execute(_PUT_VERDICT, row)
