"""One step of the ladder: the whole monitor on N simulated cameras, in this process; what it did, and what it cost."""

import argparse
import json
import logging
import os
import random
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from monitor.app import App
from monitor.bench.processes import broker, free_port, module
from monitor.bench.stages import StageClock
from monitor.clock import SystemClock
from monitor.config import model as config
from monitor.malloc import limit_arenas
from monitor.mqtt import Endpoint
from monitor.sim.load_agent import SITE
from monitor.sim.load_cameras import MIX, PLAIN, Kind, can_fail, kind_of
from monitor.sim.load_printers import name_of

WARM_UP_S = 10.0  # connecting, first frames, first batches: not measured
FAIL_AFTER_S = 10.0
FAILURES_LAST_S = 25.0  # that a failure may take until its pause command: the judge's time and as much again
PAGE_KB = 4


@dataclass(frozen=True, slots=True)
class Load:
    """What a step has to carry."""

    cameras: int
    seconds: float = 30.0
    way: str = "snapshot"  # or mjpeg
    frames_per_s: float = 5.0  # of an MJPEG camera
    every_s: float = 1.0  # between two inspections
    mix: str = "plain"
    failures: int = 0  # prints that fail while we measure
    detector: config.Detector = field(default_factory=config.Detector)

    @property
    def kinds(self) -> Sequence[Kind]:
        """The cameras' kinds."""
        return MIX if self.mix == "mixed" else PLAIN


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What one step has measured. CPU is this process's alone; ages are from a frame's last byte to its decision."""

    cameras: int
    seconds: float
    inspections_due: int
    inspections_done: int
    cpu_ms_per_inspection: float
    cpu_ms_by_stage: dict[str, float]
    age_p50_s: float
    age_p99_s: float
    rss_mb: float
    failures: int
    pauses: int
    pause_p50_s: float  # from the first failing picture that a camera sent to the pause command on MQTT
    pause_p99_s: float
    machine_busy: float  # share of all cores in use, load and monitor together


class _Failures:
    """When cameras began to show a failure, and when the order to pause was heard."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent_at: dict[str, float] = {}
        self._heard_at: dict[str, float] = {}

    def shown(self, told: dict[str, Any]) -> None:
        with self._lock:
            self._sent_at[name_of(told["camera"])] = told["sent_at"]

    def ordered(self, told: dict[str, Any]) -> None:
        with self._lock:
            self._heard_at.setdefault(told["printer"], told["heard_at"])

    def delays_s(self) -> list[float]:
        with self._lock:
            return sorted(at - self._sent_at[name] for name, at in self._heard_at.items() if name in self._sent_at)


def run_step(load: Load) -> StepFigures:
    """Carry a load and measure. Raises VigieError when a part does not start."""
    failures = _Failures()
    arguments = ["--cameras", str(load.cameras), "--frames-per-s", str(load.frames_per_s), "--mix", load.mix]
    with (
        tempfile.TemporaryDirectory() as folder,
        broker(Path(folder)) as endpoint,
        module("monitor.sim.load_cameras", *arguments, heard=failures.shown) as cameras_url,
    ):
        port = free_port()
        app = App(_config(load, endpoint, cameras_url, port, Path(folder)), SystemClock())
        app.start()
        try:
            beside = [
                "--printers",
                str(load.cameras),
                "--port",
                str(endpoint.port),
                "--wall",
                f"http://127.0.0.1:{port}/",
            ]
            with module("monitor.sim.load_agent", *beside, heard=failures.ordered):
                time.sleep(WARM_UP_S)
                return _observe(app, load, cameras_url, failures)
        finally:
            app.stop()


def _observe(app: App, load: Load, cameras_url: str, failures: _Failures) -> StepFigures:
    failing = _choose_failing(load)
    clock = StageClock()
    before, busy_before, began = app.pipeline.figures(), _busy_s(), time.monotonic()
    clock.start()
    breaking = threading.Thread(target=_break, args=(failing, cameras_url, load.seconds), name="bench", daemon=True)
    breaking.start()
    time.sleep(load.seconds)
    spent = clock.stop()
    after, busy_after, ended = app.pipeline.figures(), _busy_s(), time.monotonic()
    rss_mb = _rss_mb()
    breaking.join()
    if failing:
        _wait_for_pauses(failures, len(failing))
    done = after.inspections_done - before.inspections_done
    ages_s = sorted(after.ages_s[-done:] if done else ())
    delays_s = failures.delays_s()
    return StepFigures(
        cameras=load.cameras,
        seconds=ended - began,
        inspections_due=after.inspections_due - before.inspections_due,
        inspections_done=done,
        cpu_ms_per_inspection=1000 * spent.total / done if done else float("nan"),
        cpu_ms_by_stage={stage: 1000 * s / max(1, done) for stage, s in spent.seconds.items()},
        age_p50_s=quantile(ages_s, 0.5),
        age_p99_s=quantile(ages_s, 0.99),
        rss_mb=rss_mb,
        failures=len(failing),
        pauses=len(delays_s),
        pause_p50_s=quantile(delays_s, 0.5),
        pause_p99_s=quantile(delays_s, 0.99),
        machine_busy=(busy_after - busy_before) / (ended - began) / (os.cpu_count() or 1),
    )


def quantile(ordered: Sequence[float], q: float) -> float:
    """Return a quantile of sorted values; NaN of none."""
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def _choose_failing(load: Load) -> list[int]:
    """Return cameras that will show a failure: spread over the farm, and such as show anything at all."""
    able = [
        number
        for number in range(load.cameras)
        if can_fail(number) and not (kind := kind_of(number, load.kinds)).is_dead and not kind.is_frozen
    ]
    return random.Random(load.cameras).sample(able, min(load.failures, len(able)))  # noqa: S311 (a choice, no secret)


def _break(cameras: Sequence[int], cameras_url: str, seconds: float) -> None:
    """Let one print after the other fail, at even distances: many at once would be held for one cause."""
    for camera in cameras:
        with urllib.request.urlopen(f"{cameras_url}/fail/{camera}"):  # noqa: S310  # the bench's own cameras
            pass
        time.sleep(seconds / max(1, len(cameras)))


def _wait_for_pauses(failures: _Failures, count: int) -> None:
    deadline = time.monotonic() + FAILURES_LAST_S
    while len(failures.delays_s()) < count and time.monotonic() < deadline:
        time.sleep(0.2)


def _busy_s() -> float:
    """Return the CPU seconds of the whole machine since its start, by /proc/stat: user, nice, system, irq, softirq."""
    fields = [int(text) for text in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    return sum(fields[place] for place in (0, 1, 2, 5, 6)) / os.sysconf("SC_CLK_TCK")


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_KB / 1024


def _config(load: Load, endpoint: Endpoint, cameras_url: str, port: int, folder: Path) -> config.Config:
    settings = config.PrinterSettings(inspect_every_s=load.every_s, fail_after_s=FAIL_AFTER_S)
    printers = tuple(
        config.Printer(
            id=name_of(number),
            name=f"Simulated {number}",
            site=SITE,
            room="bench",
            camera=_camera(load, f"{cameras_url}/{load.way}/{number}"),
            control=config.MqttControl(
                type="mqtt", pause_topic="load", pause_payload="pause", state_topic=f"load/{number}"
            ),
            settings=settings,
        )
        for number in range(load.cameras)
    )
    site = config.Site(id=SITE, name="Bench", rooms=(config.Room(id="bench", name="Bench"),), agent="elsewhere")
    return config.Config(
        mqtt=config.Mqtt(host=endpoint.host, port=endpoint.port),
        wall=config.Wall(port=port, access="open"),
        detector=load.detector,
        storage=config.Storage(path=str(folder / "vigie.db")),
        sites=(site,),
        printers=printers,
    )


def _camera(load: Load, url: str) -> config.Camera:
    if load.way == "mjpeg":
        return config.MjpegCamera(type="mjpeg", url=url)
    return config.SnapshotCamera(type="snapshot", url=url, every_s=load.every_s)


def main() -> None:
    """Run one step, as a process of its own, and print its figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("load", help="a Load as JSON")
    logging.basicConfig(level=logging.ERROR)  # not a line for each camera that connects
    limit_arenas()
    load = TypeAdapter(Load).validate_json(options.parse_args().load)
    sys.stdout.write(json.dumps(asdict(run_step(load))) + "\n")  # NaN stays NaN, where pydantic would write null


if __name__ == "__main__":
    main()
