"""The tables of the history. A script that was published is never changed: later ones follow it."""

from monitor.database import Schema

MIGRATIONS = (
    """
    CREATE TABLE incident (
        id TEXT PRIMARY KEY,           -- UUIDv7: text order is time order
        printer TEXT NOT NULL,
        opened_at REAL NOT NULL,
        closed_at REAL,
        body TEXT NOT NULL,            -- the payload of the topic "incident" (monitor/wire.py)
        progress TEXT NOT NULL         -- what monitor/incidents needs to go on after a restart
    ) STRICT;
    CREATE INDEX incident_by_printer ON incident (printer, opened_at);
    CREATE INDEX incident_open ON incident (opened_at) WHERE closed_at IS NULL;

    -- Pictures lie in the file, not beside it: written in the incident's own transaction, one thing to back up, and
    -- at 50 to 300 kB no slower than files. In a table of their own, so that lists never touch them.
    CREATE TABLE evidence (incident TEXT PRIMARY KEY REFERENCES incident (id), jpeg BLOB NOT NULL) STRICT;

    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        incident TEXT,
        printer TEXT NOT NULL,
        at REAL NOT NULL,
        body TEXT NOT NULL             -- the payload of the topic "event"
    ) STRICT;
    CREATE INDEX event_by_incident ON event (incident, seq) WHERE incident IS NOT NULL;
    CREATE INDEX event_by_printer ON event (printer, at);

    CREATE TABLE outbox (              -- what the broker has not acknowledged yet; then the row goes
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        site TEXT NOT NULL,
        printer TEXT NOT NULL,
        leaf TEXT NOT NULL,
        payload BLOB NOT NULL,
        retain INTEGER NOT NULL,
        expires_at REAL,
        pause TEXT
    ) STRICT;
    """,
    """
    CREATE TABLE standing (            -- what people decided for a printer, until they decide otherwise
        printer TEXT PRIMARY KEY,
        body TEXT NOT NULL             -- monitor.records.Standing as JSON
    ) STRICT;

    CREATE TABLE notice (              -- messages to people: a row is written before its message is sent
        id TEXT PRIMARY KEY,
        incident TEXT NOT NULL,        -- or the id of the event that many printers share
        step TEXT NOT NULL,
        contact TEXT NOT NULL,
        due_at REAL NOT NULL,
        sent_at REAL,
        tries INTEGER NOT NULL DEFAULT 0,
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (incident, step, contact)
    ) STRICT;
    CREATE INDEX notice_due ON notice (due_at) WHERE sent_at IS NULL;
    """,
)
TABLES = ("incident", "evidence", "event", "outbox", "standing", "notice")

SCHEMA = Schema(MIGRATIONS, TABLES, "in storage.path")
