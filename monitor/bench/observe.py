"""Watches a running monitor for a while: what it did, what it cost, and how the machine was."""

import os
import re
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.app import App
from monitor.bench import kin
from monitor.bench.account import Account, Bill
from monitor.bench.due import can_show, inspections_due
from monitor.bench.failing import Breaking, Failures, choose
from monitor.bench.figures import Load, StepFigures, quantile
from monitor.bench.processes import beside
from monitor.bench.soak import Sampler
from monitor.pipeline.figures import Figures
from monitor.sim.load_printers import name_of

_FRAMES = re.compile(r'^vigie_camera_frames_total\{printer="p(\d+)"\} ([0-9.e+]+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is read at the beginning and at the end."""

    figures: Figures
    frames: Mapping[int, int]  # received by camera
    busy_s: float
    load_s: float
    at: float


class Observer:
    """Watches one step. ``batches`` grows by the frames of each hand-over."""

    def __init__(self, app: App, load: Load, wall_url: str, folder: Path, batches: list[int], workers: int) -> None:
        self._app, self._load, self._wall_url = app, load, wall_url
        self._batches, self._workers = batches, workers
        self._account = Account(folder, beside)

    def wait_for_pictures(self) -> tuple[float, int]:
        """Wait until every camera that can has given a picture; return for how long, and how many have not."""
        began = time.monotonic()
        names = [name_of(number) for number in can_show(self._load)]
        while True:
            silent = [name for name in names if self._app.board.picture(name) is None]
            waited_s = time.monotonic() - began
            if not silent or waited_s > self._load.start_s:
                return waited_s, len(silent)
            time.sleep(0.5)

    def wait_until_steady(self) -> None:
        """Wait until the monitor looks as often as it should, or for so long that it is no matter of the start."""
        deadline = time.monotonic() + self._load.steady_s
        while self._app.pipeline.figures().load.stretch > 1.0 and time.monotonic() < deadline:
            time.sleep(0.5)

    def observe(self, cameras_url: str, failures: Failures, started_s: float, silent: int) -> StepFigures:
        """Watch for the load's seconds, while some prints fail."""
        failing = choose(self._load)
        breaking = Breaking(failing, cameras_url, self._load.seconds)
        before = self._moment()
        del self._batches[:]
        self._account.start()
        breaking.start()
        self._pass_time()
        bill = self._account.stop()
        batches = sorted(self._batches)
        after = self._moment()
        rss_mb, threads = self._memory_mb(bill.workers), kin.threads((os.getpid(), *bill.workers))
        breaking.join()
        failures.wait(len(failing))
        done = max(1, after.figures.inspections_done - before.figures.inspections_done)
        delays_s = failures.delays_s()
        ages_s = sorted(after.figures.ages_s[-done:])
        return StepFigures(
            cameras=self._load.cameras,
            seconds=bill.wall_s,
            inspections_due=self._due(before, after, len(failing)),
            inspections_done=after.figures.inspections_done - before.figures.inspections_done,
            cpu_ms_per_inspection=1000 * bill.total_s / done,
            cpu_ms_by_stage={stage: 1000 * s / done for stage, s in bill.seconds.items()},
            age_p50_s=quantile(ages_s, 0.5),
            age_p99_s=quantile(ages_s, 0.99),
            rss_mb=rss_mb,
            failures=len(failing),
            pauses=len(delays_s),
            pause_p50_s=quantile(delays_s, 0.5),
            pause_p99_s=quantile(delays_s, 0.99),
            machine_busy=(after.busy_s - before.busy_s) / (after.at - before.at) / (os.cpu_count() or 1),
            unscored=after.figures.unscored - before.figures.unscored,
            batches=len(batches),
            batch_mean=sum(batches) / len(batches) if batches else float("nan"),
            batch_p50=quantile(batches, 0.5),
            batch_p99=quantile(batches, 0.99),
            load_cpu_ms_per_inspection=1000 * (after.load_s - before.load_s) / done,
            kbit_per_s=self._kbit_per_s(before, after),
            lock_share=bill.lock_share,
            lock_wait_ms=bill.lock_wait_ms,
            worker_busy=self._worker_busy(bill),
            workers=self._workers,
            processes=1 + len(bill.workers),
            threads=threads,
            started_s=started_s,
            stretch=after.figures.load.stretch,
            capacity_hz=capacity_hz if (capacity_hz := after.figures.load.capacity_hz) is not None else float("nan"),
            silent=silent,
        )

    def _pass_time(self) -> None:
        if not self._load.samples:
            time.sleep(self._load.seconds)
            return
        memory_mb = lambda: self._memory_mb(kin.workers(beside()))  # noqa: E731
        sampler = Sampler(Path(self._load.samples), self._app.pipeline.figures, memory_mb)
        sampler.run(self._load.seconds, self._load.sample_every_s)

    def _moment(self) -> _Moment:
        load_s = sum(kin.cpu_s(pid) for pid in beside())
        return _Moment(self._app.pipeline.figures(), self._frames(), kin.machine_s(), load_s, time.monotonic())

    def _frames(self) -> dict[int, int]:
        """Return how many frames came of each camera, as the wall's /metrics tells everybody."""
        with urllib.request.urlopen(f"{self._wall_url}metrics") as answer:  # noqa: S310  # the bench's own wall
            text = answer.read().decode()
        return {int(number): int(float(count)) for number, count in _FRAMES.findall(text)}

    def _memory_mb(self, workers: Sequence[int]) -> float:
        return kin.memory_mb((os.getpid(), *workers))

    def _due(self, before: _Moment, after: _Moment, failing: int) -> int:
        received = {number: count - before.frames.get(number, 0) for number, count in after.frames.items()}
        counted = after.figures.inspections_due - before.figures.inspections_due
        return inspections_due(self._load, counted, after.at - before.at, received, failing)

    def _kbit_per_s(self, before: _Moment, after: _Moment) -> float:
        """Return what came in: each camera's frames times the size of its newest."""
        bits = 0
        for number, count in after.frames.items():
            picture = self._app.board.picture(name_of(number))
            if picture is not None:
                bits += 8 * len(picture.jpeg) * (count - before.frames.get(number, 0))
        return bits / 1000 / (after.at - before.at)

    def _worker_busy(self, bill: Bill) -> float:
        return bill.inspecting_s / bill.wall_s / max(1, self._workers)
