"""What is told before anything fails: blind cameras of printing printers, and printers that could not be paused."""

from dataclasses import replace
from datetime import datetime

from monitor.board import Board, PrinterView
from monitor.config.model import NoControl, Printer, SimulatedControl
from monitor.judge import Phase
from monitor.people.farm_watch import CANNOT_PAUSE_AFTER_S, FarmWatch, Sighting
from monitor.records import JobState, NoticeStep, PrinterReport
from tests.farms import a_farm, a_printer

NOON = datetime(2020, 4, 1, 12, 0).timestamp()  # noqa: DTZ001  (people's hours are local)
NIGHT = datetime(2020, 4, 1, 23, 0).timestamp()  # noqa: DTZ001
BLIND_S = 300.0


def printer(name: str, *, controlled: bool = True) -> Printer:
    """Return a printer."""
    control = SimulatedControl(type="simulated") if controlled else NoControl(type="none")
    return a_printer(name).model_copy(update={"control": control})


PRINTERS = (printer("p1"), printer("p2"), printer("p3", controlled=False))


def view(name: str, *, is_blind: bool = False, can_pause: bool = True, does: JobState | None = None) -> PrinterView:
    """Return how a printer stands."""
    board = Board(a_farm(*PRINTERS), 0.5, NOON)
    report = PrinterReport(name, does or JobState.PRINTING, NOON, can_pause, detail="Developer Mode is off")
    phase = Phase.BLIND if is_blind else Phase.WATCHING
    return replace(board.view(name), report=report, phase=phase, camera_problem="no route")


def looked(watch: FarmWatch, at: float, *views: PrinterView) -> list[Sighting]:
    """Look now, as the desk does."""
    return watch.look(views, at)


def test_a_blind_camera_is_told_after_a_while_and_only_of_a_printer_that_prints() -> None:
    """With the reason; one that recovers begins anew."""
    watch = FarmWatch(PRINTERS, BLIND_S)
    blind = view("p1", is_blind=True)
    assert [] == looked(watch, NOON, blind)
    assert [] == looked(watch, NOON + BLIND_S - 1, blind)
    (sighting,) = looked(watch, NOON + BLIND_S, blind)
    assert (NoticeStep.BLIND, "p1", NOON, "no route") == (
        sighting.matter.step, sighting.matter.printer, sighting.since, sighting.detail
    )  # fmt: skip
    assert [] == looked(watch, NOON + BLIND_S + 1, view("p1"))
    assert [] == looked(watch, NOON + BLIND_S + 2, blind)
    resting = view("p2", is_blind=True, does=JobState.IDLE)
    assert [] == looked(FarmWatch(PRINTERS, 0.0), NOON, resting)


def test_cameras_that_went_together_are_told_together() -> None:
    """The second one was a little later."""
    watch = FarmWatch(PRINTERS, BLIND_S)
    looked(watch, NOON, view("p1", is_blind=True))
    both = view("p1", is_blind=True), view("p2", is_blind=True)
    looked(watch, NOON + 20, *both)
    assert ["p1", "p2"] == [s.matter.printer for s in looked(watch, NOON + BLIND_S, *both)]


def test_the_same_blindness_has_the_same_key_for_hours() -> None:
    """So that a restart does not tell it again."""
    keys = set()
    for start in (NOON, NOON + 600):
        watch = FarmWatch(PRINTERS, BLIND_S)
        looked(watch, start, view("p1", is_blind=True))
        keys |= {s.matter.key for s in looked(watch, start + BLIND_S, view("p1", is_blind=True))}
    assert 1 == len(keys)


def test_a_printer_that_could_not_be_paused_is_told_by_day() -> None:
    """Not at night, and not where nobody expects a pause."""
    locked = view("p1", can_pause=False), view("p3", can_pause=False)
    for start, expected in ((NOON, ["p1"]), (NIGHT, [])):
        watch = FarmWatch(PRINTERS, BLIND_S)
        looked(watch, start, *locked)
        found = looked(watch, start + CANNOT_PAUSE_AFTER_S, *locked)
        assert expected == [s.matter.printer for s in found if s.matter.step is NoticeStep.CANNOT_PAUSE]
