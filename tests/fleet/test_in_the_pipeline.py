"""The guard between a real pipeline and real incidents: from pixels to what is held, told and paused."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.board import Board
from monitor.capture.slot import LatestFrame
from monitor.clock import ManualClock
from monitor.config.model import Config
from monitor.config.model import Detector as DetectorSettings
from monitor.detector import Detector
from monitor.fleet import FleetGuard, Release, groups_of
from monitor.history import History
from monitor.incidents import Incidents
from monitor.looking import Looker
from monitor.pipeline.loop import Pipeline
from monitor.pipeline.watch import Watch
from monitor.records import (
    CameraState,
    CameraStatus,
    CommonCause,
    Frame,
    GroupKind,
    GroupName,
    Incident,
    IncidentStatus,
    StartNews,
)
from tests.farms import a_farm, a_printer
from tests.incidents.support import RecordingOutbox
from tests.inspection import tiny_model
from tests.inspection.pictures import jpeg, scene
from tests.support import wait_until

BRIGHT, NORMAL = 215, 60  # levels of pictures that the tiny model scores above and below its threshold
NAMES = [f"p{number:02}" for number in range(1, 7)]


class SteppedGuard(FleetGuard):
    """Tells up to when the pipeline has let time pass."""

    ticked_at = 0.0

    def tick(self, now: float) -> list[Release]:
        """Let time pass."""
        released = super().tick(now)
        self.ticked_at = now
        return released


@dataclass
class Hall:
    """Six printers of one site in front of a running pipeline, and the clock that the test moves."""

    clock: ManualClock
    board: Board
    slots: dict[str, LatestFrame]
    pipeline: Pipeline
    incidents: Incidents
    outbox: RecordingOutbox
    guard: SteppedGuard
    number: int = 0

    def show(self, seconds: int, *bright: str) -> None:
        """Show a picture of each printer every other second, and wait until all were inspected.

        They come when the pipeline knows what time it is: two seconds pass here in no time, and pictures that waited
        for so long would be an overload.
        """
        for _ in range(0, seconds, 2):
            self.number += 1
            now = self.clock.advance(2.0)
            assert wait_until(lambda: self.guard.ticked_at == self.clock.now())
            for index, name in enumerate(NAMES):
                picture = jpeg(scene(seed=self.number * 10 + index, level=BRIGHT if name in bright else NORMAL))
                self.slots[name].put(Frame(name, picture, now, int(now) // 2, 1))  # none is left out
            assert wait_until(self._has_seen_all)

    def _has_seen_all(self) -> bool:
        return all(self.board.view(name).frame_taken_at == self.clock.now() for name in NAMES)

    def becomes(self, **expected: IncidentStatus) -> bool:
        """Wait until exactly these printers have an open incident, in this state each."""
        return wait_until(lambda: expected == {name: found.status for name, found in self.open().items()})

    def paused(self) -> list[str]:
        """The printers that were ordered to pause, in order."""
        return [pause.printer for pause in self.outbox.pauses()]

    def open(self) -> dict[str, Incident]:
        """The open incidents by printer."""
        return {name: found for name in NAMES if (found := self.incidents.open_incident(name)) is not None}


@contextlib.contextmanager
def hall(folder: Path, clock: ManualClock) -> Iterator[Hall]:
    """Run the pipeline on the history in this folder."""
    config = a_farm(*(a_printer(name, fail_after_s=5, suspect_after_s=2, recover_after_s=10) for name in NAMES))
    detector = Detector.load(DetectorSettings(model=str(tiny_model.write(folder))))
    outbox, history = RecordingOutbox(), History(folder / "vigie.db")
    history.start()
    incidents = Incidents(history, outbox, dict.fromkeys(NAMES, "s"), clock)
    incidents.start()
    slots = {name: LatestFrame() for name in NAMES}
    board = Board(config, detector.info.threshold, clock.now())
    guard = SteppedGuard(groups_of(config), started_at=clock.now())
    pipeline = _pipeline(config, detector, slots, board, incidents, clock, guard)
    pipeline.start()
    try:
        yield Hall(clock, board, slots, pipeline, incidents, outbox, guard)
        assert 0 == pipeline.figures().faults
    finally:
        pipeline.stop()
        history.stop()


def _pipeline(
    config: Config,
    detector: Detector,
    slots: dict[str, LatestFrame],
    board: Board,
    incidents: Incidents,
    clock: ManualClock,
    guard: FleetGuard,
) -> Pipeline:
    threshold, now = detector.info.threshold, clock.now()
    return Pipeline(
        [Watch(printer, threshold, now) for printer in config.printers],
        slots,
        [Looker(detector, {})],
        batch=8,
        board=board,
        incidents=incidents,
        model_sha256=detector.info.sha256,
        clock=clock,
        guard=guard,
    )


ALL_HELD = dict.fromkeys(NAMES, IncidentStatus.HELD)


def test_when_all_alarm_at_once_nobody_is_paused_and_the_one_that_goes_on_is(tmp_path: Path) -> None:
    """The light: six are held for one cause. When five are well again, the sixth is paused, and nobody else ever."""
    with hall(tmp_path, ManualClock()) as here:
        here.show(4)
        here.show(12, *NAMES)
        assert here.becomes(**ALL_HELD)
        (cause,) = {incident.cause for incident in here.open().values()}
        assert cause == CommonCause((GroupName(GroupKind.SITE, "S"),), 6, 6, StartNews.STARTED)
        assert [] == here.paused()
        here.show(40, "p03")
        assert here.becomes(p03=IncidentStatus.PAUSING)
        assert {"p03"} == set(here.paused())


def test_a_failure_of_its_own_is_paused_at_once(tmp_path: Path) -> None:
    """Five seconds of evidence, with the guard asked."""
    with hall(tmp_path, ManualClock()) as here:
        here.show(4)
        here.show(12, "p03")
        assert here.becomes(p03=IncidentStatus.PAUSING)


def test_cameras_whose_connection_is_lost_count(tmp_path: Path) -> None:
    """The camera server goes down: four connections break, and the last pictures of the other two look wrong."""
    with hall(tmp_path, ManualClock()) as here:
        here.show(4)
        for name in NAMES[2:]:
            now = here.clock.now()
            here.pipeline.camera(CameraStatus(name, CameraState.WAITING, now, error="connection refused"))
        here.show(12, *NAMES[:2])
        assert here.becomes(p01=IncidentStatus.HELD, p02=IncidentStatus.HELD)


def test_what_was_held_before_a_restart_is_decided_by_the_pictures_after_it(tmp_path: Path) -> None:
    """One goes on failing alone and is paused; the others look well and are closed. The guard itself kept nothing."""
    clock = ManualClock()
    with hall(tmp_path, clock) as before:
        before.show(4)
        before.show(12, *NAMES)
        assert before.becomes(**ALL_HELD)
    with hall(tmp_path, clock) as after:
        assert after.becomes(**ALL_HELD)
        after.show(40, "p03")
        assert after.becomes(p03=IncidentStatus.PAUSING)
        assert {"p03"} == set(after.paused())


def test_what_was_held_before_a_restart_stays_held_while_all_go_on_alarming(tmp_path: Path) -> None:
    """Until people are alarmed, at the time that was promised before the restart."""
    clock = ManualClock()
    with hall(tmp_path, clock) as before:
        before.show(4)
        before.show(12, *NAMES)
        assert before.becomes(**ALL_HELD)
        until = {incident.acts_at for incident in before.open().values()}
    with hall(tmp_path, clock) as after:
        after.show(20, *NAMES)
        assert until == {incident.acts_at for incident in after.open().values()}
        clock.advance(90.0)
        after.show(2, *NAMES)
        assert after.becomes(**dict.fromkeys(NAMES, IncidentStatus.OPEN))
        assert [] == after.paused()
