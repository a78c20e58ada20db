"""What another node tells, over a real broker, as a test says it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.board import Board
from monitor.clock import SystemClock
from monitor.config.live import LiveConfig
from monitor.history import Change, History
from monitor.mqtt import Link
from monitor.neighbours import Neighbours
from monitor.records import IncidentStatus, State
from monitor.tiles import Tiles
from tests.brokers import Mosquitto, mosquitto_broker
from tests.farms import a_farm, a_printer
from tests.hub.regions import an_incident
from tests.hub.told_site import ToldSite
from tests.support import wait_until

__all__ = ["mosquitto_broker"]


@dataclass
class Told:
    """Our board, and the node north that has both printers."""

    board: Board
    neighbours: Neighbours
    north: ToldSite


@pytest.fixture
def told(mosquitto_broker: Mosquitto, tmp_path: Path) -> Iterator[Told]:
    """We are south, and watch nothing."""
    clock = SystemClock()
    farm = a_farm(a_printer("p01"), a_printer("p02"))
    board, history = Board(farm, 0.5, clock.now()), History(tmp_path / "south.db")
    history.start()
    link = Link(mosquitto_broker.endpoint, "south-neighbours")
    neighbours = Neighbours(
        "south",
        "vigie",
        link,
        board,
        Tiles(board, LiveConfig(farm), clock),
        history,
        lambda: {"p01": "north", "p02": "north"},
        set[str]().__contains__,
        clock,
    )
    north = ToldSite(mosquitto_broker.endpoint, tmp_path, clock, "north")
    neighbours.start()
    assert link.wait_connected(40.0)
    north.start()
    yield Told(board, neighbours, north)
    north.stop()
    neighbours.stop()
    history.stop()


def test_an_alarm_whose_incident_comes_after_its_state_is_shown_with_it(told: Told) -> None:
    """The state is told at once, the incident is read out of the node's history: nothing more need be told."""
    north = told.north
    north.pulse()
    incident = an_incident(north)
    assert wait_until(lambda: "views" in list(north.asked.queue))
    north.tells("p01", State.PAUSED, incident=incident.id, incident_status=IncidentStatus.PAUSED)
    assert wait_until(lambda: State.PAUSED is told.board.view("p01").state)
    assert told.board.view("p01").incident is None
    north.writes(Change(incident=incident))
    north.pulse()
    assert wait_until(lambda: told.board.view("p01").incident is not None)
    shown = told.board.view("p01").incident
    assert shown is not None
    assert (incident.id, IncidentStatus.PAUSED) == (shown.id, shown.status)


def test_what_is_not_of_the_contract_is_counted(told: Told) -> None:
    """And what nobody here waits for is another node's."""
    north = told.north
    north.pulse()
    assert wait_until(lambda: "views" in list(north.asked.queue))
    north.say("vigie-peers/north/what", b"")
    north.say(north.topics.views, b"no json")
    north.say(north.topics.evidence("another"), b"\xff\xd8 asked for by a third")
    north.pulse(peer="east")
    north.tells("p02")
    assert wait_until(lambda: told.board.view("p02").is_known and State.WATCHING is told.board.view("p02").state)
    assert {"not of the contract": 1, "bad payload": 2} == dict(told.neighbours.ignored)
