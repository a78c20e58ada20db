"""The monitor of one node: ``vigie run FILE`` with a scripted inspector in the detector's place.

``python -m tests.cluster_rounds.node_process FILE FAILING OWNED [--clock-skew S]``: a printer fails while
FAILING/<printer> is there. What the node is given, it writes into OWNED, a line of JSON each time: printers with their
epochs. Its clock is ahead of the machine's by S seconds.
"""

import argparse
import json
import logging
import os
import threading
from pathlib import Path

from monitor.app import App
from monitor.baseline import HealthySettings
from monitor.clock import Clock
from monitor.cluster.joining import keeper_of
from monitor.cluster.records import Moves
from monitor.commands.stopping import on_signals
from monitor.config.load import load
from monitor.config.model import Config
from monitor.inspectors import Inspectors
from monitor.sharing.life import Life
from tests.cluster.skewed import SkewedClock
from tests.crash.monitor_process import ScriptedLooker


class Noting:
    """Writes down what the node owns."""

    def __init__(self, file: Path) -> None:
        self._file, self._owned = file, dict[str, int]()
        self._lock = threading.Lock()

    def __call__(self, moves: Moves) -> None:
        """Take in what has changed hands."""
        with self._lock:
            kept = {printer: epoch for printer, epoch in self._owned.items() if printer not in moves.lost}
            self._owned = {**kept, **moves.gained}
            with self._file.open("a") as file:
                file.write(json.dumps(self._owned) + "\n")


def main(file: Path, failing: Path, owned: Path, clock: Clock) -> None:
    """Run until SIGTERM."""
    noting = Noting(owned)

    def living(config: Config, clock: Clock) -> Life:
        assert config.cluster is not None
        keeper = keeper_of(config, config.cluster, clock)
        keeper.on_change(noting)
        return Life(keeper, clock)

    def scripted(_: Config) -> Inspectors:
        return Inspectors((ScriptedLooker(failing),), 0.5, "00" * 32, HealthySettings())

    stopping = on_signals()
    noting(Moves())
    app = App(load(file, os.environ), clock, scripted, cluster=living)
    try:
        app.start()
        stopping.wait()
    finally:
        app.stop()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs=3, type=Path)
    parser.add_argument("--clock-skew", type=float, default=0.0)
    options = parser.parse_args()
    file, failing, owned = options.paths
    main(file, failing, owned, SkewedClock(options.clock_skew))
