"""The monitor of ``vigie run FILE``, with a scripted inspector in the detector's place, and a crash point.

``python -m tests.crash.monitor_process FILE``: a printer fails while the file ``failing/<printer>`` lies beside FILE.
All else is the product: cameras' readers, pipeline, judge, incidents, history, publisher, inbound, wall.
"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor.app import App
from monitor.baseline import HealthySettings
from monitor.clock import SystemClock
from monitor.commands.stopping import on_signals
from monitor.config.load import load
from monitor.config.model import Config
from monitor.inspectors import Inspectors
from monitor.looking import Errand, Inspection
from monitor.records import FailureClass, Frame, Health, Observation
from tests.crash.points import MONITOR_STEPS, arm


class ScriptedLooker:
    """Sees a failure where it is told to."""

    def __init__(self, failing: Path) -> None:
        self._failing = failing

    def look(self, errands: Sequence[Errand]) -> list[Inspection]:
        """Look at the script, not at the pictures."""
        frames = [errand.frame for errand in errands]
        return [Inspection(frame, self._observed(frame), None, is_picture=False) for frame in frames]

    def _observed(self, frame: Frame) -> Observation:
        score = 0.99 if (self._failing / frame.printer).exists() else 0.01
        return Observation(frame.printer, frame.taken_at, Health.OK, score, {FailureClass.SPAGHETTI: score})


def main(file: Path) -> None:
    """Run until SIGTERM, or until the crash point."""

    def scripted(_: Config) -> Inspectors:
        return Inspectors((ScriptedLooker(file.parent / "failing"),), 0.5, "00" * 32, HealthySettings())

    stopping = on_signals()
    app = App(load(file, os.environ), SystemClock(), scripted)
    try:
        app.start()
        stopping.wait()
    finally:
        app.stop()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    arm(MONITOR_STEPS)
    main(Path(sys.argv[1]))
