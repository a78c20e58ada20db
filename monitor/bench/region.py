"""What a site's line to the hub carries: at rest, with one incident, and when every fifth print fails at once.

The whole monitor runs on simulated cameras, with its mosquitto, its bridge over TLS, and a hub that asks for pages and
pictures. Bytes are counted on the line, by a relay between the two brokers.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from monitor.app import App
from monitor.bench.bridged import Bridged, BridgedSite
from monitor.bench.processes import free_port, module
from monitor.bench.relay import Carried, Relay
from monitor.clock import SystemClock
from monitor.config import model as config
from monitor.config.hub import LineBroker
from monitor.errors import VigieError
from monitor.mqtt import Endpoint
from monitor.records import FailureClass, Health, Observation
from monitor.sim.load_cameras import make_pictures
from monitor.sim.load_printers import ORDERS, STATES, name_of

PEER = "bench"
INSPECT_EVERY_S = 5.0  # what is told does not depend on it: scores go every 30 s
SETTLE_S = 20.0  # the first views of all, the first pages
READY_S = 180.0
INCIDENT_S = 45.0  # pages, picture, tiles of the one that fails, and what follows the pause
WINDOW_S = 5  # over which the peak is taken
AROUND_A_PIECE = 80  # bytes of TCP and IP around what was written at once, and around its acknowledgement


@dataclass(frozen=True, slots=True)
class Span:
    """What was carried in some seconds; a sample each second."""

    samples: tuple[Carried, ...]

    @property
    def seconds(self) -> int:
        """How long."""
        return len(self.samples) - 1

    @property
    def total(self) -> Carried:
        """What was carried in all."""
        return self.samples[-1] - self.samples[0]

    @property
    def up_kbit_s(self) -> float:
        """Towards the hub, with TLS, TCP and IP."""
        return kbit(self.total.up_bytes, self.total.up_chunks) / self.seconds

    @property
    def down_kbit_s(self) -> float:
        """From the hub."""
        return kbit(self.total.down_bytes, self.total.down_chunks) / self.seconds

    @property
    def peak_kbit_s(self) -> float:
        """Towards the hub, in the busiest WINDOW_S seconds."""
        pairs = zip(self.samples, self.samples[WINDOW_S:], strict=False)
        found = [late - early for early, late in pairs]
        return max((kbit(one.up_bytes, one.up_chunks) / WINDOW_S for one in found), default=self.up_kbit_s)


def kbit(size_bytes: int, pieces: int) -> float:
    """Return kilobits, with what TCP and IP put around each piece."""
    return (size_bytes + AROUND_A_PIECE * pieces) * 8 / 1000


@dataclass(frozen=True, slots=True)
class SiteTraffic:
    """What the line of a site with so many printers carries."""

    printers: int
    rest: Span
    incident: Span
    storm: Span
    failing: int  # of the storm

    def as_json(self) -> dict[str, float]:
        """Return the figures by name, rounded; kbit/s with TLS, TCP and IP."""
        more = self.incident.up_kbit_s - self.rest.up_kbit_s
        return {
            "printers": self.printers,
            "rest_up_kbit_s": round(self.rest.up_kbit_s, 2),
            "rest_down_kbit_s": round(self.rest.down_kbit_s, 2),
            "rest_peak_kbit_s": round(self.rest.peak_kbit_s, 1),
            "incident_kbytes": round(more * self.incident.seconds / 8, 1),
            "incident_peak_kbit_s": round(self.incident.peak_kbit_s, 1),
            "failing_at_once": self.failing,
            "failing_up_kbit_s": round(self.storm.up_kbit_s, 1),
            "failing_peak_kbit_s": round(self.storm.peak_kbit_s, 1),
        }


def measure_site(printers: int, seconds: int) -> SiteTraffic:
    """Run a site of simulated printers and its hub. Raises VigieError when a part does not start.

    ``seconds`` at rest; where that is little, the rest is shortened, too.
    """
    after_s = min(INCIDENT_S, 2.0 * seconds)
    with tempfile.TemporaryDirectory() as name, Bridged(Path(name) / "brokers", [PEER]) as brokers:
        folder, site = Path(name), brokers.sites[PEER]
        count = ("--printers", str(printers), "--host", "127.0.0.1", "--port", str(site.own.endpoint.port))
        with (
            module("monitor.sim.load_cameras", "--cameras", str(printers)) as cameras_url,
            module("monitor.sim.load_printers", *count),
            _hub(folder, brokers.hub.endpoint) as hub_url,
        ):
            app = App(_farm(site, cameras_url, printers, folder), SystemClock())
            app.start()
            try:
                _wait_until_known(hub_url, printers)
                _span(site.line, min(SETTLE_S, seconds))
                rest = _span(site.line, seconds)
                fail(app, [name_of(0)])
                incident = _span(site.line, after_s)
                failing = [name_of(number) for number in range(1, printers)][: max(1, printers // 5)]
                fail(app, failing)
                return SiteTraffic(printers, rest, incident, _span(site.line, after_s), len(failing))
            finally:
                app.stop()


def fail(app: App, printers: Sequence[str]) -> None:
    """Decide that these prints have failed, each with a picture."""
    (evidence,) = make_pictures(1)
    for name in printers:
        now = time.time()
        seen = Observation(name, now, Health.OK, 0.99, {FailureClass.SPAGHETTI: 0.99})
        app.incidents.failed(app.config.current.printer(name), seen, evidence, "", {}, now)


def _span(line: Relay, seconds: float) -> Span:
    began, samples = time.monotonic(), [line.carried()]
    for number in range(1, int(seconds) + 1):
        time.sleep(max(0.0, began + number - time.monotonic()))
        samples.append(line.carried())
    return Span(tuple(samples))


@contextmanager
def _hub(folder: Path, endpoint: Endpoint) -> Iterator[str]:
    port = free_port()
    mqtt = {"host": endpoint.host, "port": endpoint.port, "username": endpoint.username, "password": endpoint.password}
    content = {
        "mqtt": mqtt,
        "storage": {"path": "hub.db"},
        "wall": {"port": port, "access": "open"},
        "sites": [{"peer": PEER}],
    }
    file = folder / "hub.yaml"
    file.touch(0o600)
    file.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "monitor", "wall", "--hub", str(file)]
    with (
        (folder / "hub.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process,  # noqa: S603  # ourselves
    ):
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_until_known(hub_url: str, printers: int) -> None:
    deadline, found = time.monotonic() + READY_S, 0
    while time.monotonic() < deadline:
        try:
            answer = requests.get(f"{hub_url}/api/printers", timeout=5).json()["printers"]
            found = sum(one["is_known"] and one["state"] == "watching" for one in answer)
        except (requests.RequestException, ValueError, KeyError):
            found = 0
        if found == printers:
            return
        time.sleep(1.0)
    raise VigieError(f"the hub knows {found} of {printers} printers after {READY_S:.0f} s: is this machine very busy?")


def _farm(site: BridgedSite, cameras_url: str, count: int, folder: Path) -> config.Config:
    control = config.MqttControl(
        type="mqtt",
        pause_topic=ORDERS,
        pause_payload="pause",
        resume_topic=ORDERS,
        resume_payload="resume",
        state_topic=STATES,
    )
    printers = tuple(
        config.Printer(
            id=name_of(number),
            name=f"Simulated {number}",
            site=PEER,
            room="hall",
            camera=config.SnapshotCamera(
                type="snapshot", url=f"{cameras_url}/snapshot/{number}", every_s=INSPECT_EVERY_S
            ),
            control=control,
            settings=config.PrinterSettings(inspect_every_s=INSPECT_EVERY_S),
        )
        for number in range(count)
    )
    own, line = site.own.endpoint, site.broker.endpoint
    told_by = LineBroker(port=line.port, username=line.username, password=line.password)
    return config.Config(
        mqtt=config.Mqtt(host=own.host, port=own.port),
        wall=config.Wall(port=0, access="open"),
        hub=config.Hub(mqtt=told_by),
        storage=config.Storage(path=str(folder / "vigie.db"), frames_gb=0.0),
        fleet=config.Fleet(guard=False),
        sites=(config.Site(id=PEER, name="Bench", rooms=(config.Room(id="hall", name="Hall"),)),),
        printers=printers,
    )
