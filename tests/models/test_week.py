"""The demo farm's simulated week: what counts as a false alarm, and that recorded jobs stand for inspected ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.train.week import farm
from models.train.week.__main__ import farm_with
from models.train.week.eyes import CLEARED, Book, RecordingEye, seconds, worked_s
from models.train.week.report import as_json, as_text
from models.train.week.shift import Eye, Look, Shift
from models.train.week.tally import Tally, together
from models.train.week.work import Plan, simulate
from monitor.baseline import HealthySettings
from monitor.clock import Clock
from monitor.config.model import Config, Detector, Printer, SimulatedCamera, SimulatedControl, Simulation
from monitor.detector import read_model
from monitor.memory import Memory
from monitor.records import FailureClass, Health, JobState, Observation
from monitor.sim.floor import Floor
from monitor.sim.plan import IDLE_S, Course
from monitor.sim.player import CLEARED_AFTER_S, FAILING_FRAMES_PER_S
from monitor.sim.prints import Clip, Failure, Print
from tests.farms import a_farm, a_printer

THRESHOLD = 0.9
LASTS_S = 100
STARTS_S, VISIBLE_AFTER_S = 40, 2
LOW, HIGH = 0.0625, 0.99609375  # exact as float32
FAILURE = Failure(
    Clip(Path("failing.mp4"), 80), STARTS_S, round(VISIBLE_AFTER_S * FAILING_FRAMES_PER_S), FailureClass.SPAGHETTI
)
CUBE = Print("cube", Clip(Path("healthy.mp4"), LASTS_S + 1), 100, FAILURE)
Scores = NDArray[np.float32]


def a_place(chance: float = 0.0, offset_s: float = 0.5, seed: int = 1) -> farm.Place:
    """Return a printer whose jobs last 100 s and fail, if they do, after 40 s."""
    course = Course(CUBE, LASTS_S, offset_s, (seed, 0), chance, None, 0.0)
    printer = a_printer().model_copy(update={"camera": SimulatedCamera(type="simulated")})
    return farm.Place(printer, course, (seed, 0))


def a_job(high_from: int | None = None, high_until: int = LASTS_S) -> Scores:
    """Return the scores of a job that are high for some of its seconds."""
    row = np.full(LASTS_S + 1, LOW, np.float32)
    if high_from is not None:
        row[high_from:high_until] = HIGH
    return row


def played(place: farm.Place, healthy: Scores, failing: Scores, jobs: float) -> Tally:
    """Play so many undisturbed jobs."""
    book = Book(np.atleast_2d(healthy), np.atleast_2d(failing))
    return farm.play(place, book, round(jobs * (LASTS_S + IDLE_S)), THRESHOLD, HealthySettings())


def test_a_false_alarm_is_counted_once() -> None:
    """However long the scores stay high: the printer is paused, its bed is cleared, and the next job begins."""
    tally = played(a_place(), a_job(high_from=30), a_job(), jobs=1.5)
    assert 1 == len(tally.false_alarms)
    assert "cube-1.gcode" == tally.false_alarms[0].job
    assert 30 < tally.false_alarms[0].after_s < 60
    assert tally.most_evidence_s == pytest.approx(10)


def test_each_job_may_raise_a_false_alarm_of_its_own() -> None:
    """A new job starts with a clean slate."""
    alarm_every_s = 42 + CLEARED_AFTER_S + IDLE_S
    place = a_place()
    book = Book(np.atleast_2d(a_job(high_from=30)), np.empty((0, 0), np.float32))
    tally = farm.play(place, book, round(3.5 * alarm_every_s), THRESHOLD, HealthySettings())
    assert ["cube-1.gcode", "cube-2.gcode", "cube-3.gcode"] == [alarm.job for alarm in tally.false_alarms][:3]
    assert len(tally.false_alarms) == len({alarm.job for alarm in tally.false_alarms})


def test_a_failing_job_that_is_paused_is_no_false_alarm() -> None:
    """It counts as shown and paused, with the seconds from visible to decided."""
    tally = played(a_place(chance=1.0), a_job(), a_job(high_from=STARTS_S), jobs=1.5)
    assert ((), 1, 1) == (tally.false_alarms, tally.shown, tally.paused)
    assert tally.delays_s[0] == pytest.approx(10 - VISIBLE_AFTER_S, abs=1.0)
    assert 0 == tally.suspicions


def test_a_paused_printer_stands_still() -> None:
    """A decision costs the rest of the job: it is obeyed."""
    obeyed = played(a_place(chance=1.0), a_job(), a_job(high_from=STARTS_S), jobs=1)
    assert STARTS_S + 9 <= obeyed.printing_s <= STARTS_S + 12


def test_a_failure_that_nobody_decides_is_shown_and_not_paused() -> None:
    """A miss is visible in the figures."""
    tally = played(a_place(chance=1.0), a_job(), a_job(), jobs=2.2)
    assert (2, 0) == (tally.shown, tally.paused)


def test_a_failure_that_the_end_cuts_off_is_no_miss() -> None:
    """It was visible for five seconds, which is too short to decide."""
    tally = played(a_place(chance=1.0), a_job(), a_job(high_from=STARTS_S), jobs=(STARTS_S + 7) / (LASTS_S + IDLE_S))
    assert (0, 0) == (tally.shown, tally.paused)


def test_an_alarm_before_the_failure_begins_is_false() -> None:
    """The job would fail later, but nobody could know."""
    tally = played(a_place(chance=1.0), a_job(), a_job(high_from=10), jobs=1)
    assert (1, 0, 0) == (len(tally.false_alarms), tally.shown, tally.paused)


def test_some_high_seconds_are_a_suspicion_and_no_alarm() -> None:
    """And the evidence says how near it came."""
    tally = played(a_place(), a_job(high_from=30, high_until=36), a_job(), jobs=1)
    assert (0, 1) == (len(tally.false_alarms), tally.suspicions)
    assert 5 <= tally.most_evidence_s <= 7


def test_pictures_that_cannot_be_trusted_decide_nothing() -> None:
    """They are kept as no number."""
    row = a_job(high_from=30)
    row[30:] = np.nan
    assert () == played(a_place(), row, row, jobs=2).false_alarms


def test_the_same_seed_plays_the_same_week_and_another_one_does_not() -> None:
    """Which job fails, and which recording it gets, come from the seed."""
    failing = np.stack([a_job(high_from=STARTS_S + late) for late in range(12)])
    one, again, other = (played(a_place(0.5, seed=seed), a_job(), failing, jobs=40) for seed in (1, 1, 2))
    assert one == again
    assert one.delays_s != other.delays_s


class ScriptedEye:
    """Scores a picture by the second of the job and by whether it fails; nothing else."""

    def __init__(self, place: farm.Place, floor: Floor) -> None:
        self._place, self._floor = place, floor

    def look(self, now: float, memory: Memory | None) -> Look:
        """Nothing is remembered, as with a model that has no features."""
        assert memory is None
        name = self._place.printer.id
        status = self._floor.status(name)
        is_failing = self._floor.shot(name).clip == FAILURE.clip
        high = float(np.float32(0.8 + 0.001 * worked_s(status, self._place.course)))  # as a detector's score is
        score = LOW if status.state is JobState.IDLE else HIGH if is_failing else high
        return Look(Observation(name, now, Health.OK, score))


def recorded(place: farm.Place, chance: float, jobs: int) -> Scores:
    """Record a scripted eye's jobs as farm.record does an exact one's."""
    course = replace(place.course, chance=chance)
    eyes: list[RecordingEye] = []

    def eye_of(floor: Floor, _: Clock) -> Eye:
        eyes.append(RecordingEye(ScriptedEye(place, floor), place.printer, course, floor))
        return eyes[-1]

    cycle_s = seconds(course) + round(IDLE_S)
    Shift(place.printer, course, eye_of, THRESHOLD, obeys=False).work(jobs * cycle_s - 1)
    return np.stack(eyes[0].rows)


def test_a_recording_has_a_row_a_job_and_the_cleared_bed_at_its_end() -> None:
    """Also when the job fails: it goes on unpaused."""
    rows = recorded(a_place(), chance=1.0, jobs=2)
    assert (2, LASTS_S + 1) == rows.shape
    assert rows[:, 10] == pytest.approx([0.81, 0.81])
    assert rows[:, STARTS_S + 1 : CLEARED].min() == pytest.approx(HIGH)
    assert rows[:, CLEARED] == pytest.approx([LOW, LOW])


def test_recorded_jobs_play_the_week_that_inspected_ones_do() -> None:
    """Where pictures of one second do not differ, the shortcut changes no figure."""
    place = a_place(chance=0.5)

    def eye_of(floor: Floor, _: Clock) -> Eye:
        return ScriptedEye(place, floor)

    duration_s = 30 * (LASTS_S + round(IDLE_S))
    inspected = Shift(place.printer, place.course, eye_of, THRESHOLD, HealthySettings()).work(duration_s)
    book = Book(recorded(place, 0.0, 1), recorded(place, 1.0, 1))
    assert inspected.paused > 3
    assert inspected == farm.play(place, book, duration_s, THRESHOLD, HealthySettings())


@pytest.fixture
def small_farm() -> Config:
    """Return two simulated printers with jobs of twelve seconds, and the shipped model."""

    def simulated(printer: Printer) -> Printer:
        changed = {"camera": SimulatedCamera(type="simulated"), "control": SimulatedControl(type="simulated")}
        return printer.model_copy(update=changed)

    settings = a_farm(simulated(a_printer("p01")), simulated(a_printer("p02")))
    simulation = Simulation(print_lasts_s=12.0, first_failure_after_s=5.0, failure_every_s=10.0)
    return farm_with(settings.model_copy(update={"simulation": simulation}), Detector().path, seed=3)


@pytest.mark.parametrize("jobs", [1, 0], ids=["recorded", "exact"])
def test_the_shipped_model_watches_a_farm_of_two(small_farm: Config, jobs: int) -> None:
    """Rendered pictures, through the sensor, JPEG, inspector and judge; twice, with the same result."""
    plan = Plan(small_farm, duration_s=60, jobs=jobs, processes=1)
    week = simulate(plan)
    assert simulate(plan) == week
    assert ["p01", "p02"] == [tally.printer for tally in week.tallies]
    assert all(tally.printing_s > 0 for tally in week.tallies)
    assert (4 if jobs else 0) == week.recorded_jobs


def test_the_report_names_the_model_and_the_shortcut(small_farm: Config) -> None:
    """The table is for people, the JSON for programs; both say what was inspected."""
    model, _ = read_model(Detector().path)
    plan = Plan(small_farm, duration_s=60, jobs=1, processes=1)
    week = simulate(plan)
    text, facts = as_text(plan, week, model), json.loads(json.dumps(as_json(plan, week, model)))
    assert model.sha256 == facts["model"]["sha256"]
    assert model.sha256[:12] in text
    assert "Shortcut: 4 whole jobs" in text
    assert not facts["exact"]
    assert together(week.tallies).jobs == facts["farm"]["jobs"]
    assert {"p01", "p02"} == set(facts["printers"])


def test_nothing_is_divided_by_a_farm_without_failures() -> None:
    """A day with no failure has no delays."""
    assert together([played(a_place(), a_job(), a_job(), jobs=1)]).delays_s == ()


class RememberingEye:
    """Sees no failure, has features, and keeps what it was told that the camera remembers."""

    def __init__(self) -> None:
        self.known: list[float] = []

    def look(self, now: float, memory: Memory | None) -> Look:
        """A calm picture."""
        self.known.append(0.0 if memory is None else memory.known)
        return Look(Observation("p01", now, Health.OK, LOW), np.ones((2, 3, 4), np.float32))


def test_what_calm_pictures_teach_is_there_for_the_next_ones_until_a_new_job() -> None:
    """As in the monitor: the watch decides what is learned, and hands it on."""
    eye = RememberingEye()
    place = a_place()
    long = replace(place.course, lasts_s=400.0)
    Shift(place.printer, long, lambda *_: eye, THRESHOLD).work(450)
    assert 0.0 == eye.known[0]
    assert max(eye.known) == pytest.approx(1.0)
    assert 0.0 == eye.known[-1]
