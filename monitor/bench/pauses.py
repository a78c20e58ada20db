"""Runs the whole application on simulated printers that fail together, and measures how long a pause takes.

From a failure that was decided to the printer that was seen paused. The printer's own time, from the order that it
receives to its word that it stands still, is told by the printer and taken off: what is left is ours and the broker's.
"""

import contextlib
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.app import App
from monitor.bench.figures import quantile
from monitor.bench.processes import broker, module
from monitor.clock import SystemClock
from monitor.config import model as config
from monitor.errors import VigieError
from monitor.mqtt import Endpoint
from monitor.records import (
    FailureClass,
    Health,
    Incident,
    IncidentStatus,
    JobState,
    Observation,
    PersonCommand,
    PersonCommandKind,
)
from monitor.sim.load_cameras import make_pictures
from monitor.sim.load_printers import ORDERS, STATES, name_of

SETTLE_S = 3.0  # cameras connected, every printer reported on
ROUND_S = 30.0  # a round that takes longer has lost a pause
START_S = 10.0
SILENT_PORTS = 8  # servers that never answer, shared by the unreachable printers


@dataclass(frozen=True, slots=True)
class PauseFigures:
    """What one run measured; milliseconds of our own share, from the decision to seen paused."""

    printers: int
    unreachable: int
    failing_at_once: int
    pauses: int
    lost: int
    own_p50_ms: float
    own_p99_ms: float
    own_max_ms: float

    def as_json(self) -> dict[str, float]:
        """Return the figures by name, rounded."""
        return {
            "printers": self.printers,
            "unreachable": self.unreachable,
            "failing_at_once": self.failing_at_once,
            "pauses": self.pauses,
            "lost": self.lost,
            "own_p50_ms": round(self.own_p50_ms, 1),
            "own_p99_ms": round(self.own_p99_ms, 1),
            "own_max_ms": round(self.own_max_ms, 1),
        }


@dataclass(slots=True)
class _Watched:
    """When each printer was seen paused and seen going on; a listener of incidents."""

    paused_at: dict[str, float] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, incident: Incident) -> None:
        with self.changed:
            if incident.status is IncidentStatus.PAUSED:
                self.paused_at.setdefault(incident.printer, time.monotonic())
            elif incident.status is IncidentStatus.CLOSED:
                self.closed.add(incident.printer)
            self.changed.notify_all()


@dataclass(slots=True)
class _OwnTimes:
    """The printers' own seconds from an order to their word, as they tell them."""

    by_printer: dict[str, float] = field(default_factory=dict)

    def hear(self, pause: dict[str, Any]) -> None:
        self.by_printer[pause["printer"]] = pause["told_at"] - pause["ordered_at"]


def _printers_of(endpoint: Endpoint, count: int) -> list[str]:
    return ["--printers", str(count), "--host", endpoint.host, "--port", str(endpoint.port)]


def measure_pauses(printers: int, unreachable: int, failing: int, rounds: int) -> PauseFigures:
    """Let ``failing`` reachable printers fail at once, ``rounds`` times, beside cameras that are inspected.

    ``unreachable`` of the printers hang behind an address that accepts and never answers. Raises VigieError when a
    part does not start.
    """
    reachable, own = printers - unreachable, _OwnTimes()
    with (
        tempfile.TemporaryDirectory() as folder,
        broker(Path(folder)) as endpoint,
        _silence(unreachable) as silent_urls,
        module("monitor.sim.load_cameras", "--cameras", str(printers), "--frames-per-s", "2") as cameras_url,
        module("monitor.sim.load_printers", *_printers_of(endpoint, reachable), heard=own.hear),
    ):
        farm = _config(endpoint, cameras_url, reachable, silent_urls, Path(folder))
        watched, app = _Watched(), App(farm, SystemClock())
        app.start()
        try:
            app.incidents.listener = _both(app.incidents.listener, watched.hear)
            _wait_for_reports(app, reachable)
            (evidence,) = make_pictures(1)  # 720p: it is written and sent with the incident, and costs its share
            own_ms: list[float] = []
            for number in range(rounds):
                chosen = [name_of((number * failing + k) % reachable) for k in range(failing)]
                own_ms += _round(app, farm, chosen, evidence, watched, own.by_printer)
        finally:
            app.stop()
    own_ms.sort()
    lost = rounds * failing - len(own_ms)
    figures = (quantile(own_ms, 0.5), quantile(own_ms, 0.99), own_ms[-1] if own_ms else float("nan"))
    return PauseFigures(printers, unreachable, failing, len(own_ms), lost, *figures)


def _both(one: Callable[[Incident], None], other: Callable[[Incident], None]) -> Callable[[Incident], None]:
    def tell(incident: Incident) -> None:
        one(incident)
        other(incident)

    return tell


def _round(
    app: App,
    farm: config.Config,
    chosen: Sequence[str],
    evidence: bytes,
    watched: _Watched,
    own_times: dict[str, float],
) -> list[float]:
    """Decide a failure of each chosen printer, wait until all are seen paused, and let them go on."""
    watched.paused_at.clear()
    watched.closed.clear()
    own_times.clear()
    decided_at: dict[str, float] = {}
    for printer in chosen:
        now = time.time()
        seen = Observation(printer, now, Health.OK, 0.99, {FailureClass.SPAGHETTI: 0.99})
        decided_at[printer] = time.monotonic()
        app.incidents.failed(farm.printer(printer), seen, evidence, "", {}, now)
    with watched.changed:
        watched.changed.wait_for(lambda: set(chosen) <= watched.paused_at.keys(), ROUND_S)
    found = [
        1000 * (watched.paused_at[p] - decided_at[p] - own_times.get(p, 0.0)) for p in chosen if p in watched.paused_at
    ]
    for printer in chosen:
        app.act(PersonCommand(printer, PersonCommandKind.RESUME, "vigie bench", time.time()))
    with watched.changed:
        watched.changed.wait_for(lambda: set(chosen) <= watched.closed, ROUND_S)
    return found


def _wait_for_reports(app: App, reachable: int) -> None:
    deadline = time.monotonic() + START_S + SETTLE_S
    while time.monotonic() < deadline:
        views = app.board.snapshot().printers
        if sum(view.report is not None and view.report.state is JobState.PRINTING for view in views) >= reachable:
            time.sleep(SETTLE_S)
            return
        time.sleep(0.2)
    raise VigieError("the simulated printers were not reported on in time: is this machine very busy?")


@contextlib.contextmanager
def _silence(count: int) -> Iterator[list[str]]:
    """Listen and never answer: what a printer looks like whose controller hangs, the slowest kind of unreachable."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(min(count, SILENT_PORTS))]
        for silent in sockets:
            silent.bind(("127.0.0.1", 0))
            silent.listen(128)
        yield [f"http://127.0.0.1:{sockets[k % len(sockets)].getsockname()[1]}" for k in range(count)]


def _config(
    endpoint: Endpoint, cameras_url: str, reachable: int, silent_urls: list[str], folder: Path
) -> config.Config:
    obeying = config.MqttControl(
        type="mqtt",
        pause_topic=ORDERS,
        pause_payload="pause",
        resume_topic=ORDERS,
        resume_payload="resume",
        state_topic=STATES,
    )
    silent = [config.OctoPrintControl(type="octoprint", url=url, api_key="none") for url in silent_urls]
    controls: list[config.Control] = [*[obeying] * reachable, *silent]
    printers = tuple(
        config.Printer(
            id=name_of(number),
            name=f"Simulated {number}",
            site="bench",
            room="bench",
            camera=config.MjpegCamera(type="mjpeg", url=f"{cameras_url}/mjpeg/{number}"),
            control=control,
            settings=config.PrinterSettings(),
        )
        for number, control in enumerate(controls)
    )
    return config.Config(
        mqtt=config.Mqtt(host=endpoint.host, port=endpoint.port),
        wall=config.Wall(port=0, access="open"),
        storage=config.Storage(path=str(folder / "vigie.db")),
        sites=(config.Site(id="bench", name="Bench", rooms=(config.Room(id="bench", name="Bench"),)),),
        printers=printers,
    )
