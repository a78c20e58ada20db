"""The one loop, with a real inspector, a real judge and a real history."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from monitor.archive import Recorder
from monitor.archive.batch import Batch, KeepFrame
from monitor.board import Board
from monitor.capture.slot import LatestFrame
from monitor.clock import ManualClock
from monitor.config.model import Detector as DetectorSettings
from monitor.detector import Detector
from monitor.history import History
from monitor.incidents import Incidents
from monitor.looking import Looker
from monitor.pipeline.loop import Pipeline
from monitor.pipeline.watch import Watch
from monitor.records import Frame, Health, JobState, KeptFor, PrinterReport, Standing, State
from tests.farms import a_farm, a_printer
from tests.incidents.support import RecordingOutbox
from tests.inspection import tiny_model
from tests.inspection.pictures import jpeg, scene
from tests.support import wait_until

BRIGHT, NORMAL = 190, 90  # levels of pictures that the tiny model scores above and below its threshold


@dataclass
class Rig:
    """A running pipeline whose cameras and clock the test moves."""

    clock: ManualClock
    board: Board
    slots: dict[str, LatestFrame]
    pipeline: Pipeline
    outbox: RecordingOutbox
    number: int = 0
    batches: list[Batch] = field(default_factory=list)  # for the archive
    frames: list[KeepFrame] = field(default_factory=list)

    def show(self, printer: str, data: bytes, after_s: float = 1.0) -> None:
        """Put a frame into a printer's slot, let time pass and wait until it was inspected."""
        self.number += 1
        self.clock.advance(after_s)
        done = self.pipeline.figures().inspections_done
        self.slots[printer].put(Frame(printer, data, self.clock.now(), self.number, 1))
        assert wait_until(lambda: self.pipeline.figures().inspections_done > done)
        assert wait_until(lambda: self.board.view(printer).frame_taken_at == self.clock.now())


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Two printers, one worker, the tiny model whose score is the picture's brightness."""
    with running(tmp_path, tiny_model.write(tmp_path)) as rig:
        yield rig


@contextlib.contextmanager
def running(folder: Path, model: Path) -> Iterator[Rig]:
    """Two printers, one worker, this model."""
    config = a_farm(*(a_printer(name, fail_after_s=5, suspect_after_s=2) for name in ("p01", "p02")))
    clock, outbox = ManualClock(), RecordingOutbox()
    detector = Detector.load(DetectorSettings(model=str(model)))
    board = Board(config, detector.info.threshold, clock.now())
    history = History(folder / "vigie.db")
    history.start()
    incidents = Incidents(history, outbox, {p.id: p.site for p in config.printers}, clock)
    incidents.listener = lambda incident: board.incident(incident, clock.now())
    slots = {printer.id: LatestFrame() for printer in config.printers}
    batches: list[Batch] = []
    frames: list[KeepFrame] = []
    pipeline = Pipeline(
        [Watch(printer, detector.info.threshold, clock.now()) for printer in config.printers],
        slots,
        [Looker(detector, {})],
        batch=8,
        board=board,
        incidents=incidents,
        model_sha256=detector.info.sha256,
        clock=clock,
        archive=Recorder(batches.append, frames.append),
    )
    pipeline.start()
    try:
        yield Rig(clock, board, slots, pipeline, outbox, batches=batches, frames=frames)
    finally:
        pipeline.stop()
        history.stop()


def test_a_failing_print_becomes_an_incident_with_its_evidence_and_its_pause(rig: Rig) -> None:
    """From pixels to the outbox, and the other printer is left alone."""
    for second in range(12):
        rig.show("p01", jpeg(scene(seed=second, level=BRIGHT)))
        rig.show("p02", jpeg(scene(seed=second, level=NORMAL)))
    assert State.PAUSING is rig.board.view("p01").state
    assert State.WATCHING is rig.board.view("p02").state
    leaves = [message.leaf for message in rig.outbox.sent if message.printer == "p01"]
    assert 1 == leaves.count("pause")
    assert {"pause", "incident", "evidence", "event"} <= set(leaves)
    assert [] == [message for message in rig.outbox.sent if message.printer == "p02"]


def test_all_that_was_judged_is_kept_with_the_frames_of_the_failure(rig: Rig) -> None:
    """Scores, states, the start of a job, and pictures from the first evidence to the decision; a bad frame is none."""
    for state in (JobState.IDLE, JobState.PRINTING):
        rig.pipeline.hear(PrinterReport("p01", state, rig.clock.now(), can_pause=True, job="cube"))
    for second in range(70):
        rig.show("p01", jpeg(scene(seed=second, level=BRIGHT if second < 12 else NORMAL)))
    rig.show("p02", b"<html>no camera here</html>")
    assert wait_until(lambda: sum(len(part.taken_at) for batch in rig.batches for part in batch.slices) >= 30)
    scores = [score for batch in rig.batches for part in batch.slices for score in part.score]
    assert max(scores) > rig.board.view("p01").threshold > min(scores)
    assert ["cube"] == [mark.detail for batch in rig.batches for mark in batch.marks]
    states = [change.state for batch in rig.batches for change in batch.changes if change.printer == "p01"]
    assert State.PAUSING in states
    assert {KeptFor.MINUTE, KeptFor.SUSPICION, KeptFor.INCIDENT} >= {frame.kept_for for frame in rig.frames}
    assert KeptFor.INCIDENT in {frame.kept_for for frame in rig.frames}
    assert {"p01"} == {frame.printer for frame in rig.frames}
    assert 0 == rig.pipeline.figures().faults


def test_a_bad_frame_is_an_observation_and_not_a_fault(rig: Rig) -> None:
    """Bytes that are no picture make their printer unreadable; the loop does not even blink."""
    rig.show("p01", b"<html>no camera here</html>")
    assert Health.UNREADABLE is rig.board.view("p01").health
    assert State.BLIND is rig.board.view("p01").state
    rig.show("p02", jpeg(scene(level=NORMAL)))
    assert State.WATCHING is rig.board.view("p02").state
    assert 0 == rig.pipeline.figures().faults


def test_a_mute_reaches_the_board_and_holds_incidents_back(rig: Rig) -> None:
    """A muted printer says so, and opens no incident until the mute ends."""
    rig.pipeline.stand(Standing("p01", muted_until=rig.clock.now() + 3600))
    for second in range(12):
        rig.show("p01", jpeg(scene(seed=second, level=BRIGHT)))
    assert State.MUTED is rig.board.view("p01").state
    assert [] == [message for message in rig.outbox.sent if message.leaf == "pause"]


def test_a_model_of_another_size_runs_through_the_whole_pipeline(tmp_path: Path) -> None:
    """Another file and its description beside it are all that it takes."""
    model = tiny_model.build(height=48, width=64)
    with running(tmp_path, tiny_model.write(tmp_path, model, name="detector-int8", size=(48, 64))) as rig:
        for second in range(12):
            rig.show("p01", jpeg(scene(seed=second, level=BRIGHT)))
        assert State.PAUSING is rig.board.view("p01").state
        assert rig.board.view("p01").boxes


def test_each_frame_is_compared_with_its_own_cameras_past(tmp_path: Path) -> None:
    """The model that says how far a picture is from the remembered one: what is always there is no news after a while.

    A new job forgets it, and the camera beside it, which showed nothing, was never known.
    """
    with running(tmp_path, tiny_model.write(tmp_path, tiny_model.build(remembers=True))) as rig:
        rig.pipeline.hear(PrinterReport("p01", JobState.PRINTING, rig.clock.now(), can_pause=True, job="cube"))
        shown = [score_after(rig, second) for second in range(30)]
        assert shown[0] > 0.3
        assert 0.05 > shown[-1]
        assert 1 == rig.pipeline.figures().remembered
        rig.pipeline.hear(PrinterReport("p01", JobState.PRINTING, rig.clock.now(), can_pause=True, job="vase"))
        assert wait_until(lambda: rig.pipeline.figures().remembered == 0)
        assert score_after(rig, 31) > 0.3
        assert 0 == rig.pipeline.figures().faults


def score_after(rig: Rig, seed: int) -> float:
    """The score of a healthy picture ten seconds later; pictures differ in their noise."""
    rig.show("p01", jpeg(scene(seed=seed, level=NORMAL)), after_s=10.0)
    score = rig.board.view("p01").score
    assert score is not None
    return score
