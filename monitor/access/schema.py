"""The tables of the file that says who may come in. A script that was published is never changed."""

from monitor.database import Schema

_SCRIPT = """
    -- A row is one record of monitor/access/records.py as JSON: all are held in memory, and none is searched by SQL.
    CREATE TABLE person (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE session (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE token (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE screen (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE link (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
"""
SCHEMA = Schema((_SCRIPT,), ("person", "session", "token", "screen", "link"), "in storage.path")
