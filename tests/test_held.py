"""What a monitor holds does not grow with time: an hour more of watching leaves no more in memory than the last."""

from pathlib import Path

import numpy as np

from monitor.archive import Archive
from monitor.board import SCORES_KEPT, Board
from monitor.capture.slot import NEVER
from monitor.clock import ManualClock
from monitor.config.model import Storage
from monitor.fleet import FleetGuard, Group, look_of
from monitor.last_looks import LastLooks
from monitor.looking import Inspection
from monitor.pipeline.rates import Rates
from monitor.pipeline.watch import Watch
from monitor.records import Frame, GroupKind, Health, JobState, Observation, PrinterReport
from monitor.scores import Scores
from tests.farms import a_farm, a_printer
from tests.held import held_bytes
from tests.support import PATIENCE_S

PRINTERS = ("p01", "p02", "p03")
HOUR_S = 3600
EVERY_S = 2  # simulated seconds between two pictures of a printer


class Hours:
    """A farm of three that is watched, in simulated time, as the pipeline's thread does it; its pictures are drawn."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(1_585_000_800.0)
        now, farm = self.clock.now(), a_farm(*map(a_printer, PRINTERS))
        self.archive = Archive(Storage(path=str(folder / "vigie.db"), frames_gb=0.0), self.clock)
        self.board = Board(farm, 0.5, now)
        self.watches = {printer.id: Watch(printer, 0.5, now) for printer in farm.printers}
        self.rates = Rates({name: watch.wish for name, watch in self.watches.items()}, 1, now)
        self.guard = FleetGuard([Group(GroupKind.FARM, "", frozenset(PRINTERS))])
        self.looks = LastLooks()
        self._random = np.random.default_rng(0)
        self._number = 0

    def pass_time(self, seconds: int) -> None:
        """Watch for so long; the archive's writer keeps up."""
        for second in range(seconds):
            now = self.clock.advance(1.0)
            for place, name in enumerate(PRINTERS):
                if second % EVERY_S == place % EVERY_S:
                    self._inspect(name, now)
            self._tick(now)
            if second % 600 == 599:
                assert self.archive.settle(PATIENCE_S)

    def held_bytes(self) -> dict[str, int]:
        """Return what each part holds."""
        rooms = self.archive, self.board, self.watches, self.rates, self.guard, self.looks
        return {type(room).__name__: held_bytes(room) for room in rooms}

    def _inspect(self, name: str, now: float) -> None:
        self._number += 1
        frame = Frame(name, b"jpeg", now, self._number, 1)
        score = float(self._random.choice([0.1, 0.3, 0.6], p=[0.8, 0.15, 0.05]))  # a suspicion comes and goes
        self.rates.scheduler.due(now, lambda printer: (self._number, now) if printer == name else NEVER, 10)
        self.rates.scheduler.started(name, self._number, now)
        self.rates.scheduler.finished(name)
        watch = self.watches[name]
        self.looks.errand(frame, watch.remembered(now))
        shown = Observation(name, now, Health.OK, score)
        seen = self.looks.settled(Inspection(frame, shown, None, digest=self._number)).observation
        verdict = watch.observe(seen, self._random.random((2, 3, 4), np.float32))
        self.board.inspected(seen, verdict.judgement, frame, None)
        self.rates.wish(name, watch.wish, now)
        look = look_of(verdict.judgement, watch.judge_settings, is_resting=False, camera_is_out=False)
        self.guard.note(name, look, now)
        self.archive.recorder.inspected(frame, seen, verdict.judgement, is_resting=False)

    def _tick(self, now: float) -> None:
        for name, watch in self.watches.items():
            report = PrinterReport(name, JobState.PRINTING, now, can_pause=True, job="cube.gcode", progress=0.5)
            watch.hear(report, now)
            self.board.reported(report)
            self.board.judged(name, watch.tick(now).judgement, now)
        self.rates.tick(now)
        self.guard.tick(now)
        self.archive.recorder.tick(self.board.snapshot().printers, now)


def test_hours_of_watching_leave_nothing_behind(tmp_path: Path) -> None:
    """Over three full hours, whose peaks the archive folds; whatever keeps a number a look would hold 100 kB more."""
    farm = Hours(tmp_path)
    farm.archive.start()
    try:
        farm.pass_time(HOUR_S)
        before = farm.held_bytes()
        farm.pass_time(3 * HOUR_S)
        grown = {room: size - before[room] for room, size in farm.held_bytes().items()}
    finally:
        farm.archive.stop()
    assert {} == {room: size for room, size in grown.items() if size > 10_000}


def test_the_scores_of_the_last_hour_take_their_room_at_the_start() -> None:
    """43 kB a printer: a farm that will need them has to find out before the night, not in it."""
    scores = Scores(SCORES_KEPT)
    empty = held_bytes(scores)
    for second in range(2 * SCORES_KEPT):
        scores.add(float(second), 0.5)
    assert abs(held_bytes(scores) - empty) < 200
    assert 12 * SCORES_KEPT <= empty < 13 * SCORES_KEPT
