"""The hub over a real broker, with sites that say what a test wants: what is shown, asked for, written and refused."""

import threading
from dataclasses import replace
from pathlib import Path

import requests

from monitor.clock import SystemClock
from monitor.history import Change
from monitor.hub.collector import ASK_LOST_EVERY_S
from monitor.hub.hub import Hub
from monitor.judge import Phase
from monitor.peers.line import LineKind
from monitor.peers.wire import encode_farm, encode_page
from monitor.records import (
    IncidentStatus,
    State,
)
from monitor.records.journal import Page
from tests.brokers import Mosquitto
from tests.history.test_history import fill
from tests.hub.regions import Region, an_incident, hub_file, what_happened
from tests.hub.told_site import farm_of
from tests.support import wait_until
from tests.wall.farm import picture


def test_a_site_is_shown_with_its_printers_as_it_tells_them(region: Region) -> None:
    """Their names are the site's; before a word came of one it is not known, and asks for nobody."""
    site = region.add()
    board = region.hub.showing.board
    assert wait_until(lambda: len(board.snapshot().printers) == 2)
    assert not board.view("amiens.p01").is_known
    assert region.is_in(LineKind.CONNECTED)
    assert wait_until(lambda: "views" in list(site.asked.queue))
    site.tells("p01", State.SUSPECT, phase=Phase.SUSPECT, job="visor")
    assert wait_until(lambda: board.view("amiens.p01").state is State.SUSPECT)
    view = board.view("amiens.p01")
    assert ("Amiens", "Prusa p01", True) == (view.site_name, view.name, view.is_known)
    assert (("amiens",), 2, "0.1.0") == (region.line().sites, region.line().printers, region.line().software)
    assert LineKind.UNKNOWN is region.line("lens").line.kind


def test_a_farm_that_was_lost_is_asked_for_again(region: Region) -> None:
    """The hub's broker has forgotten what it had retained: the pulse says that there is another farm than is known."""
    site = region.add()
    assert wait_until(lambda: "views" in list(site.asked.queue))
    while not site.asked.empty():
        site.asked.get()
    site.printers = ("p01", "p02", "p03")
    site.pulse(digest="amiens/p01,p02,p03")
    assert wait_until(lambda: "views" in list(site.asked.queue))
    site.tells_farm()
    assert wait_until(lambda: region.hub.showing.config.knows("amiens.p03"))


def test_a_view_that_was_lost_is_asked_for_when_the_history_says_otherwise(region: Region) -> None:
    """An alarm must not wait for the next minute's views."""
    site = region.add()
    site.tells("p01")
    board = region.hub.showing.board
    assert wait_until(lambda: len(board.snapshot().printers) == 2 and board.view("amiens.p01").is_known)
    assert wait_until(lambda: "views" in list(site.asked.queue))
    SystemClock().wait(threading.Event(), ASK_LOST_EVERY_S)
    site.asked.queue.clear()
    incident = an_incident(site)
    site.writes(Change(incident=incident))
    site.pulse()
    assert wait_until(lambda: "views" in list(site.asked.queue))
    site.tells("p01", State.PAUSED, incident=incident.id, incident_status=IncidentStatus.PAUSED)
    assert wait_until(lambda: board.view("amiens.p01").incident is not None)


def test_what_a_site_has_written_is_here_once_and_as_it_is_there(region: Region) -> None:
    """Page by page; what is written while pages are under way follows."""
    site = region.add()
    incident = an_incident(site)
    events = what_happened(incident, 60)  # several pages
    site.writes(Change(incident=incident, events=events[:50], evidence=picture("evidence")))
    site.pulse()
    history = region.hub.history.reader
    assert wait_until(lambda: len(history.events(incident.id)) == 50)
    site.writes(Change(incident=replace(incident, status=IncidentStatus.CLOSED, closed_at=1.0), events=events[50:]))
    site.pulse()
    assert wait_until(lambda: len(history.events(incident.id)) == 60)
    assert [replace(event, printer="amiens.p01") for event in events] == list(history.events(incident.id))
    assert wait_until(lambda: history.incident(incident.id) is not None)
    assert wait_until(lambda: history.evidence(incident.id) == picture("evidence"))
    pages = [leaf for leaf in site.asked.queue if leaf.startswith("page")]
    assert len(pages) == len(set(pages)), "no page is asked for twice"


def test_an_outage_loses_nothing_and_doubles_nothing(region: Region, mosquitto_broker: Mosquitto) -> None:
    """The broker dies in the middle of a page, and comes back; the site has written meanwhile."""
    site = region.add()
    incident = an_incident(site)
    events = what_happened(incident, 200)
    site.writes(Change(incident=incident, events=events[:100]))
    site.pulse()
    history = region.hub.history.reader
    assert wait_until(lambda: len(history.events(incident.id)) > 10)
    mosquitto_broker.kill()
    site.writes(Change(events=events[100:]))
    mosquitto_broker.start()

    def tells_again() -> bool:
        site.pulse()
        return len(history.events(incident.id)) == 200

    assert wait_until(tells_again, every_s=0.5)
    assert [event.id for event in events] == [event.id for event in history.events(incident.id)]


def test_a_hub_that_is_full_loses_nothing_and_still_shows_the_alarm(region: Region) -> None:
    """What cannot be written stays at the site, and is asked for again; the wall says what is the matter."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    history = region.hub.history
    limit = fill(history)
    incident = an_incident(site)
    events = what_happened(incident, 40)
    site.writes(Change(incident=incident, events=events))
    site.tells("p01", State.PAUSED, incident=incident.id, incident_status=IncidentStatus.PAUSED)
    site.pulse()
    board = region.hub.showing.board
    assert wait_until(lambda: "full" in history.problem)
    assert wait_until(lambda: any(view.incident for view in board.snapshot().printers))
    assert len(history.reader.events(incident.id)) < 40
    assert "full" in requests.get(f"{region.hub.url}health", timeout=40).json()["storage_problem"]
    history._connection.execute(f"PRAGMA max_page_count = {limit}")  # type: ignore[union-attr]  # it runs
    assert wait_until(lambda: len(history.reader.events(incident.id)) == 40)
    assert wait_until(lambda: history.problem == "")


def test_a_page_that_nobody_asked_for_is_not_taken(region: Region) -> None:
    """Whoever may write on a site's topics could else tell anything of it."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    site.say(site.topics.page, encode_page(Page("another", 0, 5, 5, (), "made up")))
    assert wait_until(lambda: region.hub.collector.ignored["unasked page"] == 1)
    assert 0 == region.hub.history.reader.cursor("amiens", "another").seq


def test_bad_input_is_counted_and_harms_nobody(region: Region) -> None:
    """A stranger, no JSON, somebody else's pulse, a picture that is none."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    site.say("vigie-peers/calais/pulse", b"{}")
    site.say(site.topics.views, b"no json")
    site.say(site.topics.tile("p01"), b"12345678 no picture")
    site.say(site.topics.evidence("some"), b"\xff\xd8 unasked")
    site.say("vigie-peers/amiens/what", b"")
    site.pulse(peer="lens")
    wanted = {"unknown peer": 1, "bad payload": 3, "unasked picture": 1, "not of the contract": 1}
    assert wait_until(lambda: dict(region.hub.collector.ignored) == wanted), region.hub.collector.ignored


def test_an_alarm_stays_one_after_the_hub_was_started_anew(
    region: Region, tmp_path: Path, mosquitto_broker: Mosquitto
) -> None:
    """Its site is cut off by then, and the broker away: what is known is in the hub's own history, and beside it."""
    site = region.add()
    incident = an_incident(site)
    site.writes(Change(incident=incident))
    site.pulse()
    assert wait_until(lambda: region.hub.history.reader.incident(incident.id) is not None)
    region.hub.stop()
    mosquitto_broker.kill()
    again = Hub(hub_file(mosquitto_broker.endpoint.port, tmp_path, "amiens", "lens"), SystemClock())
    again.start()
    try:
        board = again.showing.board
        assert wait_until(lambda: any(view.incident for view in board.snapshot().printers))
        view = board.view("amiens.p01")
        assert (State.PAUSED, False, incident.id) == (view.state, view.is_known, view.incident and view.incident.id)
        assert LineKind.UNKNOWN is again.collector.line_of("amiens").kind
        assert (2, ("amiens",)) == (again.collector.lines()[0].printers, again.collector.lines()[0].sites)
    finally:
        again.stop()


def test_a_newer_site_two_of_one_name_and_two_of_one_site_are_told(region: Region) -> None:
    """Each with what to do; nothing of the latter's history is asked for meanwhile."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    site.say(site.topics.pulse, b'{"schema":9,"peer":"amiens"}')
    assert region.is_in(LineKind.ANOTHER_VERSION)
    assert "update Vigie here" in region.line().line.detail
    for instance in ("first", "second", "first", "second"):
        site.instance = instance
        site.pulse()
    assert region.is_in(LineKind.TWO_OF_ONE_NAME)
    other = region.add("lens")
    other.say(other.topics.farm, encode_farm(farm_of("lens", "amiens", ["p09"])), retain=True)
    assert wait_until(lambda: any("same id" in text for text in region.line("lens").problems))
    incident = an_incident(other)
    other.writes(Change(incident=incident))
    other.pulse()
    assert wait_until(lambda: region.hub.history.reader.incident(incident.id) is not None)
    assert any("same id" in text for text in region.line("lens").problems), "what it has written is here all the same"


def test_tiles_are_asked_for_when_somebody_looks_and_the_newest_is_shown(region: Region) -> None:
    """An older one that comes later takes nobody's place."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    region.hub.tiles.look(["amiens.p01"])  # as a stream does
    assert wait_until(lambda: "look" in list(site.asked.queue))
    jpeg = picture("tile")
    site.shows("p01", jpeg)
    board = region.hub.showing.board
    assert wait_until(lambda: (tile := board.tile("amiens.p01")) is not None and tile.jpeg == jpeg)


def test_what_a_hub_has_not_is_not_there(region: Region) -> None:
    """Scores, stored pictures, settings, what was learned: the site has them, and a made-up answer would be a lie."""
    region.add()
    assert region.is_in(LineKind.CONNECTED)
    assert wait_until(lambda: region.hub.showing.config.knows("amiens.p01"))
    paths = ("settings", "series?from=0&to=1", "frames?from=0&to=1", "whatif", "learned")
    for path in (*(f"api/printers/amiens.p01/{path}" for path in paths), "printers", "frame/amiens.p01/1.000.jpg"):
        assert 404 == requests.get(f"{region.hub.url}{path}", timeout=40).status_code
    text = requests.get(f"{region.hub.url}printer/amiens.p01", timeout=40).text
    assert "on the wall of Amiens" in text
    assert 'href="/printers"' not in text
