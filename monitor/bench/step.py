"""One step of the ladder: the whole monitor on N simulated cameras, in this process; what it did, and what it cost."""

import argparse
import json
import logging
import os
import resource
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter

from monitor.app import App
from monitor.bench import worker
from monitor.bench.failing import Failures
from monitor.bench.farm import farm_of
from monitor.bench.figures import Load, StepFigures
from monitor.bench.observe import Observer
from monitor.bench.processes import broker, ending_in_order, free_port, module
from monitor.clock import SystemClock
from monitor.config.model import Config
from monitor.errors import VigieError
from monitor.inspectors import Inspectors, load_inspectors
from monitor.looking import Errand, Inspection, Looks
from monitor.malloc import limit_arenas

FILES_A_CAMERA = 2  # its connection, and one that is just being made
FILES_BESIDE = 200


class Counted:
    """Somebody who looks at pictures; notes how many each hand-over has."""

    def __init__(self, looks: Looks, batches: list[int]) -> None:
        self._looks, self._batches = looks, batches

    def look(self, errands: Sequence[Errand]) -> list[Inspection]:
        """Look, and note how many."""
        self._batches.append(len(errands))
        return self._looks.look(errands)


@dataclass(frozen=True, slots=True)
class _Watched(Inspectors):
    """The inspectors with their hand-overs counted; they are stopped as they are."""

    loaded: Inspectors | None = None

    def stop(self) -> None:
        """End the worker processes, if there are any."""
        if self.loaded is not None:
            self.loaded.stop()


class _Loading:
    """Loads the inspectors and counts their batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.workers = 0

    def load(self, config: Config) -> Inspectors:
        loaded = load_inspectors(config, worker.PROGRAM)
        self.workers = len(loaded.workers)
        same = {one.name: getattr(loaded, one.name) for one in fields(loaded)}
        counted = tuple(Counted(one, self.batches) for one in loaded.workers)
        return _Watched(**(same | {"workers": counted, "loaded": loaded}))


def run_step(load: Load) -> StepFigures:
    """Carry a load and measure. Raises VigieError when a part does not start."""
    allow_files(FILES_A_CAMERA * load.cameras + FILES_BESIDE)
    failures, loading = Failures(), _Loading()
    arguments = ["--cameras", str(load.cameras), "--frames-per-s", str(load.frames_per_s), "--mix", load.mix]
    with (
        tempfile.TemporaryDirectory() as name,
        broker(Path(name)) as endpoint,
        module("monitor.sim.load_cameras", *arguments, heard=failures.shown) as cameras_url,
    ):
        folder, port = Path(name), free_port()
        os.environ[worker.FOLDER] = name
        app = App(farm_of(load, endpoint, cameras_url, port, folder), SystemClock(), loading.load)
        app.start()
        try:
            wall_url = f"http://127.0.0.1:{port}/"
            people = ["--printers", str(load.cameras), "--port", str(endpoint.port), "--wall", wall_url]
            with module("monitor.sim.load_agent", *people, heard=failures.ordered):
                observer = Observer(app, load, wall_url, folder, loading.batches, loading.workers)
                started_s, silent = observer.wait_for_pictures()
                time.sleep(load.settle_s)
                observer.wait_until_steady()
                return observer.observe(cameras_url, failures, started_s, silent)
        finally:
            app.stop()


def allow_files(needed: int) -> None:
    """Let this process and those that it starts open so many files. Raises VigieError when the system forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise VigieError(f"this step needs {needed} open files and the system allows {hard}: raise it (ulimit -Hn)")
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def as_line(figures: StepFigures) -> str:
    """Return the figures as JSON; NaN stays NaN, where pydantic would write null."""
    found: Mapping[str, object] = asdict(figures)
    return json.dumps(found)


def main() -> int:
    """Run one step, as a process of its own, and print its figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("load", help="a Load as JSON")
    logging.basicConfig(level=logging.ERROR)  # not a line for each camera that connects
    limit_arenas()
    load = TypeAdapter(Load).validate_json(options.parse_args().load)
    try:
        with ending_in_order():
            figures = run_step(load)
    except VigieError as problem:
        print(problem, file=sys.stderr)  # noqa: T201  # a command's last word, as in monitor/commands
        return 1
    sys.stdout.write(as_line(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
