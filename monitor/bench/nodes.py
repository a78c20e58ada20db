"""Runs monitors that share one farm through a NATS server, each on a core of its own, and counts what they do.

Cameras (over HTTP), printers, the broker (mosquitto) and nats-server run beside them on the cores that are left. All
but the last monitor watch the whole farm until the last one joins; so it is seen what changes hands for it. As a
control the same monitors can be had without a cluster, each with its own part of the cameras and its own broker.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from monitor.bench import kin
from monitor.bench.cores import Seats, cores_of, on_cores
from monitor.bench.figures import Load
from monitor.bench.node import READY, Place, Report
from monitor.bench.processes import beside, broker, module, nats_server, program
from monitor.bench.scale_out import NodeSpan, NodesRun
from monitor.errors import VigieError

STOP_S = 60.0
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is read at the beginning and at the end."""

    reports: tuple[Report, ...]
    cpu_s: tuple[float, ...]  # by monitor
    busy_s: tuple[float, ...]  # by monitor's core
    beside_s: float


class Monitor:
    """One measured monitor, in a process of its own on a core of its own."""

    def __init__(self, place: Place, core: int) -> None:
        """Start it; raises VigieError when it does not start."""
        self.core = core
        command = [sys.executable, "-m", "monitor.bench.node", TypeAdapter(Place).dump_json(place).decode()]
        with on_cores({core}):
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.name, self._is_ready = place.node, False

    def wait_ready(self) -> None:
        """Wait until it runs. Raises VigieError when it does not start."""
        while not self._is_ready:
            self._is_ready = self._line() == READY

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Itself and its workers."""
        return (self._process.pid, *kin.workers((), self._process.pid))

    def report(self) -> Report:
        """Return what it has done so far. Raises VigieError when it has ended."""
        self.wait_ready()
        assert self._process.stdin is not None  # noqa: S101  # given by PIPE
        try:
            self._process.stdin.write("report\n")
            self._process.stdin.flush()
        except OSError:
            raise VigieError(f"the monitor {self.name} has ended: see above") from None
        return TypeAdapter(Report).validate_json(self._line())

    def cpu_s(self) -> float:
        """Return the CPU seconds that it has used."""
        return sum(kin.cpu_s(pid) for pid in self.process_ids)

    def is_pinned(self) -> bool:
        """Tell whether none of its threads, nor of its workers', may run on another core than its own."""
        return all(cores_of(pid) <= {self.core} for pid in self.process_ids)

    def end(self) -> None:
        """Tell it to stop."""
        assert self._process.stdin is not None  # noqa: S101  # given by PIPE
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self) -> None:
        """Wait until it has stopped; one that does not is killed, with its workers."""
        workers = self.process_ids
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            for pid in workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101  # given by PIPE
        line = self._process.stdout.readline().strip()
        if not line:
            raise VigieError(f"the monitor {self.name} has ended: see above")
        return line


def check_installed(package: str = "nats") -> None:
    """Raise VigieError where something is missing that a cluster takes: before minutes of measuring, not after."""
    program("nats-server")
    program("mosquitto")
    if importlib.util.find_spec(package) is None:
        raise VigieError("a cluster needs the Python package nats-py: install it with pip install 'vigie[cluster]'")


def run_nodes(load: Load, count: int, seats: Seats, *, is_alone: bool = False) -> NodesRun:
    """Measure ``count`` monitors with ``load.cameras`` cameras each. Raises VigieError when a part does not start."""
    farm = replace(load, cameras=load.cameras * count)
    with contextlib.ExitStack() as running, on_cores(seats.rest):
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        options = ["--cameras", str(farm.cameras), "--frames-per-s", str(load.frames_per_s), "--mix", load.mix]
        cameras_url = running.enter_context(module("monitor.sim.load_cameras", *options))
        if is_alone:
            places = [_alone(running, folder, farm, cameras_url, number, load.cameras) for number in range(count)]
        else:
            places = _shared(running, folder, farm, cameras_url, count)
        cores = seats.monitors[:count]
        monitors: list[Monitor] = running.enter_context(_monitors())
        for place, core in zip(places[:-1], cores, strict=False):
            monitors.append(Monitor(place, core))
        _wait_until_watched(monitors, farm, load.cameras * len(monitors) if is_alone else farm.cameras)
        before = _owners(monitors)
        monitors.append(Monitor(places[-1], cores[-1]))
        _wait_until_watched(monitors, farm, farm.cameras)
        time.sleep(load.settle_s)
        after = _owners(monitors)
        moved = [name for name, node in before.items() if after.get(name) != node] if not is_alone else []
        needless = sum(after.get(name) != places[-1].node for name in moved)
        found = _measure(monitors, load, seats, is_alone=is_alone)
        return replace(found, moved=len(moved), needless=needless)


@contextlib.contextmanager
def _monitors() -> Iterator[list[Monitor]]:
    """Yield a list; the monitors in it are stopped afterwards, all at once."""
    found: list[Monitor] = []
    try:
        yield found
    finally:
        for one in found:
            one.end()
        for one in found:
            one.wait()


def _shared(running: contextlib.ExitStack, folder: Path, farm: Load, cameras_url: str, count: int) -> list[Place]:
    endpoint = _messaging(running, folder, farm)
    nats_url = running.enter_context(nats_server(folder / "nats"))
    return [
        Place(f"node{number}", farm, cameras_url, endpoint, _made(folder / f"node{number}"), nats_url)
        for number in range(count)
    ]


def _alone(running: contextlib.ExitStack, folder: Path, farm: Load, cameras_url: str, number: int, each: int) -> Place:
    own = Path(_made(folder / f"node{number}"))
    port = _messaging(running, own, farm)
    return Place(f"node{number}", farm, cameras_url, port, str(own), "", number * each, (number + 1) * each)


def _messaging(running: contextlib.ExitStack, folder: Path, farm: Load) -> int:
    """Run a broker and the farm's printers; return the broker's port."""
    endpoint = running.enter_context(broker(folder))
    options = ["--printers", str(farm.cameras), "--port", str(endpoint.port)]
    running.enter_context(module("monitor.sim.load_agent", *options))
    return endpoint.port


def _made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def _wait_until_watched(monitors: Sequence[Monitor], farm: Load, cameras: int) -> None:
    """Wait until each camera is watched by one of these, and has given a picture. Raises VigieError when none does."""
    deadline = time.monotonic() + farm.start_s
    while monitors:
        reports = [one.report() for one in monitors]
        watched = [name for report in reports for name in report.watched]
        everybody_has = all(report.watched for report in reports)
        if everybody_has and len(set(watched)) == len(watched) >= cameras and not any(r.silent for r in reports):
            return
        if time.monotonic() > deadline:
            said = "; ".join(
                f"{one.name}: {len(r.watched)} {r.problem}" for one, r in zip(monitors, reports, strict=True)
            )
            raise VigieError(f"after {farm.start_s:.0f} s not every camera is watched by one monitor: {said}")
        time.sleep(LOOK_EVERY_S)


def _owners(monitors: Sequence[Monitor]) -> dict[str, str]:
    return {name: one.name for one in monitors for name in one.report().watched}


def _measure(monitors: Sequence[Monitor], load: Load, seats: Seats, *, is_alone: bool) -> NodesRun:
    before = _moment(monitors)
    time.sleep(load.seconds)
    after = _moment(monitors)
    spans = tuple(
        NodeSpan(
            core=one.core,
            cameras=len(now.watched),
            seconds=now.at - then.at,
            done=now.done - then.done,
            unscored=now.unscored - then.unscored,
            cpu_s=after.cpu_s[place] - before.cpu_s[place],
            busy_s=after.busy_s[place] - before.busy_s[place],
            stretch=now.stretch,
            is_pinned=one.is_pinned(),
        )
        for place, (one, then, now) in enumerate(zip(monitors, before.reports, after.reports, strict=True))
    )
    return NodesRun(
        cameras_each=load.cameras,
        every_s=load.every_s,
        is_alone=is_alone,
        spans=spans,
        beside_cpu_s=after.beside_s - before.beside_s,
        beside_cores=len(seats.rest),
        was_owned_once=_is_once(before, after, load.cameras * len(monitors)),
    )


def _is_once(before: _Moment, after: _Moment, cameras: int) -> bool:
    """Tell whether each camera was one monitor's, the same one at both moments."""
    then, now = ([set(report.watched) for report in moment.reports] for moment in (before, after))
    return then == now and sum(map(len, now)) == len(set().union(*now)) == cameras


def _moment(monitors: Sequence[Monitor]) -> _Moment:
    return _Moment(
        tuple(one.report() for one in monitors),
        tuple(one.cpu_s() for one in monitors),
        tuple(kin.machine_s(one.core) for one in monitors),
        sum(kin.cpu_s(pid) for pid in (os.getpid(), *beside())),
    )
