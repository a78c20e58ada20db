"""The board: one state for each printer, derived in one place."""

from dataclasses import replace

import pytest

from monitor.announcer import state_of
from monitor.board import Board, Tile, derive_state
from monitor.calibration import Calibration
from monitor.judge import Judgement, Phase
from monitor.records import (
    Action,
    FailureClass,
    Frame,
    Health,
    Incident,
    IncidentStatus,
    JobState,
    Observation,
    PrinterReport,
    Standing,
    State,
)
from monitor.scores import thin_scores
from tests.farms import a_farm, a_printer


def report(state: JobState) -> PrinterReport:
    return PrinterReport("p01", state, 0.0, can_pause=True)


def incident(status: IncidentStatus) -> Incident:
    return Incident("i", "s", "p01", 0.0, FailureClass.SPAGHETTI, 0.9, (), "", {}, Action.PAUSE, status)


@pytest.mark.parametrize(
    ("expected", "phase", "job", "status", "muted_until"),
    [
        (State.WATCHING, Phase.WATCHING, JobState.PRINTING, None, None),
        (State.WATCHING, Phase.WATCHING, None, None, None),
        (State.BLIND, Phase.BLIND, JobState.PRINTING, None, None),
        (State.BLIND, Phase.BLIND, JobState.UNKNOWN, None, None),
        (State.BLIND, Phase.BLIND, JobState.OFFLINE, None, None),
        (State.IDLE, Phase.BLIND, JobState.IDLE, None, None),
        (State.PAUSED, Phase.WATCHING, JobState.PAUSED, None, None),
        (State.SUSPECT, Phase.SUSPECT, JobState.PRINTING, None, None),
        (State.MUTED, Phase.FAILING, JobState.PRINTING, None, 9.0),
        (State.FAILING, Phase.BLIND, JobState.IDLE, IncidentStatus.OPEN, 9.0),
        (State.PAUSING, Phase.FAILING, JobState.PRINTING, IncidentStatus.PAUSING, None),
        (State.PAUSE_FAILED, Phase.WATCHING, JobState.PRINTING, IncidentStatus.PAUSE_FAILED, None),
        (State.WATCHING, Phase.WATCHING, JobState.PRINTING, IncidentStatus.CLOSED, None),
    ],
)
def test_the_first_rule_that_applies_gives_the_state(
    expected: State, phase: Phase, job: JobState | None, status: IncidentStatus | None, muted_until: float | None
) -> None:
    """An open incident beats a mute, a mute beats the rest, and unknown is never fine."""
    assert expected is derive_state(
        phase, report(job) if job else None, incident(status) if status else None, muted_until
    )


@pytest.mark.parametrize(("calibration", "probability"), [(None, None), (Calibration(0.5, -2.0), 0.1192)])
def test_the_probability_is_shown_where_the_model_was_calibrated(
    calibration: Calibration | None, probability: float | None
) -> None:
    """A score for comparing is never passed off as one."""
    board = Board(a_farm(), 0.5, 0.0, calibration)
    seen = Observation("p01", 1.0, Health.OK, 0.5)
    judgement = Judgement(Phase.WATCHING, 0.0, 0.0, seen.score, seen.health)
    board.inspected(seen, judgement, Frame("p01", b"", 1.0, 1, 1), None)
    assert probability == pytest.approx(board.view("p01").probability, abs=1e-4)
    assert probability == pytest.approx(state_of(board.view("p01")).probability, abs=1e-4)
    blind = replace(judgement, score=None, health=Health.DARK)
    board.inspected(replace(seen, score=None), blind, Frame("p01", b"", 2.0, 2, 1), None)
    assert board.view("p01").probability is None


def test_thinning_keeps_the_peaks() -> None:
    """A chart with fewer points still shows the frame that was worst."""
    assert [(0.0, 0.9), (10.0, 0.3)] == thin_scores([(0.0, 0.1), (4.0, 0.9), (10.0, 0.3), (11.0, 0.2)], 10.0)


def test_another_configuration_keeps_what_is_known_of_those_who_stay() -> None:
    """In its order, with its names; who comes is blind, who goes is gone with picture and scores."""
    board = Board(a_farm(a_printer("p01"), a_printer("p02")), 0.5, 0.0)
    board.reported(report(JobState.PRINTING))
    frame = Frame("p01", b"jpeg", 1.0, 1, 1)
    board.inspected(
        Observation("p01", 1.0, Health.OK, 0.1), Judgement(Phase.WATCHING, 1.0, 0.0, 0.1, Health.OK), frame, b"t"
    )
    version = board.snapshot().version
    renamed = a_printer("p01", threshold=0.9).model_copy(update={"name": "First"})
    board.follow(a_farm(a_printer("p03"), renamed), ["p02"], 2.0)
    new, kept = board.wait(version, 0.0).printers
    assert ("p03", State.BLIND) == (new.id, new.state)
    assert ("First", 0.9, State.WATCHING, 1.0) == (kept.name, kept.threshold, kept.state, kept.frame_taken_at)
    board.reported(PrinterReport("p02", JobState.IDLE, 3.0, can_pause=True))  # an agent that has not heard yet
    assert ["p03", "p01"] == [view.id for view in board.snapshot().printers]
    board.follow(a_farm(a_printer("p01")), ["p01", "p03"], 4.0)  # taken out and put in again
    assert (None, None, State.BLIND) == (board.tile("p01"), board.picture("p01"), board.view("p01").state)
    assert () == board.scores("p01")


def test_who_was_disarmed_by_people_stays_so_whatever_the_file_says_of_failures() -> None:
    """And is armed again when they arm it, unless the file only wants to be told."""
    board = Board(a_farm(a_printer("p01", on_failure="alert")), 0.5, 0.0)
    board.stand(Standing("p01", armed=False), 1.0)
    board.follow(a_farm(a_printer("p01", on_failure="pause")), [], 2.0)
    assert not board.view("p01").armed
    board.stand(Standing("p01", armed=True), 3.0)
    assert board.view("p01").armed


def test_news_are_those_of_whom_anything_changed_since_a_version() -> None:
    """Each once; a tile that was made for somebody counts, and after another configuration everybody does."""
    board = Board(a_farm(a_printer("p01"), a_printer("p02"), a_printer("p03")), 0.5, 0.0)
    first = board.news(-1)
    assert (["p01", "p02", "p03"], True) == (sorted(view.id for view in first.printers), first.is_other_farm)
    board.reported(PrinterReport("p02", JobState.IDLE, 1.0, can_pause=True))
    board.reported(report(JobState.PRINTING))
    board.reported(report(JobState.PAUSED))
    second = board.news(first.snapshot.version)
    assert ({"p01", "p02"}, 2, False) == (
        {view.id for view in second.printers},
        len(second.printers),
        second.is_other_farm,
    )
    board.tile_made("p03", Tile(b"jpeg", 1, 2.0))
    third = board.news(second.snapshot.version)
    assert (["p03"], ()) == ([view.id for view in third.printers], board.news(third.snapshot.version).printers)
    board.follow(a_farm(a_printer("p03"), a_printer("p01")), ["p02"], 3.0)
    assert {"p01", "p03"} == {view.id for view in board.news(third.snapshot.version).printers}
    assert board.news(third.snapshot.version).is_other_farm


def test_what_is_told_of_a_printer_elsewhere_is_shown_as_it_was_told() -> None:
    """Nothing is derived anew; the same word again is no news, and of a printer that nobody has none is taken."""
    board = Board(a_farm(a_printer("p01")), 0.5, 0.0)
    told = replace(board.view("p01"), state=State.PAUSED, since=3.0, phase=Phase.WATCHING)
    board.told(told, 4.0)
    board.tile_told("p01", Tile(b"newer", 2, 4.0))
    version = board.snapshot().version
    board.told(told, 5.0)
    board.told(replace(told, id="p09"), 5.0)
    board.tile_told("p09", Tile(b"nobody's", 1, 5.0))
    assert (told, b"newer", version) == (board.view("p01"), board.tile("p01").jpeg, board.snapshot().version)  # type: ignore[union-attr]
