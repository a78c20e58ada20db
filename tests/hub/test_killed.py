"""A hub that dies in the middle: of what it pulls nothing is lost and nothing is doubled."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.errors import StorageError
from monitor.history import Change, HistoryReader
from monitor.records import Event, EventKind
from tests.brokers import Mosquitto, free_port
from tests.hub.told_site import ToldSite
from tests.stacks.processes import Program
from tests.support import wait_until
from tests.system.running import VIGIE

EVENTS = 1_500
KILLS = 4


@pytest.fixture
def site(mosquitto_broker: Mosquitto, tmp_path: Path) -> Iterator[ToldSite]:
    """A site with a long history, which says every now and then that it lives."""
    site = ToldSite(mosquitto_broker.endpoint, tmp_path, SystemClock())
    site.start()
    site.tells_farm()
    yield site
    site.stop()


def test_a_hub_that_is_killed_again_and_again_has_all_of_it_once(
    site: ToldSite, mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Compared event by event: id, time, kind and order."""
    began = site.now() - EVENTS
    told = [
        Event(f"{number:06d}", "amiens", "p01", began + number, EventKind.SUSPECTED, None, f"the {number}th")
        for number in range(EVENTS)
    ]
    for begin in range(0, EVENTS, 500):
        site.writes(Change(events=tuple(told[begin : begin + 500])))
    file, database = tmp_path / "hub.yaml", tmp_path / "hub.db"
    content = {
        "mqtt": {"host": "127.0.0.1", "port": mosquitto_broker.endpoint.port},
        "storage": {"path": str(database)},
        "wall": {"port": free_port(), "access": "open"},
        "sites": [{"peer": "amiens"}],
    }
    file.write_text(json.dumps(content))
    chance = random.Random(7)  # noqa: S311  # nothing secret
    reader = HistoryReader(database)

    def count() -> int:
        site.pulse()
        try:
            return len(reader.happenings("amiens.p01", 0.0, 1e10))
        except StorageError:
            return 0  # it has only just been begun

    seen = 0
    for _ in range(KILLS):
        hub = Program([VIGIE, "wall", "--hub", file], tmp_path / "hub.log", cwd=tmp_path)
        hub.start()
        try:
            wanted = seen + chance.randrange(20, 200)
            assert wait_until(lambda wanted=wanted: count() > wanted, every_s=0.05), hub.said()  # type: ignore[misc]
        finally:
            hub.kill()
        assert count() >= seen
        seen = count()
    assert seen < EVENTS, "it was killed in the middle"
    hub = Program([VIGIE, "wall", "--hub", file], tmp_path / "hub.log", cwd=tmp_path)
    hub.start()
    try:
        assert wait_until(lambda: count() == EVENTS, every_s=0.2), hub.said()
    finally:
        hub.stop()
    here = reader.happenings("amiens.p01", 0.0, 1e10)
    assert [(event.id, event.at, event.detail) for event in told] == [(e.id, e.at, e.detail) for e in here]
    assert "Traceback" not in hub.said()
