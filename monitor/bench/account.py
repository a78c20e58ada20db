"""What the monitor has used between two moments: its main process, its workers, by stage; and Python's lock."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.bench import kin, worker
from monitor.bench.stages import LETS_GO, MEASURING, OTHER, STAGES, StageClock


@dataclass(frozen=True, slots=True)
class Bill:
    """CPU seconds by stage of all processes; shares of ``wall_s``."""

    wall_s: float
    seconds: Mapping[str, float]
    inspecting_s: float  # of those who inspect, threads or processes
    lock_share: float
    lock_wait_ms: float
    workers: tuple[int, ...]  # process ids

    @property
    def total_s(self) -> float:
        """All of it."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class _Reading:
    cpu_s: float
    stages: Mapping[str, float]


class Account:
    """Counts from :meth:`start` to :meth:`stop`. ``beside``: processes that are not the monitor's."""

    def __init__(self, folder: Path, beside: Callable[[], Collection[int]]) -> None:
        self._folder, self._beside = folder, beside
        self._clock = StageClock()
        self._before: dict[int, _Reading] = {}
        self._began = self._user_s = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._before = {pid: self._reading(pid) for pid in kin.workers(self._beside())}
        self._user_s = kin.user_s(os.getpid())
        self._began = time.monotonic()
        self._clock.start()

    def stop(self) -> Bill:
        """Return what was used."""
        wall_s = time.monotonic() - self._began
        user_s = kin.user_s(os.getpid()) - self._user_s
        main = self._clock.stop()
        pids = kin.workers(self._beside())
        nothing = _Reading(0.0, {})
        children = [
            shares(self._before.get(pid, nothing).stages, now.stages, now.cpu_s - self._before.get(pid, nothing).cpu_s)
            for pid in pids
            if (now := self._reading(pid))
        ]
        seconds = Counter(main.seconds)
        for child in children:
            seconds.update(child)
        let_go_s = sum(main.seconds[stage] for stage in LETS_GO)
        locked_s = max(0.0, user_s - let_go_s - main.measuring_s)
        children_s = sum(sum(child.values()) for child in children)
        return Bill(wall_s, dict(seconds), let_go_s + children_s, locked_s / wall_s, main.lock_wait_ms, pids)

    def _reading(self, pid: int) -> _Reading:
        return _Reading(kin.cpu_s(pid), worker.read(self._folder, pid))


def shares(before: Mapping[str, float], after: Mapping[str, float], cpu_s: float) -> dict[str, float]:
    """Share out what the kernel says that a worker has used, as the worker itself has found; else all to ``other``.

    What the finding itself has cost is left out.
    """
    found = {stage: max(0.0, after.get(stage, 0.0) - before.get(stage, 0.0)) for stage in (*STAGES, MEASURING)}
    whole = sum(found.values())
    if whole == 0.0:
        return {OTHER: cpu_s}
    return {stage: cpu_s * found[stage] / whole for stage in STAGES}
