"""The archive's tables. A script that was published is never changed: later ones follow it.

Every table is stored in the order of its key, so that what one question reads lies together. Milliseconds and hours are
whole numbers: SQLite packs them tighter than fractions.
"""

from monitor.database import Schema

MIGRATIONS = (
    """
    CREATE TABLE score (               -- at most half a minute of one printer; for storage.keep_scores_days
        printer TEXT NOT NULL,
        starts_ms INTEGER NOT NULL,    -- of the first point; a slice never crosses a full half minute
        points BLOB NOT NULL,          -- monitor/archive/points.py
        PRIMARY KEY (printer, starts_ms)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE peaks (               -- the minutes of an hour, from its points; for storage.keep_days
        printer TEXT NOT NULL,
        hour INTEGER NOT NULL,         -- hours since the epoch
        minutes BLOB NOT NULL,
        PRIMARY KEY (printer, hour)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hour (                -- monitor.records.Hour
        hour INTEGER NOT NULL,
        printer TEXT NOT NULL,
        printing_s REAL NOT NULL,
        watched_s REAL NOT NULL,
        blind_s REAL NOT NULL,
        muted_s REAL NOT NULL,
        inspections INTEGER NOT NULL,
        unknown_s REAL NOT NULL,
        PRIMARY KEY (hour, printer)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run (                 -- when Vigie ran: a state holds no longer than the run in which it was seen
        started_ms INTEGER PRIMARY KEY,
        seen_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE change (              -- of a printer's state
        printer TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (printer, at_ms)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE mark (
        printer TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (printer, at_ms, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE frame (               -- the picture itself is a file: monitor/archive/frames.py
        printer TEXT NOT NULL,
        taken_ms INTEGER NOT NULL,
        score REAL,
        kept_for TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        PRIMARY KEY (printer, taken_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX frame_by_age ON frame (kept_for, taken_ms);
    """,
)
TABLES = ("run", "hour", "change", "mark", "frame", "peaks", "score")

SCHEMA = Schema(MIGRATIONS, TABLES, "in storage.path")
