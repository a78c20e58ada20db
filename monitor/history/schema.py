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
    """
    -- What other monitors have told of theirs stands beside what is ours: peer is who told it, and NULL for our own.
    ALTER TABLE incident ADD COLUMN peer TEXT;
    ALTER TABLE event ADD COLUMN peer TEXT;
    ALTER TABLE verdict ADD COLUMN peer TEXT;

    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    INSERT INTO meta (key, value) VALUES ('identity', lower(hex(randomblob(16))));  -- of this file, and of no other

    CREATE TABLE journal (             -- what was written here, in order: what is written anew gets a new number
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        UNIQUE (kind, id)
    ) STRICT;
    INSERT INTO journal (kind, id)
    SELECT kind, id FROM (
        SELECT 'incident' AS kind, id, opened_at AS at, 0 AS step FROM incident
        UNION ALL SELECT 'event', id, at, seq FROM event
        UNION ALL SELECT 'verdict', id, at, rowid FROM verdict
    ) ORDER BY at, step;

    -- A row is deleted and inserted, for INSERT OR REPLACE in a trigger obeys the OR of the statement that fired it.
    CREATE TRIGGER incident_made AFTER INSERT ON incident WHEN NEW.peer IS NULL BEGIN
        INSERT INTO journal (kind, id) VALUES ('incident', NEW.id);
    END;
    CREATE TRIGGER incident_changed AFTER UPDATE ON incident
    WHEN NEW.peer IS NULL AND (NEW.body IS NOT OLD.body OR OLD.peer IS NOT NULL) BEGIN
        DELETE FROM journal WHERE kind = 'incident' AND id = NEW.id;
        INSERT INTO journal (kind, id) VALUES ('incident', NEW.id);
    END;
    CREATE TRIGGER incident_gone AFTER DELETE ON incident BEGIN
        DELETE FROM journal WHERE kind = 'incident' AND id = OLD.id;
    END;
    CREATE TRIGGER event_made AFTER INSERT ON event WHEN NEW.peer IS NULL BEGIN
        INSERT INTO journal (kind, id) VALUES ('event', NEW.id);
    END;
    CREATE TRIGGER event_gone AFTER DELETE ON event BEGIN
        DELETE FROM journal WHERE kind = 'event' AND id = OLD.id;
    END;
    CREATE TRIGGER verdict_made AFTER INSERT ON verdict WHEN NEW.peer IS NULL BEGIN
        INSERT INTO journal (kind, id) VALUES ('verdict', NEW.id);
    END;
    CREATE TRIGGER verdict_changed AFTER UPDATE ON verdict
    WHEN NEW.peer IS NULL AND (NEW.body IS NOT OLD.body OR OLD.peer IS NOT NULL) BEGIN
        DELETE FROM journal WHERE kind = 'verdict' AND id = NEW.id;
        INSERT INTO journal (kind, id) VALUES ('verdict', NEW.id);
    END;
    CREATE TRIGGER verdict_gone AFTER DELETE ON verdict BEGIN
        DELETE FROM journal WHERE kind = 'verdict' AND id = OLD.id;
    END;

    CREATE TABLE cursor (              -- how far the journals of others were read
        peer TEXT NOT NULL,
        history TEXT NOT NULL,         -- the identity of the other's file
        seq INTEGER NOT NULL,
        moved INTEGER NOT NULL,        -- counts up over all: which of a peer's files was read last
        PRIMARY KEY (peer, history)
    ) STRICT;

    CREATE TABLE wish (                -- commands from other places: done once, and a repetition gets the same answer
        id TEXT PRIMARY KEY,
        keep_until REAL NOT NULL,
        answer TEXT                    -- NULL: taken up, and not yet answered
    ) STRICT;
    """,
)
# What is saved from a damaged file. Not the journal, which fills itself, nor the identity and the cursors: what another
# has told and cannot be read any more is asked for again.
TABLES = ("incident", "evidence", "event", "outbox", "standing", "notice", "verdict", "labelled", "wish")

SCHEMA = Schema(MIGRATIONS, TABLES, "in storage.path")
