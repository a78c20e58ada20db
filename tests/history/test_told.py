"""What another history makes of a journal: everything, once."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import NewerPayload
from monitor.history import Change, TallyKeeper
from monitor.records import Event, EventKind
from monitor.records.journal import Cursor, JournalKind, JournalRow, Page
from monitor.wire import encode_incident
from tests.history.telling import ALL, content, pull, told, verdict
from tests.history.test_history import fill, incident, opened, running


def test_another_history_has_everything_once(tmp_path: Path) -> None:
    """With the printers' names of there and times of their own; a page that comes twice changes nothing."""
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        for number in range(3):
            site.commit(opened(number))
        site.commit(Change(incident(0, closed_at=1500.0), verdicts=(verdict(0),)))
        assert 1 == pull(site.reader, hub)
        assert hub.import_page("paris", site.reader.journal(0, ALL), lambda printer: f"paris.{printer}")
        assert content(site.reader) == content(hub.reader)
        assert {"paris.p1"} == {one.printer for one in hub.reader.incidents()}
        assert {"paris.p1"} == {event.printer for event in hub.reader.events("id-0001")}
        assert site.reader.newest() == hub.reader.cursor("paris")


def test_what_was_told_is_not_told_on_and_not_taken_up(tmp_path: Path) -> None:
    """Each tells its own: two that read each other come to rest, and no incident of another is acted upon here."""
    with running(tmp_path / "a.db") as a, running(tmp_path / "b.db") as b:
        a.commit(opened(1))
        b.commit(opened(2))
        pull(a.reader, b, "a")
        pull(b.reader, a, "b")
        assert ["id-0001", "event-0001"] == told(a.reader)
        assert ["id-0002", "event-0002"] == told(b.reader)
        assert ["id-0002"] == [found.id for found, _ in b.open_incidents()]
        assert 0 == pull(a.reader, b, "a")


def test_what_was_told_is_counted_by_who_told_it(tmp_path: Path) -> None:
    """The sum over all monitors is what has happened."""
    with running(tmp_path / "a.db") as a, running(tmp_path / "b.db") as b:
        tally = TallyKeeper(b.reader)
        a.commit(opened(1))
        pull(a.reader, b, "a")
        assert {} == tally.tally().events
        b.commit(opened(2))
        assert {EventKind.INCIDENT_OPENED: 1} == tally.tally().events


def test_what_this_monitor_writes_is_its_own_from_then_on(tmp_path: Path) -> None:
    """Who adopts an incident tells it, with a higher epoch; what its former owner says of it later counts no more."""
    with running(tmp_path / "a.db") as a, running(tmp_path / "b.db") as b, running(tmp_path / "c.db") as c:
        a.commit(Change(replace(incident(1), epoch=1), "progress"))
        pull(a.reader, b, "a")
        pull(a.reader, c, "a")
        b.commit(Change(replace(incident(1, closed_at=1500.0), epoch=2), "progress"))
        assert ["id-0001"] == told(b.reader)
        pull(b.reader, c, "b")
        a.commit(Change(replace(incident(1), epoch=1, detail="cut off"), "progress"))
        for sink in (b, c):
            pull(a.reader, sink, "a")
            assert [1500.0] == [found.closed_at for found in sink.reader.incidents()]
        pull(b.reader, a, "b")
        assert ([1500.0], []) == ([found.closed_at for found in a.reader.incidents()], told(a.reader))


def test_a_file_that_was_set_aside_is_told_anew_without_doubles(tmp_path: Path) -> None:
    """The file that takes its place has another identity: it is read from its beginning."""
    with running(tmp_path / "hub.db") as hub:
        with running(tmp_path / "site.db") as site:
            for number in range(20):
                site.commit(opened(number))
            site.commit(Change(incident(0, closed_at=1500.0), verdicts=(verdict(0),)))
            pull(site.reader, hub)
            before = content(site.reader)
        (tmp_path / "site.db").write_bytes(b"no database" * 1000)
        with running(tmp_path / "site.db") as site:
            site.commit(opened(30))
            pull(site.reader, hub)
            after = content(site.reader)
        assert (before[0] | after[0], before[1] | after[1], before[2]) == content(hub.reader)
        assert len(hub.reader.incidents()) == len({one.id for one in hub.reader.incidents()})


def test_a_page_that_leaves_something_out_is_not_taken(tmp_path: Path) -> None:
    """What lies between would never be asked for."""
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        for number in range(3):
            site.commit(opened(number))
        first = site.reader.journal(0, 1)
        assert not hub.import_page("paris", site.reader.journal(first.upto, ALL))
        assert (Cursor(), []) == (hub.reader.cursor("paris"), list(hub.reader.incidents()))
        pull(site.reader, hub)
        assert content(site.reader) == content(hub.reader)


def test_a_page_that_cannot_be_written_is_asked_for_again(tmp_path: Path) -> None:
    """The disk of the hub is full: neither rows nor cursor are there, and nothing of it waits in memory."""
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        for number in range(200):
            site.commit(opened(number))
        limit = fill(hub)
        assert not hub.import_page("paris", site.reader.journal(0, ALL))
        assert (Cursor(), []) == (hub.reader.cursor("paris"), list(hub.reader.incidents()))
        assert hub._connection is not None
        hub._connection.execute(f"PRAGMA max_page_count = {limit}")
        pull(site.reader, hub)
        assert content(site.reader) == content(hub.reader)


def test_a_row_that_cannot_be_read_is_left_out_and_one_of_a_later_contract_is_waited_for(tmp_path: Path) -> None:
    """The first will never be readable; the second after an update of this monitor."""
    body = encode_incident(incident(1)).decode()
    rows = (
        JournalRow(1, JournalKind.INCIDENT, "id-0001", '{"schema":1,"id":"id-0001"}'),
        JournalRow(2, JournalKind.INCIDENT, "id-0009", body),
        JournalRow(3, JournalKind.INCIDENT, "id-0001", body),
    )
    later = JournalRow(4, JournalKind.INCIDENT, "id-0002", '{"schema":2,"id":"id-0002"}')
    with running(tmp_path / "hub.db") as hub:
        assert hub.import_page("paris", Page("h", 0, 3, 4, rows))
        assert (["id-0001"], Cursor("h", 3)) == ([one.id for one in hub.reader.incidents()], hub.reader.cursor("paris"))
        with pytest.raises(NewerPayload, match="update Vigie here"):
            hub.import_page("paris", Page("h", 3, 4, 4, (later,)))
        assert Cursor("h", 3) == hub.reader.cursor("paris")


def test_keys_that_a_newer_peer_has_added_are_kept(tmp_path: Path) -> None:
    """After an update of this monitor they can be read."""
    body = encode_incident(incident(1)).decode().replace('"schema":1', '"schema":1,"news":7')
    with running(tmp_path / "hub.db") as hub:
        hub.import_page("paris", Page("h", 0, 1, 1, (JournalRow(1, JournalKind.INCIDENT, "id-0001", body),)))
        with closing(sqlite3.connect(tmp_path / "hub.db")) as connection:
            assert [(7,)] == connection.execute("SELECT json_extract(body, '$.news') FROM incident").fetchall()


def test_the_picture_of_an_incident_that_was_told_is_kept_and_others_are_not(tmp_path: Path) -> None:
    """The first one stays."""
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        site.commit(opened(1))
        pull(site.reader, hub)
        for jpeg in (b"first", b"second"):
            assert hub.import_evidence("id-0001", jpeg)
        hub.import_evidence("id-0009", b"of nothing")
        assert (b"first", None) == (hub.reader.evidence("id-0001"), hub.reader.evidence("id-0009"))


def test_an_event_is_of_the_kind_that_was_told(tmp_path: Path) -> None:
    """What happened to a printer without an incident is told, too."""
    blind = Event("event-1", "paris", "p1", 1000.0, EventKind.CAMERA_BLIND)
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        site.commit(Change(events=(blind,)))
        pull(site.reader, hub)
        assert [replace(blind, printer="paris.p1")] == hub.reader.happenings("paris.p1", 0.0, 2000.0)
