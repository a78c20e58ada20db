"""The main job on real input: real frames over MJPEG, the whole ``vigie run``, and printers asked themselves."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.brokers import Mosquitto, free_port
from tests.stacks.cameras import RecordedPrint, recorded_prints, serve
from tests.stacks.install import KlipperInstall, OctoPrintInstall
from tests.stacks.klipper import KlipperPrinter
from tests.stacks.octoprint import PAUSE_KEY, OctoPrintServer
from tests.stacks.processes import Program, running
from tests.support import require_real_images, wait_until

pytestmark = pytest.mark.stacks

AnyPrinter = OctoPrintServer | KlipperPrinter

SEEN_PAUSED_WITHIN_S = 60.0
OUTAGE_S = 30.0
QUIET_S = 6.0  # how long we look whether nothing happens


class Farm:
    """A running ``vigie run`` and what its cameras see."""

    def __init__(self, vigie: Program, wall: str, prints: dict[str, RecordedPrint]) -> None:
        self.vigie = vigie
        self.prints = prints
        self._wall = wall

    def states(self) -> dict[str, str]:
        """Return what the wall says, by printer."""
        try:
            body = requests.get(f"{self._wall}/api/printers", timeout=5).json()
        except requests.RequestException:
            return {}
        return {printer["id"]: printer["state"] for printer in body["printers"]}


@pytest.fixture
def second_octoprint(octoprint_install: OctoPrintInstall, tmp_path: Path) -> Iterator[OctoPrintServer]:
    """Yield another OctoPrint, with a job running."""
    server = OctoPrintServer(octoprint_install, tmp_path / "octoprint-2")
    with running(server):
        server.print_forever()
        yield server


@pytest.fixture
def mortal_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Yield a broker of the test's own, to be killed."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@contextmanager
def watched(
    broker: Mosquitto, folder: Path, printing: Mapping[str, AnyPrinter], *, guard: bool = True
) -> Iterator[Farm]:
    """Run a farm of printers that print, until they are seen to be watched; ``guard``: the fleet's."""
    prints = recorded_prints(require_real_images() / "train", printing)
    cameras = serve(prints)
    cameras.start()
    wall_port = free_port()
    printers = [{"id": name, "camera": cameras.url(name), "control": control(printing[name])} for name in printing]
    config = {
        "mqtt": {"host": "127.0.0.1", "port": broker.endpoint.port},
        "wall": {"port": wall_port, "access": "open"},
        "storage": {"path": str(folder / "vigie.db")},
        "fleet": {"guard": guard},
        "sites": [{"id": "site", "rooms": [{"id": "room", "printers": printers}]}],
    }
    try:
        with vigie_run(config, folder) as vigie:
            farm = Farm(vigie, f"http://127.0.0.1:{wall_port}", prints)
            everybody = dict.fromkeys(printing, "watching")
            assert wait_until(lambda: farm.states() == everybody, 40, every_s=0.2), (farm.states(), vigie.said())
            yield farm
    finally:
        cameras.stop()


def control(printer: AnyPrinter) -> dict[str, str]:
    """Return what cameras.yaml says of a printer."""
    if isinstance(printer, KlipperPrinter):
        return {"type": "moonraker", "instance": printer.instance}
    return {"type": "octoprint", "url": printer.url, "api_key": PAUSE_KEY}


@contextmanager
def vigie_run(config: dict[str, object], folder: Path) -> Iterator[Program]:
    """Run the whole monitor as a process on its own."""
    file = folder / "cameras.yaml"
    file.write_text(json.dumps(config))  # YAML contains JSON
    vigie = Program([sys.executable, "-m", "monitor", "run", file], folder / "vigie.out", cwd=folder)
    vigie.start()
    try:
        yield vigie
    finally:
        vigie.stop()


def test_failing_prints_are_paused_and_the_healthy_one_prints_on(
    printing_octoprint: OctoPrintServer,
    printing_klipper: KlipperPrinter,
    second_octoprint: OctoPrintServer,
    farm_broker: Mosquitto,
    tmp_path: Path,
) -> None:
    """Two of three cameras begin to show spaghetti: both printers say that they are paused, and the wall says it too.

    Then the whole monitor ends in order when it is told to.
    """
    printing: dict[str, AnyPrinter] = {
        "octo": printing_octoprint,
        "klip": printing_klipper,
        "healthy": second_octoprint,
    }
    with watched(farm_broker, tmp_path, printing) as farm:
        farm.prints["octo"].fails.set()
        farm.prints["klip"].fails.set()
        assert wait_until(
            lambda: printing_octoprint.state() == "Paused" and printing_klipper.state() == "paused",
            SEEN_PAUSED_WITHIN_S,
            every_s=0.2,
        ), farm.vigie.said()
        paused = {"octo": "paused", "klip": "paused", "healthy": "watching"}
        assert wait_until(lambda: farm.states() == paused, every_s=0.2), farm.states()
        assert ("Printing", 0) == (second_octoprint.state(), second_octoprint.pauses())

        farm.vigie.process.send_signal(signal.SIGINT)
        assert wait_until(lambda: not farm.vigie.is_running), "it does not end"
        assert (0, False) == (farm.vigie.exit_status, "Traceback" in farm.vigie.said())


def test_a_pause_survives_a_broker_that_is_away_and_arrives_once(
    klipper_install: KlipperInstall, second_octoprint: OctoPrintServer, mortal_broker: Mosquitto, tmp_path: Path
) -> None:
    """The broker is killed while two failures are being decided, and comes back half a minute later."""
    klipper = KlipperPrinter(klipper_install, tmp_path / "klipper", mortal_broker.endpoint.port, "k2")
    with running(klipper):
        klipper.print_forever()
        both_printers: dict[str, AnyPrinter] = {"octo": second_octoprint, "klip": klipper}
        # all that there are fail at once, each by itself: a guard would hold them
        with watched(mortal_broker, tmp_path, both_printers, guard=False) as farm:
            for seen in farm.prints.values():
                seen.fails.set()
            both = {"octo": "suspect", "klip": "suspect"}
            assert wait_until(lambda: farm.states() == both, 30, every_s=0.1), farm.vigie.said()
            mortal_broker.kill()
            pauses = second_octoprint.pauses
            assert not wait_until(lambda: pauses() > 0 or klipper.state() != "printing", OUTAGE_S, every_s=0.5)
            mortal_broker.start()
            assert wait_until(
                lambda: second_octoprint.state() == "Paused" and klipper.state() == "paused",
                SEEN_PAUSED_WITHIN_S,
                every_s=0.2,
            ), farm.vigie.said()
            both = {"octo": "paused", "klip": "paused"}
            assert wait_until(lambda: farm.states() == both, every_s=0.2), farm.states()
            assert not wait_until(lambda: pauses() != 1 or klipper.state() != "paused", QUIET_S, every_s=0.5)
