"""Which number of sessions with which batch looks at most pictures on this host.

Each combination runs in a process of its own for some seconds: ``python -m monitor.bench.tune TRIAL`` loads the
inspectors as ``vigie run`` does, hands real pictures to all of them at once, without cameras or network, and prints
what it has found as JSON.
"""

import argparse
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from monitor.bench import kin
from monitor.config import model as config
from monitor.errors import VigieError
from monitor.inspectors import load_inspectors
from monitor.looking import Errand, Looks
from monitor.malloc import limit_arenas
from monitor.records import Frame
from monitor.sim.load_cameras import make_pictures
from monitor.tuning import Tuning

BATCHES = (1, 2, 4, 8, 16)
SECONDS = 1.0
WINDOWS = 3  # of which the best counts: whatever else a machine does only takes away
WARM_UP_S = 1.0
PICTURES = 48
OTHERS_BUSY = 0.1  # share of the cores that others may use meanwhile: beyond that, rates say more about them
ALIKE = 0.03  # two rates so near to each other are the same, on any machine that does other things too


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination to try, with the detector that it is for."""

    sessions: int
    batch: int
    detector: config.Detector
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Tried:
    """What one combination has shown. CPU is that of all processes."""

    sessions: int
    batch: int
    pictures_per_s: float
    cpu_ms_per_picture: float
    batch_s: float  # that a picture waits for its batch to be looked at
    others_busy: float = 0.0  # share of the machine's cores that other processes used meanwhile


def candidates(cores: int) -> list[tuple[int, int]]:
    """Return the combinations that may be best: sessions from half of the cores to all of them."""
    sessions = sorted({max(1, cores // 2), max(1, cores - 1), cores})
    return list(itertools.product(sessions, BATCHES))


def choose(tried: Sequence[Tried]) -> Tuning:
    """Return the best: of those that look at nearly as many pictures as the fastest, the cheapest; then the quickest.

    Raises VigieError when nothing was tried.
    """
    if not tried:
        raise VigieError("no combination of sessions and batch could be tried")
    fastest = max(one.pictures_per_s for one in tried)
    near = [one for one in tried if one.pictures_per_s >= (1 - ALIKE) * fastest]
    cheapest = min(one.cpu_ms_per_picture for one in near)
    alike = [one for one in near if one.cpu_ms_per_picture <= (1 + ALIKE) * cheapest]
    best = min(alike, key=lambda one: (one.batch, one.sessions))
    return Tuning(best.sessions, best.batch)


def try_out(trial: Trial) -> Tried:
    """Try one combination in a process of its own. Raises VigieError when it ends without an answer."""
    command = [sys.executable, "-m", "monitor.bench.tune", TypeAdapter(Trial).dump_json(trial).decode()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603  # ourselves
    if done.returncode != 0:
        raise VigieError(f"{trial.sessions} sessions with batches of {trial.batch} could not be tried: see above")
    return TypeAdapter(Tried).validate_json(done.stdout)


class _Work:
    """Hands batch after batch to one looker, until told to stop."""

    def __init__(self, looks: Looks, pictures: Sequence[bytes], trial: Trial, stopping: threading.Event) -> None:
        self.pictures = 0
        self._looks, self._stopping = looks, stopping
        frames = [Frame(f"p{number}", jpeg, time.time(), number, 0) for number, jpeg in enumerate(pictures)]
        self._errands = [Errand(frame, wants_tile=False, wants_features=False) for frame in frames]
        self._batch = trial.batch
        self.thread = threading.Thread(target=self._run, name="inspect")

    def _run(self) -> None:
        around = itertools.cycle(self._errands)
        while not self._stopping.is_set():
            self.pictures += len(self._looks.look(list(itertools.islice(around, self._batch))))


def measure(trial: Trial) -> Tried:
    """Try one combination in this process. Raises DetectorError when there is no detector."""
    detector = trial.detector.model_copy(update={"sessions": trial.sessions, "batch": trial.batch, "processes": True})
    farm = config.Config(detector=detector, sites=(), printers=())
    inspectors = load_inspectors(farm)
    if inspectors.problem:
        raise VigieError(inspectors.problem)
    stopping, pictures = threading.Event(), make_pictures(PICTURES)
    try:
        works = [_Work(looks, pictures, trial, stopping) for looks in inspectors.workers]
        for work in works:
            work.thread.start()
        time.sleep(WARM_UP_S)
        windows = [_window(works, trial.seconds) for _ in range(WINDOWS)]
        stopping.set()
        for work in works:
            work.thread.join()
    finally:
        inspectors.stop()
    return best_of(trial, windows)


@dataclass(frozen=True, slots=True)
class Window:
    """What happened in one stretch of a trial."""

    wall_s: float
    pictures: int
    cpu_s: float  # ours
    machine_s: float  # everybody's


def best_of(trial: Trial, windows: Sequence[Window]) -> Tried:
    """Return what the best stretch of a trial shows, and how busy others were in all of them."""
    best = max(windows, key=lambda one: one.pictures / one.wall_s)
    per_s = max(1, best.pictures) / best.wall_s
    others_s = sum(one.machine_s - one.cpu_s for one in windows)
    others = max(0.0, others_s / sum(one.wall_s for one in windows) / (os.cpu_count() or 1))
    cpu_ms = 1000 * best.cpu_s / max(1, best.pictures)
    return Tried(trial.sessions, trial.batch, per_s, cpu_ms, trial.sessions * trial.batch / per_s, others)


def _window(works: Sequence[_Work], seconds: float) -> Window:
    done, cpu_s, machine_s = sum(work.pictures for work in works), _cpu_s(), kin.machine_s()
    began = time.monotonic()
    time.sleep(seconds)
    pictures = sum(work.pictures for work in works) - done
    return Window(time.monotonic() - began, pictures, _cpu_s() - cpu_s, kin.machine_s() - machine_s)


def _cpu_s() -> float:
    return time.process_time() + sum(kin.cpu_s(pid) for pid in kin.workers(()))


def main() -> int:
    """Try one combination and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("trial", help="a Trial as JSON")
    logging.basicConfig(level=logging.ERROR)
    limit_arenas()
    try:
        tried = measure(TypeAdapter(Trial).validate_json(options.parse_args().trial))
    except VigieError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(json.dumps(asdict(tried)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
