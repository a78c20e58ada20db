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
    """
    CREATE TABLE verdict (             -- what people say about decisions; withdrawn ones stay
        id TEXT PRIMARY KEY,
        printer TEXT NOT NULL,
        incident TEXT,                 -- NULL: about a stored picture
        kind TEXT NOT NULL,
        at REAL NOT NULL,
        withdrawn_at REAL,
        body TEXT NOT NULL             -- monitor.records.Verdict, as monitor/wire.py writes it
    ) STRICT;
    CREATE INDEX verdict_by_printer ON verdict (printer, at);
    CREATE INDEX verdict_by_incident ON verdict (incident, at) WHERE incident IS NOT NULL;

    -- False alarms were events only. Their view is not known, so they are labelled pictures and teach nothing.
    INSERT INTO verdict (id, printer, incident, kind, at, body)
    SELECT event.id, event.printer, incident.id, 'false_alarm', event.at, json_object(
        'schema', 1, 'id', event.id, 'printer', event.printer, 'kind', 'false_alarm',
        'by', substr(said, 1, instr(said || ': ', ': ') - 1), 'at', event.at,
        'frame_taken_at', incident.opened_at, 'score', json_extract(incident.body, '$.score'),
        'boxes', json_extract(incident.body, '$.boxes'), 'model_sha256', json_extract(incident.body, '$.model_sha256'),
        'incident', incident.id, 'failure_class', json_extract(incident.body, '$.class'), 'view', 'unknown')
    FROM (SELECT *, coalesce(json_extract(body, '$.detail'), '') AS said FROM event) AS event
    JOIN incident ON incident.id = event.incident
    WHERE json_extract(event.body, '$.kind') = 'false_alarm';
    """,
    """
    CREATE TABLE labelled (            -- pictures that people have labelled and that belong to no incident
        verdict TEXT PRIMARY KEY REFERENCES verdict (id),
        jpeg BLOB NOT NULL
    ) STRICT;
    """,
)
TABLES = ("incident", "evidence", "event", "outbox", "standing", "notice", "verdict", "labelled")

SCHEMA = Schema(MIGRATIONS, TABLES, "in storage.path")
