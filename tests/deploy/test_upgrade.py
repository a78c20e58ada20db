"""What older versions have left behind is taken over whole: databases that they wrote, and their cameras.yaml.

``old/history-N.sql`` and ``agent-N.sql`` are files of programs from before schema N + 1, as text: each ran with a
simulated farm, people answered, and it was killed while an incident was open. Their pictures were made small.
"""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor import cli
from monitor.agent import rows
from monitor.agent.journal import Journal
from monitor.clock import SystemClock
from monitor.history import History
from monitor.history.schema import MIGRATIONS
from monitor.jpeg import is_complete
from tests.system.running import CLEAN, farm, running_vigie, simulated

OLD = Path(__file__).with_name("old")
HISTORIES = range(1, len(MIGRATIONS))
JOURNALS = range(1, len(rows.SCHEMA.scripts))
MADE_ANEW = {"outbox", "sqlite_sequence"}  # what waits to be sent is sent, so it may go

Table = list[dict[str, Any]]


def laid_out(dump: str, path: Path) -> dict[str, Table]:
    """Make the database that an older program has left, and return what is in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((OLD / dump).read_text(encoding="utf-8"))
    return content(path)


def content(path: Path) -> dict[str, Table]:
    """Return all tables of a database, by name."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}  # noqa: S608


def version(path: Path) -> int:
    """Return the schema of a file."""
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return number


def without_news(now: dict[str, Table], before: dict[str, Table]) -> dict[str, Table]:
    """Return what is there now, of the tables and columns that there were, in the order of before."""
    return {
        name: sorted(
            ({column: row[column] for column in table[0]} for row in now[name]), key=lambda row: str(row.values())
        )
        for name, table in before.items()
        if table and name not in MADE_ANEW
    }


def in_order(tables: dict[str, Table]) -> dict[str, Table]:
    """Return tables in the order of :func:`without_news`."""
    return without_news(tables, tables)


def false_alarms(events: Table) -> Table:
    """Return the events in which a person called an incident a false alarm."""
    return [row for row in events if '"false_alarm"' in row["body"]]


@pytest.mark.parametrize("schema", HISTORIES)
def test_nothing_of_an_older_history_is_lost(schema: int, tmp_path: Path) -> None:
    """Every row of every table, and what reads them: incidents, events, evidence, verdicts, decisions of people."""
    path = tmp_path / "vigie.db"
    before = laid_out(f"history-{schema}.sql", path)
    assert schema == version(path)
    assert (1, 1) == (len(before["incident"]), len(before["evidence"]))
    assert 7 <= len(before["event"]), "an old file with nothing in it"
    history = History(path)
    history.start()
    try:
        incidents = history.reader.incidents()
        assert {row["id"] for row in before["incident"]} == {incident.id for incident in incidents}
        still_open = {row["id"] for row in before["incident"] if row["closed_at"] is None}
        assert still_open == {incident.id for incident, _ in history.open_incidents()}
        for incident in incidents:
            told = [event.kind for event in history.reader.events(incident.id)]
            assert len([row for row in before["event"] if row["incident"] == incident.id]) == len(told)
            evidence = history.reader.evidence(incident.id)
            assert evidence is not None
            assert is_complete(evidence)
        assert len(before.get("standing", ())) == len(history.standings())
        words = before["verdict"] if "verdict" in before else false_alarms(before["event"])
        assert len(words) == len(history.verdicts()), "before schema 3 an event was all that was kept of them"
        numbered = {row.id for row in history.reader.journal(0, 10_000_000).rows}
        said = {verdict.id for verdict in history.verdicts()}
        assert {row["id"] for kind in ("incident", "event") for row in before[kind]} | said == numbered
    finally:
        history.stop()
    assert len(MIGRATIONS) == version(path)
    assert in_order(before) == without_news(content(path), before)


@pytest.mark.parametrize("schema", JOURNALS)
def test_nothing_of_an_older_agents_journal_is_lost(schema: int, tmp_path: Path) -> None:
    """Every order that was taken, and how it ended."""
    path = tmp_path / "agent.db"
    before = laid_out(f"agent-{schema}.sql", path)
    assert (schema, 3) == (version(path), len(before["pause"]))
    journal = Journal(path, SystemClock())
    kept, _ = journal.start(tuple)
    journal.stop()
    assert len(before["pause"]) + len(before["resumed"]) == len(kept)
    assert len(rows.SCHEMA.scripts) == version(path)
    assert in_order(before) == without_news(content(path), before)


@pytest.mark.parametrize("schema", HISTORIES)
def test_a_monitor_goes_on_from_an_older_history(schema: int, tmp_path: Path) -> None:
    """``vigie run`` on the old file: what people decided holds, its incidents are told, and it ends in order."""
    before = laid_out(f"history-{schema}.sql", tmp_path / "vigie.db")
    printers = [simulated(f"p{number}") for number in (1, 2, 3, 4)]
    config = farm(printers, storage={"path": "vigie.db", "keep_days": 3650})
    with running_vigie(config, tmp_path) as running:
        assert running.is_well()
        standings = [json.loads(row["body"]) for row in before.get("standing", ())]
        disarmed = {standing["printer"] for standing in standings if not standing["armed"]}
        assert disarmed == {name for name, printer in running.printers().items() if not printer["armed"]}
        assert {row["id"] for row in before["incident"]} <= {incident["id"] for incident in running.history()}
        assert CLEAN == running.end()


@pytest.mark.parametrize("file", sorted(OLD.glob("cameras-*.yaml")), ids=lambda path: path.stem)
def test_the_cameras_yaml_of_an_older_version_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of that time, with everything in it that could be written then."""
    text = file.read_text(encoding="utf-8")
    for name in re.findall(r"\$\{(\w+)\}", text):
        monkeypatch.setenv(name, "ntfys://ntfy.example/prints" if name.endswith("URL") else "secret")
    assert 0 == cli.main(["check", str(file)]), capsys.readouterr()
    assert "is right: " in capsys.readouterr().out
