"""Records to rows and back. Plain functions on a connection; transactions are the caller's."""

import sqlite3
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from monitor.errors import StorageDamaged
from monitor.history import imports, verdicts, wishes
from monitor.history.change import Change, Outgoing
from monitor.records import Event, EventKind, Incident, Notice, ShadowTally, Standing, VerdictKind
from monitor.wire import decode_event, decode_incident, encode_event, encode_incident

_STANDING = TypeAdapter(Standing)
_NOTICE = "id, incident, step, contact, due_at, sent_at, tries, detail"
_OUTBOX = "id, site, printer, leaf, payload, retain, expires_at, pause"


def apply(connection: sqlite3.Connection, change: Change) -> None:
    """Write a change. Applying it twice is the same as once."""
    if change.incident is not None:
        _put_incident(connection, change.incident, change.progress)
        if change.evidence is not None:
            row = (change.incident.id, change.evidence)
            connection.execute("INSERT OR IGNORE INTO evidence (incident, jpeg) VALUES (?, ?)", row)
    for event in change.events:
        connection.execute(
            "INSERT OR IGNORE INTO event (id, incident, printer, at, body) VALUES (?, ?, ?, ?, ?)",
            (event.id, event.incident, event.printer, event.at, encode_event(event).decode()),
        )
    for out in change.outgoing:
        connection.execute(
            f"INSERT OR IGNORE INTO outbox ({_OUTBOX}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (our own names)
            (out.id, out.site, out.printer, out.leaf, out.payload, int(out.retain), out.expires_at, out.pause),
        )
    connection.executemany(
        "INSERT OR REPLACE INTO standing (printer, body) VALUES (?, ?)",
        [(standing.printer, _STANDING.dump_json(standing).decode()) for standing in change.standing],
    )
    verdicts.put(connection, change.verdicts)
    verdicts.put_pictures(connection, change.labelled)
    for notice in change.notices:
        _put_notice(connection, notice)
    connection.executemany("DELETE FROM outbox WHERE id = ?", [(done,) for done in change.sent])
    if change.imported is not None:
        imports.put(connection, change.imported)
    imports.put_pictures(connection, change.pictures)
    if change.wishes:
        wishes.put(connection, change.wishes, change.wished_at)
    if change.forget_before is not None:
        _forget(connection, change.forget_before)


def _forget(connection: sqlite3.Connection, before: float) -> None:
    """Delete what was closed earlier, but never an incident with a verdict that stands: its picture is labelled."""
    labelled = "SELECT incident FROM verdict WHERE incident IS NOT NULL AND withdrawn_at IS NULL"
    closed = f"(SELECT id FROM incident WHERE closed_at < ?1 AND id NOT IN ({labelled}))"  # noqa: S608 (our own names)
    connection.execute(f"DELETE FROM evidence WHERE incident IN {closed}", (before,))  # noqa: S608 (our own names)
    connection.execute(
        f"DELETE FROM event WHERE incident IN {closed} OR (incident IS NULL AND at < ?1)",  # noqa: S608
        (before,),
    )
    connection.execute(f"DELETE FROM incident WHERE id IN {closed}", (before,))  # noqa: S608
    connection.execute("DELETE FROM notice WHERE due_at < ?", (before,))


def _put_incident(connection: sqlite3.Connection, incident: Incident, progress: str) -> None:
    connection.execute(
        "INSERT INTO incident (id, printer, opened_at, closed_at, body, progress) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, body = excluded.body, "
        "progress = excluded.progress, peer = NULL",
        (
            incident.id,
            incident.printer,
            incident.opened_at,
            incident.closed_at,
            encode_incident(incident).decode(),
            progress,
        ),
    )


def _put_notice(connection: sqlite3.Connection, notice: Notice) -> None:
    """Write a message to people, or what became of it; the same step goes to the same contact once."""
    connection.execute(
        f"INSERT INTO notice ({_NOTICE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 (our own names)
        "ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, sent_at = excluded.sent_at, "
        "tries = excluded.tries, detail = excluded.detail ON CONFLICT (incident, step, contact) DO NOTHING",
        (
            notice.id,
            notice.incident,
            notice.step,
            notice.contact,
            notice.due_at,
            notice.sent_at,
            notice.tries,
            notice.detail,
        ),
    )


def standings(connection: sqlite3.Connection) -> list[Standing]:
    """Return what people decided for printers."""
    rows = connection.execute("SELECT printer, body FROM standing ORDER BY printer")
    return [_standing(printer, body) for printer, body in rows]


def _standing(printer: str, body: str) -> Standing:
    try:
        return _STANDING.validate_json(body)
    except ValidationError as exc:
        raise StorageDamaged(f"what people decided for {printer} cannot be read: {exc}") from exc


def notices(connection: sqlite3.Connection, incident: str | None = None) -> list[Notice]:
    """Return the messages to people about one incident, or with None those that were not sent yet; oldest first."""
    where = "sent_at IS NULL" if incident is None else "incident = ?"
    rows = connection.execute(
        f"SELECT {_NOTICE} FROM notice WHERE {where} ORDER BY due_at, id",  # noqa: S608 (our own names)
        () if incident is None else (incident,),
    )
    return [Notice(*row) for row in rows]


def incidents(
    connection: sqlite3.Connection, printer: str | None = None, limit: int = -1, since: float = 0.0
) -> list[Incident]:
    """Return incidents opened at or after ``since``, newest first; ``limit`` -1 means all."""
    rows = connection.execute(
        "SELECT body FROM incident WHERE (?1 IS NULL OR printer = ?1) AND opened_at >= ?2 "
        "ORDER BY opened_at DESC, id DESC LIMIT ?3",
        (printer, since, limit),
    )
    return [decode_incident(body.encode()) for (body,) in rows]


def incident(connection: sqlite3.Connection, id_: str) -> Incident | None:
    """Return one incident, or None."""
    row = connection.execute("SELECT body FROM incident WHERE id = ?", (id_,)).fetchone()
    return decode_incident(row[0].encode()) if row else None


def open_incidents(connection: sqlite3.Connection) -> list[tuple[Incident, str]]:
    """Return what is not closed and is ours, oldest first, with its progress."""
    rows = connection.execute(
        "SELECT body, progress FROM incident WHERE closed_at IS NULL AND peer IS NULL ORDER BY opened_at, id"
    )
    return [(decode_incident(body.encode()), progress) for body, progress in rows]


def events(connection: sqlite3.Connection, incident: str) -> list[Event]:
    """Return what happened in an incident, in the order of writing."""
    rows = connection.execute("SELECT body FROM event WHERE incident = ? ORDER BY seq", (incident,))
    return [decode_event(body.encode()) for (body,) in rows]


def happenings(connection: sqlite3.Connection, printer: str, since: float, until: float) -> list[Event]:
    """Return what happened to a printer in a time, with an incident or without, in the order of time."""
    rows = connection.execute(
        "SELECT body FROM event WHERE printer = ? AND at >= ? AND at <= ? ORDER BY at, seq", (printer, since, until)
    )
    return [decode_event(body.encode()) for (body,) in rows]


def shadow(connection: sqlite3.Connection, printer: str | None, since: float) -> ShadowTally:
    """Return how many incidents had their pause withheld, and how many of those are false alarms, as people say now."""
    row = connection.execute(
        """
        WITH told AS (
            SELECT event.incident, json_extract(event.body, '$.kind') AS kind
            FROM event JOIN incident ON incident.id = event.incident
            WHERE (?1 IS NULL OR incident.printer = ?1) AND incident.opened_at >= ?2
        ), holding AS (                -- the newest word on each that was not withdrawn
            SELECT incident, kind, max(at) FROM verdict
            WHERE incident IS NOT NULL AND withdrawn_at IS NULL GROUP BY incident
        )
        SELECT count(*), coalesce(sum(incident IN (SELECT incident FROM holding WHERE kind = ?4)), 0)
        FROM (SELECT DISTINCT incident FROM told WHERE kind = ?3)
        """,
        (printer, since, EventKind.PAUSE_WITHHELD.value, VerdictKind.FALSE_ALARM.value),
    ).fetchone()
    return ShadowTally(*row)


def evidence(connection: sqlite3.Connection, incident: str) -> bytes | None:
    """Return the JPEG of an incident, or None."""
    row = connection.execute("SELECT jpeg FROM evidence WHERE incident = ?", (incident,)).fetchone()
    return bytes(row[0]) if row else None


def unsent(connection: sqlite3.Connection) -> Iterator[Outgoing]:
    """Yield what the broker has not acknowledged, in the order of writing."""
    rows = connection.execute(f"SELECT {_OUTBOX} FROM outbox ORDER BY seq")  # noqa: S608 (our own names)
    for id_, site, printer, leaf, payload, retain, expires_at, pause in rows:
        yield Outgoing(id_, site, printer, leaf, payload, bool(retain), expires_at, pause)
