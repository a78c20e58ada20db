"""The journal's tables, and entries to rows and back. Plain functions on a connection."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.agent.epochs import KnownEpoch
from monitor.agent.pauses import MAX_REMEMBERED, Entry, Pause
from monitor.database import Schema
from monitor.errors import BadPayload
from monitor.records import PersonCommand
from monitor.wire import (
    decode_pause,
    decode_pause_result,
    decode_person_command,
    encode_pause,
    encode_pause_result,
    encode_person_command,
)

log = logging.getLogger(__name__)

SCHEMA = Schema(
    (
        """
    CREATE TABLE pause (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        printer TEXT NOT NULL,
        id TEXT NOT NULL,
        command TEXT NOT NULL,         -- the payload of the topic "pause" (monitor/wire.py)
        accepted_at REAL NOT NULL,     -- this and the times below: on the clock of the process that wrote the row
        ordered_at REAL,
        pausing_at REAL,
        result TEXT,                   -- the payload of the topic "pause/result"
        boot TEXT NOT NULL,            -- which start of the machine this was, and how much more than its uptime that
        offset_s REAL NOT NULL,        -- clock said: see carried_over in monitor/agent/pauses.py
        UNIQUE (printer, id)
    ) STRICT;
    CREATE TABLE resumed (             -- the wish to resume that was carried out last
        printer TEXT PRIMARY KEY,
        wish TEXT NOT NULL             -- the payload of the topic "command"
    ) STRICT;
    """,
        """
    CREATE TABLE epoch (               -- the highest that was heard of a printer, in orders and in states
        printer TEXT PRIMARY KEY,
        epoch INTEGER NOT NULL
    ) STRICT;
    """,
    ),
    ("pause", "resumed", "epoch"),
    "with --journal",
)
_COLUMNS = "printer, id, command, accepted_at, ordered_at, pausing_at, result, boot, offset_s"


@dataclass(frozen=True, slots=True)
class Row:
    """A pause as it was kept, and on which clock."""

    pause: Pause
    boot: str
    offset_s: float


def write(connection: sqlite3.Connection, entries: Iterable[Entry], boot: str, offset_s: float) -> None:
    """Write entries, new or changed, and let the oldest go. Writing twice is the same as once."""
    for entry in entries:
        if isinstance(entry, PersonCommand):
            row: tuple[object, ...] = (entry.printer, encode_person_command(entry).decode())
            connection.execute("INSERT OR REPLACE INTO resumed (printer, wish) VALUES (?, ?)", row)
        elif isinstance(entry, KnownEpoch):
            row = (entry.printer, entry.epoch)
            connection.execute("INSERT OR REPLACE INTO epoch (printer, epoch) VALUES (?, ?)", row)
        else:
            _write_pause(connection, entry, boot, offset_s)
    connection.execute("DELETE FROM pause WHERE seq <= (SELECT max(seq) FROM pause) - ?", (MAX_REMEMBERED,))


def _write_pause(connection: sqlite3.Connection, pause: Pause, boot: str, offset_s: float) -> None:
    result = None if pause.result is None else encode_pause_result(pause.result).decode()
    command = encode_pause(pause.command).decode()
    times = (pause.accepted_at, pause.ordered_at, pause.pausing_at)
    connection.execute(
        f"INSERT INTO pause ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 (our own names)
        "ON CONFLICT (printer, id) DO UPDATE SET command = excluded.command, accepted_at = excluded.accepted_at, "
        "ordered_at = excluded.ordered_at, pausing_at = excluded.pausing_at, result = excluded.result, "
        "boot = excluded.boot, offset_s = excluded.offset_s",
        (*pause.key, command, *times, result, boot, offset_s),
    )


def pauses(connection: sqlite3.Connection) -> Iterator[Row]:
    """Yield what is kept, oldest first; a row that cannot be read is left out, loudly."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM pause ORDER BY seq")  # noqa: S608 (our own names)
    for printer, id_, command, accepted_at, ordered_at, pausing_at, result, boot, offset_s in found:
        try:
            known = None if result is None else decode_pause_result(result.encode())
            pause = Pause(decode_pause(command.encode()), accepted_at, ordered_at, pausing_at, known)
            yield Row(pause, boot, offset_s)
        except BadPayload as exc:
            log.error("%s: pause %s as kept cannot be read, and is left out: %s", printer, id_, exc)  # noqa: TRY400


def wishes(connection: sqlite3.Connection) -> Iterator[PersonCommand]:
    """Yield the wishes to resume that were carried out last; one that cannot be read is left out, loudly."""
    for printer, wish in connection.execute("SELECT printer, wish FROM resumed"):
        try:
            yield decode_person_command(wish.encode())
        except BadPayload as exc:
            log.error("%s: the last wish to resume cannot be read, and is left out: %s", printer, exc)  # noqa: TRY400


def epochs(connection: sqlite3.Connection) -> Iterator[KnownEpoch]:
    """Yield the highest epoch that was heard of each printer."""
    yield from (KnownEpoch(*row) for row in connection.execute("SELECT printer, epoch FROM epoch"))
