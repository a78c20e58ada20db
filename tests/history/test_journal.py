"""The journal of a history, and what another history makes of it: everything, once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import NewerPayload
from monitor.history import Change, History, HistoryReader, TallyKeeper, Wish
from monitor.history.schema import MIGRATIONS
from monitor.records import Event, EventKind, Incident, Verdict, VerdictKind
from monitor.records.journal import Cursor, JournalKind, JournalRow, Page
from monitor.wire import encode_incident
from tests.history.test_history import fill, incident, opened, running
from tests.support import wait_until

ALL = 1_000_000  # bytes


def verdict(number: int, withdrawn_at: float | None = None) -> Verdict:
    """Return what somebody said of the number-th incident."""
    return Verdict(
        f"verdict-{number:04}",
        "p1",
        VerdictKind.FALSE_ALARM,
        "Léa",
        1500.0 + number,
        1000.0 + number,
        0.9,
        (),
        "ab",
        incident(number).id,
        withdrawn_at=withdrawn_at,
    )


def told(reader: HistoryReader, after: int = 0) -> list[str]:
    """Return the ids of the journal's rows, in order."""
    return [row.id for row in reader.journal(after, ALL).rows]


def pull(source: HistoryReader, sink: History, peer: str = "paris", max_bytes: int = ALL) -> int:
    """Read a journal to its end, page by page; return how many pages that took."""
    pages = 0
    while True:
        newest, cursor = source.newest(), sink.reader.cursor(peer)
        after = cursor.seq if cursor.history == newest.history else 0
        if after >= newest.seq:
            return pages
        assert sink.import_page(peer, source.journal(after, max_bytes), lambda printer: f"{peer}.{printer}")
        pages += 1


def content(reader: HistoryReader) -> tuple[set[Incident], set[Event], set[Verdict]]:
    """Return all that a history tells, with the printers' own names."""
    incidents = [replace(one, parameters=(), printer=one.printer.rpartition(".")[2]) for one in reader.incidents()]  # type: ignore[arg-type]  # so that it can be hashed
    events = [event for one in incidents for event in reader.events(one.id)]
    verdicts = [replace(one, printer=one.printer.rpartition(".")[2]) for one in reader.verdicts()]
    return (
        set(incidents),
        {replace(event, printer=event.printer.rpartition(".")[2]) for event in events},
        set(verdicts),
    )


def test_what_is_written_is_told_in_order_and_what_changes_is_told_anew(tmp_path: Path) -> None:
    """An incident that changes leaves its old place; one that is written as it was stays."""
    with running(tmp_path / "vigie.db") as history:
        for number in (1, 2):
            history.commit(opened(number))
        assert ["id-0001", "event-0001", "id-0002", "event-0002"] == told(history.reader)
        history.commit(Change(incident(2), "another progress"))
        history.commit(Change(incident(1, closed_at=1500.0), verdicts=(verdict(1),)))
        assert ["event-0001", "id-0002", "event-0002", "id-0001", "verdict-0001"] == told(history.reader)
        history.commit(Change(verdicts=(verdict(1, withdrawn_at=1600.0),)))
        assert ["id-0001", "verdict-0001"] == told(history.reader)[-2:]


def test_what_is_forgotten_leaves_the_journal(tmp_path: Path) -> None:
    """It is bounded by what the history holds, and its newest number never falls."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(opened(1))
        history.commit(Change(incident(1, closed_at=1500.0)))
        head = history.reader.newest().seq
        history.commit(Change(forget_before=1600.0))
        assert [] == told(history.reader)
        assert Page(history.reader.identity(), 0, head, head) == history.reader.journal(0, ALL)


def test_an_older_file_is_told_from_its_beginning(tmp_path: Path) -> None:
    """What it holds is in the journal, by time."""
    path = tmp_path / "vigie.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        for number in (2, 1):
            body = encode_incident(incident(number)).decode()
            row = (incident(number).id, incident(number).opened_at, body)
            connection.execute(
                "INSERT INTO incident (id, printer, opened_at, body, progress) VALUES (?, 'p1', ?, ?, '')", row
            )
        connection.commit()
    with running(path) as history:
        assert ["id-0001", "id-0002"] == told(history.reader)


def test_a_page_is_as_long_as_it_may_be_and_one_row_at_the_least(tmp_path: Path) -> None:
    """The rest comes with the next pages, which end at the newest number."""
    with running(tmp_path / "vigie.db") as history:
        for number in range(5):
            history.commit(opened(number))
        first = history.reader.journal(0, 1)
        assert (["id-0000"], first.rows[0].seq) == ([row.id for row in first.rows], first.upto)
        rest = history.reader.journal(first.upto, ALL)
        assert (9, first.head, first.head) == (len(rest.rows), rest.upto, rest.head)


def test_a_file_put_back_from_a_copy_is_told_with_numbers_above_those_of_the_one_it_replaces(tmp_path: Path) -> None:
    """Whoever has read the lost file to its end still hears what is written afterwards."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        history.commit(opened(1))
    shutil.copy(path, tmp_path / "copy.db")
    with running(path) as history:
        history.commit(opened(2))
        known = history.reader.newest()
    shutil.copy(tmp_path / "copy.db", path)
    assert wait_until(lambda: _second() > known.seq)  # what takes less than a second is no restoring of a backup
    with running(path) as history:
        history.commit(opened(3))
        assert known.history == history.reader.identity()
        assert ["id-0003", "event-0003"] == told(history.reader, known.seq)


def _second() -> int:
    with closing(sqlite3.connect(":memory:")) as connection:
        return 1000 * int(connection.execute("SELECT strftime('%s', 'now')").fetchone()[0])


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


def test_what_is_saved_of_a_damaged_file_of_an_older_version_is_told(tmp_path: Path) -> None:
    """Its tables have fewer columns; what they have is saved, and is in the new file's journal."""
    path = tmp_path / "vigie.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        body = encode_incident(incident(1)).decode()
        connection.execute(
            "INSERT INTO incident (id, printer, opened_at, body, progress) VALUES ('id-0001', 'p1', 1001.0, ?, '')",
            (body,),
        )
        connection.commit()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'").fetchone()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * page_size : root * page_size] = b"\xff" * page_size
    path.write_bytes(whole)
    with running(path) as history:
        assert ["id-0001"] == [one.id for one in history.reader.incidents()]
        assert ["id-0001"] == told(history.reader)


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


def test_a_command_and_its_answer_are_kept_as_long_as_it_can_be_repeated(tmp_path: Path) -> None:
    """Also over a restart; an answer is never changed."""
    path = tmp_path / "vigie.db"
    with running(path) as history:
        history.commit(Change(wishes=(Wish("w1", 2000.0), Wish("w2", 1000.0))))
        history.commit(Change(wishes=(Wish("w1", 2000.0, "taken"),)))
        history.commit(Change(wishes=(Wish("w1", 2000.0, "refused"),)))
    with running(path) as history:
        assert Wish("w1", 2000.0, "taken") == history.reader.wish("w1")
        assert Wish("w2", 1000.0) == history.reader.wish("w2")
        history.commit(Change(wishes=(Wish("w3", 3000.0),), wished_at=1500.0))
        assert history.reader.wish("w2") is None
        assert history.reader.wish("w1") is not None


@dataclass(frozen=True)
class World:
    """Two histories, and the pages between them."""

    site: History
    hub: History
    under_way: list[Page] = field(default_factory=list)


Step = Callable[[World], None]


def _open(number: int) -> Step:
    return lambda world: _commit(world, opened(number))


def _close(number: int) -> Step:
    return lambda world: _commit(world, Change(incident(number, closed_at=2000.0)))


def _speak(number: int) -> Step:
    """Say something of an incident, unless that was taken back already."""

    def step(world: World) -> None:
        if world.site.reader.verdict(verdict(number).id) is None:
            _commit(world, Change(verdicts=(verdict(number),)))

    return step


def _withdraw(number: int) -> Step:
    """Take it back, and leave it so: what is said again is said in another verdict."""
    return lambda world: _commit(world, Change(verdicts=(verdict(number, withdrawn_at=3000.0),)))


def _ask(share: float, max_bytes: int) -> Step:
    """Read a page that begins anywhere, and let it lie on the way."""

    def step(world: World) -> None:
        rows = world.site.reader.journal(0, ALL).rows
        after = rows[int(share * len(rows))].seq - 1 if rows else 0
        world.under_way.append(world.site.reader.journal(after, max_bytes))

    return step


def _arrive(share: float) -> Step:
    """Let a page arrive that was read some time ago; it stays on the way, too, and comes twice."""

    def step(world: World) -> None:
        if world.under_way:
            page = world.under_way[int(share * len(world.under_way))]
            world.hub.import_page("paris", page, lambda printer: f"paris.{printer}")

    return step


def _pull(max_bytes: int) -> Step:
    def step(world: World) -> None:
        pull(world.site.reader, world.hub, max_bytes=max_bytes)

    return step


def _commit(world: World, change: Change) -> None:
    assert world.site.commit(change)


NUMBERS = st.integers(0, 5)
SIZES = st.integers(1, 4000)
STEPS = st.one_of(
    st.builds(_open, NUMBERS),
    st.builds(_close, NUMBERS),
    st.builds(_withdraw, NUMBERS),
    st.builds(_speak, NUMBERS),
    st.builds(_ask, st.floats(0.0, 0.999), SIZES),
    st.builds(_arrive, st.floats(0.0, 0.999)),
    st.builds(_pull, SIZES),
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=20), SIZES)
def test_whatever_comes_late_or_twice_or_not_at_all_the_two_are_equal_in_the_end(steps: list[Step], size: int) -> None:
    """Event by event: after the last page the hub's history is the site's."""
    with (
        TemporaryDirectory() as folder,
        running(Path(folder) / "site.db") as site,
        running(Path(folder) / "hub.db") as hub,
    ):
        world = World(site, hub)
        for step in steps:
            step(world)
        pull(site.reader, hub, max_bytes=size)
        assert content(site.reader) == content(hub.reader)


def test_an_event_is_of_the_kind_that_was_told(tmp_path: Path) -> None:
    """What happened to a printer without an incident is told, too."""
    blind = Event("event-1", "paris", "p1", 1000.0, EventKind.CAMERA_BLIND)
    with running(tmp_path / "site.db") as site, running(tmp_path / "hub.db") as hub:
        site.commit(Change(events=(blind,)))
        pull(site.reader, hub)
        assert [replace(blind, printer="paris.p1")] == hub.reader.happenings("paris.p1", 0.0, 2000.0)
