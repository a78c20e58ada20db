"""The main job with Bambu Lab printers (simulated, tests/bambu): the whole ``vigie run``, their cameras, real frames.

One printer has Developer Mode, one has not. Both begin to show spaghetti.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.bambu.camera import SimulatedBambuCamera
from tests.bambu.printer import SimulatedBambu
from tests.brokers import Mosquitto, free_port
from tests.stacks.cameras import FRAMES_PER_S, RecordedPrint, recorded_prints
from tests.stacks.processes import Program
from tests.stacks.test_main_job import vigie_run
from tests.support import require_real_images, wait_until

OPEN, LOCKED = "open", "locked"
SEEN_WITHIN_S = 60.0


@dataclass(frozen=True)
class Station:
    """One printer with its camera, and what the camera sees."""

    printer: SimulatedBambu
    camera: SimulatedBambuCamera
    seen: RecordedPrint

    def section(self, name: str) -> dict[str, Any]:
        """Return what cameras.yaml says of it."""
        shared = {"type": "bambu", "host": "127.0.0.1", "access_code": self.printer.access_code}
        return {
            "id": name,
            "camera": {**shared, "port": self.camera.port},
            "control": {**shared, "port": self.printer.port, "serial": self.printer.serial},
        }


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[dict[str, Station]]:
    """Yield two printers that print: one obeys, one wants signed commands. Their serials differ, as real ones do."""
    prints = recorded_prints(require_real_images() / "train", (OPEN, LOCKED))
    with ExitStack() as running:
        found: dict[str, Station] = {}
        for name, seen in prints.items():
            printer = SimulatedBambu(tmp_path / name, locked=name == LOCKED, serial=f"01P00A00000000{len(found)}")
            printer.start()
            running.callback(printer.stop)
            printer.print_something()
            camera = SimulatedBambuCamera(
                printer.certificate, printer.access_code, seen.picture, every_s=1 / FRAMES_PER_S
            )
            camera.start()
            running.callback(camera.stop)
            found[name] = Station(printer, camera, seen)
        yield found


def on_the_wall(port: int) -> Mapping[str, Mapping[str, Any]]:
    """Return what the wall says of each printer; nothing while it does not answer."""
    try:
        body = requests.get(f"http://127.0.0.1:{port}/api/printers", timeout=5).json()
    except requests.RequestException:
        return {}
    return {printer["id"]: printer for printer in body["printers"]}


def states(port: int) -> dict[str, str]:
    """Return the wall's states by printer."""
    return {name: str(printer["state"]) for name, printer in on_the_wall(port).items()}


def test_the_open_one_is_paused_and_the_locked_one_was_known_and_is_an_alarm(
    stations: dict[str, Station], farm_broker: Mosquitto, tmp_path: Path
) -> None:
    """The open printer says that it stands still, once; of the locked one the wall said before that it cannot.

    When that one fails as well, the wall says so and goes on saying it: it prints on.
    """
    port = free_port()
    with vigie_run(farm(stations, farm_broker, port), tmp_path) as vigie:
        assert wait_until(lambda: states(port) == {OPEN: "watching", LOCKED: "watching"}, 60, every_s=0.2), said(
            vigie, port
        )
        assert wait_until(lambda: "cannot-pause" in on_the_wall(port)[LOCKED]["warnings"], 30, every_s=0.2), said(
            vigie, port
        )
        assert "Developer Mode" in on_the_wall(port)[LOCKED]["printer_detail"]
        assert "cannot-pause" not in on_the_wall(port)[OPEN]["warnings"]
        for station in stations.values():
            station.seen.fails.set()
        opened, locked = stations[OPEN].printer, stations[LOCKED].printer
        assert wait_until(lambda: opened.state == "PAUSE", SEEN_WITHIN_S, every_s=0.2), said(vigie, port)
        assert wait_until(lambda: states(port) == {OPEN: "paused", LOCKED: "pause-failed"}, 30, every_s=0.2), said(
            vigie, port
        )
        incident = on_the_wall(port)[LOCKED]["incident"]
        assert "Developer Mode" in str(incident)
        assert (1, 0, "RUNNING") == (opened.pauses, locked.pauses, locked.state)
        assert (1, 1) == (stations[OPEN].camera.viewers, stations[LOCKED].camera.viewers)
        assert "Traceback" not in vigie.said()
        assert opened.access_code not in vigie.said()


def farm(stations: Mapping[str, Station], broker: Mosquitto, wall_port: int) -> dict[str, object]:
    """Return the farm's cameras.yaml; its certificates are trusted at first use."""
    printers = [station.section(name) for name, station in stations.items()]
    return {
        "mqtt": {"host": "127.0.0.1", "port": broker.endpoint.port},
        "wall": {"port": wall_port, "access": "open"},
        "storage": {"path": "vigie.db"},
        "fleet": {"guard": False},  # all printers fail at once here, and each is its own
        "sites": [{"id": "site", "rooms": [{"id": "room", "printers": printers}]}],
    }


def said(vigie: Program, port: int) -> tuple[object, str]:
    """Return what the wall and the log say, for a failed assertion."""
    return states(port), vigie.said()
