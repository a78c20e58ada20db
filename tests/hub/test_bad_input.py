"""What goes wrong in a region is told with what to do, and nothing of any site's history is lost by it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.clock import SystemClock
from monitor.history import Change, HistoryReader
from monitor.peers.line import LineKind
from monitor.records import Event, IncidentStatus, State
from tests.brokers import Mosquitto, free_port
from tests.hub.regions import Region, an_incident, what_happened
from tests.hub.told_site import ToldSite
from tests.stacks.processes import Program
from tests.support import wait_until
from tests.system.running import READY_WITHIN_S, VIGIE
from tests.system.small_disk import small_disk


def told(site: ToldSite, count: int = 40, peer: str = "") -> Sequence[Event]:
    """Write an incident with what happened in it; return that as the hub is to have it."""
    incident = an_incident(site)
    events = what_happened(incident, count)
    site.writes(Change(incident=incident, events=events))
    site.tells("p01", State.PAUSED, incident=incident.id, incident_status=IncidentStatus.PAUSED)
    site.pulse()
    return [replace(event, printer=f"{peer or site.peer}.p01") for event in events]


def has(reader: HistoryReader, site: ToldSite, events: Sequence[Event]) -> bool:
    """Wait until a history has exactly this of what happened, in order; the site lives on meanwhile."""

    def does() -> bool:
        site.pulse()
        return len(reader.events(events[0].incident or "")) >= len(events)

    return wait_until(does, every_s=0.5) and list(events) == list(reader.events(events[0].incident or ""))


class Wall:
    """``vigie wall --hub`` as a process, with its database in a folder."""

    def __init__(self, broker: Mosquitto, folder: Path, database: Path) -> None:
        self._url = f"http://127.0.0.1:{(port := free_port())}"
        file = folder / "hub.yaml"
        content = {
            "mqtt": {"host": "127.0.0.1", "port": broker.endpoint.port},
            "storage": {"path": str(database)},
            "wall": {"port": port, "access": "open"},
            "sites": [{"peer": "amiens"}],
        }
        file.write_text(json.dumps(content))
        self.program = Program([VIGIE, "wall", "--hub", file], folder / "hub.log", cwd=folder)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.program.start()
        self.program.wait_ready(lambda: bool(self.get("health")), READY_WITHIN_S)

    def get(self, path: str) -> Any:
        """Return what it answers; None while nobody answers."""
        try:
            return requests.get(f"{self._url}/{path}", timeout=5).json()
        except requests.RequestException:
            return None

    def problem(self) -> str:
        """Return what is wrong with its storage."""
        return str(self.get("health")["storage_problem"])

    def alarms(self) -> list[str]:
        """Return who has an open incident."""
        return [printer["id"] for printer in self.get("api/printers")["printers"] if printer["incident"]]


@pytest.fixture
def amiens(mosquitto_broker: Mosquitto, tmp_path: Path) -> Iterator[ToldSite]:
    """A site that has told its farm."""
    site = ToldSite(mosquitto_broker.endpoint, tmp_path, SystemClock())
    site.start()
    site.tells_farm()
    yield site
    site.stop()


def test_a_hub_on_a_full_disk_says_so_shows_the_alarm_and_has_everything_once_there_is_room(
    amiens: ToldSite, mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """The process runs on, and nobody starts it again."""
    with small_disk(tmp_path / "disk") as disk:
        database = disk.folder / "hub.db"
        hub = Wall(mosquitto_broker, tmp_path, database)
        hub.start()
        try:
            disk.fill(hub.program.process)
            events = told(amiens, 200)
            assert wait_until(lambda: hub.alarms() == ["amiens.p01"])
            assert wait_until(lambda: bool(hub.problem()))
            assert all(word in hub.problem() for word in (str(database), "free space"))
            disk.free(hub.program.process)
            assert has(HistoryReader(database), amiens, events), hub.program.said()
            assert wait_until(lambda: hub.problem() == "")
            assert "Traceback" not in hub.program.said()
        finally:
            hub.program.stop()


def test_what_a_newer_site_has_written_waits_there_until_the_hub_can_read_it(region: Region) -> None:
    """The site is live meanwhile, and its alarm is shown."""
    site = region.add()
    assert region.is_in(LineKind.CONNECTED)
    site.schema = 2
    events = told(site)
    wanted = "its history has entries of a newer version, which wait there: "
    assert wait_until(lambda: any(wanted in text and "update Vigie here" in text for text in region.line().problems))
    assert wait_until(lambda: State.PAUSED is region.hub.showing.board.view("amiens.p01").state)
    assert [] == list(region.hub.history.reader.events(events[0].incident or ""))
    site.schema = 1  # as when the hub has learned to read it
    assert has(region.hub.history.reader, site, events)
    assert wait_until(lambda: region.line().problems == ())


def test_two_sites_of_one_name_are_told_and_each_has_its_own_history_once_they_have_names(
    region: Region, mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """A copied cameras.yaml. Nothing of the second one is taken for the first one's."""
    first = region.add()
    here = told(first)
    reader = region.hub.history.reader
    assert has(reader, first, here)
    (tmp_path / "copy").mkdir()
    second = ToldSite(mosquitto_broker.endpoint, tmp_path / "copy", SystemClock())
    second.instance = "second"
    second.start()
    there = told(second, peer="lens")
    for _ in range(2):
        first.pulse()
        second.pulse()
    assert region.is_in(LineKind.TWO_OF_ONE_NAME)
    assert "two monitors call themselves 'amiens': give each its own hub.peer in its cameras.yaml" == (
        region.line().line.detail
    )
    second.stop()
    (tmp_path / "copy" / "amiens.db").rename(tmp_path / "copy" / "lens.db")
    renamed = ToldSite(mosquitto_broker.endpoint, tmp_path / "copy", SystemClock(), "lens")
    renamed.start()
    try:
        renamed.tells_farm()
        assert has(reader, renamed, there)
        assert has(reader, first, here)
    finally:
        renamed.stop()


@pytest.mark.parametrize(("ahead_s", "said"), [(300.0, "300 s ahead of ours"), (-300.0, "300 s behind ours")])
def test_a_clock_that_is_five_minutes_off_is_told_reckoned_with_and_left_in_the_history(
    region: Region, ahead_s: float, said: str
) -> None:
    """Ages are of the hub's clock; what happened has the time that it has at its site."""
    site = region.add(clock_ahead_s=ahead_s)
    assert region.is_in(LineKind.CONNECTED)
    events = told(site)
    assert has(region.hub.history.reader, site, events)
    assert f"its clock is {said}: set both by NTP, and start the monitor again" == region.line().line.detail
    assert wait_until(lambda: State.PAUSED is region.hub.showing.board.view("amiens.p01").state)
    age_s = SystemClock().now() - region.hub.showing.board.view("amiens.p01").since
    assert 0 <= round(age_s) < 60
