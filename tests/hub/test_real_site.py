"""The whole way: a site's monitor, its broker, a bridge, the hub's broker, the hub; and the line between them cut."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.brokers import Mosquitto, free_port
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until
from tests.system.running import FAILING_PRINT, READY_WITHIN_S, VIGIE, RunningVigie, farm, running_vigie, simulated

CUT_OFF_WITHIN_S = 30.0  # promised: a site that is cut off is shown as that

Json = dict[str, Any]


class Hub:
    """``vigie wall --hub`` as a process."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.port = free_port()
        self._file = folder / "hub.yaml"
        content = {
            "mqtt": {"host": "127.0.0.1", "port": broker.endpoint.port},
            "storage": {"path": "hub.db"},
            "wall": {"port": self.port, "access": "open"},
            "sites": [{"peer": "amiens", "name": "Amiens"}],
        }
        self._file.write_text(json.dumps(content))
        self.program = Program([VIGIE, "wall", "--hub", self._file], folder / "hub.log", cwd=folder)

    def start(self) -> None:
        """Start it, and wait until its wall answers."""
        self.program.start()
        self.program.wait_ready(self._answers, READY_WITHIN_S)

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def get(self, path: str) -> requests.Response:
        """Return what the wall answers."""
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_S)

    def line(self) -> Json:
        """Return how the line is."""
        found: Json = self.get("/health").json()["region"][0]
        return found

    def printers(self) -> dict[str, Json]:
        """Return the printers by id."""
        return {printer["id"]: printer for printer in self.get("/api/printers").json()["printers"]}

    def act(self, printer: str, kind: str) -> requests.Response:
        """Ask for something."""
        url = f"http://127.0.0.1:{self.port}/api/printers/{printer}/commands"
        return requests.post(url, json={"kind": kind, "by": "Marie"}, timeout=PATIENCE_S)


@dataclass
class Region:
    """A site and a hub, and the bridge between their brokers."""

    site: RunningVigie
    hub: Hub
    bridge: Mosquitto


def _bridge(folder: Path, site: Mosquitto, hub: Mosquitto) -> Mosquitto:
    """Return a broker that does nothing but pass on between two others: when it dies, the line is cut."""
    folder.mkdir()
    ends = (("site", site, "in", "out"), ("hub", hub, "out", "in"))
    lines = ["allow_anonymous true"]
    for name, broker, told, asked in ends:
        lines += [
            f"connection {name}",
            f"address 127.0.0.1:{broker.endpoint.port}",
            "cleansession true",
            "notifications false",
            "restart_timeout 1",
            f"topic vigie-peers/amiens/# {told} 1",
            f"topic vigie-asks/amiens/# {asked} 1",
        ]
    return Mosquitto(folder, "\n".join(lines))


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    """A site of two simulated printers, one of which fails after a while, and a hub that hears it."""
    brokers = {}
    for name in ("site-broker", "hub-broker"):
        (tmp_path / name).mkdir()
        brokers[name] = Mosquitto(tmp_path / name)
        brokers[name].start()
    bridge = _bridge(tmp_path / "bridge", brokers["site-broker"], brokers["hub-broker"])
    bridge.start()
    config = farm(
        [simulated("p01", FAILING_PRINT), simulated("p02")],
        mqtt={"host": "127.0.0.1", "port": brokers["site-broker"].endpoint.port},
        simulation={"first_failure_after_s": 45, "failure_every_s": 1, "print_lasts_s": 3600},
        hub={},
    )
    config["sites"][0]["id"] = "amiens"
    hub = Hub(tmp_path, brokers["hub-broker"])
    (tmp_path / "site").mkdir()
    try:
        hub.start()
        with running_vigie(config, tmp_path / "site") as site:
            yield Region(site, hub, bridge)
    finally:
        hub.program.stop()
        for broker in (bridge, *brokers.values()):
            broker.stop()


def _events(answer: Json) -> dict[str, list[tuple[str, ...]]]:
    """Return what happened in each incident, in order."""
    return {
        incident["id"]: [(e["id"], e["kind"], f"{e['at']:.6f}", e["detail"]) for e in incident["events"]]
        for incident in answer["incidents"]
    }


def _same(region: Region) -> bool:
    there = _events(region.site.get("/api/incidents?limit=500"))
    return bool(there) and there == _events(region.hub.get("/api/incidents?limit=500").json())


def test_a_site_goes_on_alone_and_the_hub_has_all_of_it_afterwards_once(region: Region) -> None:
    """The print fails while the line is cut: it is paused at the site; the hub shows the site as cut off, and old."""
    hub, site = region.hub, region.site
    assert wait_until(lambda: hub.line()["line"] == "connected", every_s=0.2)
    assert wait_until(lambda: {p["is_known"] for p in hub.printers().values()} == {True}, every_s=0.2)
    assert {"amiens.p01", "amiens.p02"} == set(hub.printers())
    region.bridge.kill()
    assert wait_until(lambda: hub.line()["line"] == "cut-off", CUT_OFF_WITHIN_S, every_s=0.2)
    assert hub.line()["heard_at"] is not None
    refused = hub.act("amiens.p01", "pause")
    assert (504, "cut-off") == (refused.status_code, refused.json()["error"]["reason"])
    assert site.sees(lambda printers: printers["p01"]["state"] == "paused", timeout_s=READY_WITHIN_S)
    assert "paused" != hub.printers()["amiens.p01"]["state"], "nobody has told it"
    region.bridge.start()
    assert wait_until(lambda: hub.printers()["amiens.p01"]["state"] == "paused", every_s=0.2)
    assert wait_until(lambda: hub.line()["line"] == "connected", every_s=0.2)
    assert wait_until(lambda: _same(region), every_s=0.5)
    incident = hub.printers()["amiens.p01"]["incident"]["id"]
    assert wait_until(lambda: hub.get(f"/evidence/{incident}.jpg").ok, every_s=0.5)
    for path in ("/history", f"/incident/{incident}", "/report", "/printer/amiens.p01", "/tile/amiens.p01.jpg"):
        assert wait_until(lambda path=path: hub.get(path).ok, every_s=0.5), path  # type: ignore[misc]
    taken = hub.act("amiens.p01", "acknowledge")
    assert (202, "taken") == (taken.status_code, taken.json()["reception"])
    assert "Marie" == site.printers()["p01"]["incident"]["acknowledged_by"]
    assert wait_until(lambda: hub.printers()["amiens.p01"]["incident"]["acknowledged_by"] == "Marie", every_s=0.2)
    assert wait_until(lambda: _same(region), every_s=0.5)
