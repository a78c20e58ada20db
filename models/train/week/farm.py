"""The simulated printers of a configuration: their jobs recorded, and their week played."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.train.arrays import Floats
from models.train.week.eyes import Book, ExactEye, RecordedEye, RecordingEye, seconds
from models.train.week.shift import HOUR_S, STEP_S, EachMinute, Eye, Shift, in_silence
from models.train.week.tally import Tally
from monitor.baseline import HealthySettings
from monitor.clock import Clock
from monitor.config import model as config
from monitor.detector import Detector
from monitor.inspector import Inspector
from monitor.last_looks import LastLooks, limits_for
from monitor.sim.floor import Floor
from monitor.sim.plan import IDLE_S, Course, choose_prints, plan_farm
from monitor.sim.prints import Print, load_prints

_DRAW = 1  # tells the seed that draws recorded jobs from the camera's own


@dataclass(frozen=True)
class Place:
    """A simulated printer, what it is going to do, and the seed of its camera."""

    printer: config.Printer
    course: Course
    seed: tuple[int, int]


def places(settings: config.Config, prints: tuple[Print, ...] | None = None) -> list[Place]:
    """The printers with a simulated camera, in the order of the file, as monitor.sim.farm plans them."""
    watched = [(p, p.camera) for p in settings.printers if isinstance(p.camera, config.SimulatedCamera)]
    chosen = choose_prints([(printer.id, camera.print) for printer, camera in watched], prints or load_prints())
    courses = plan_farm(chosen, settings.simulation)
    seed = abs(settings.simulation.seed)
    return [Place(printer, courses[printer.id], (seed, place)) for place, (printer, _) in enumerate(watched)]


def record(
    place: Place, jobs: int, detector: Detector, each_minute: EachMinute = in_silence, *, failing: bool
) -> Floats:
    """Raw scores of so many whole jobs, one after another, all failing or none, that nobody pauses; see Book."""
    phase_s = float(np.random.default_rng([*place.seed, failing]).random())  # of the printer's seconds to ours
    chance = 1.0 if failing else 0.0
    course = replace(place.course, chance=chance, first_failure=None, safe_until_s=0.0, offset_s=phase_s)
    eyes: list[RecordingEye] = []

    def eye_of(floor: Floor, clock: Clock) -> Eye:
        eyes.append(RecordingEye(_exact_eye(place, detector, floor, clock), place.printer, course, floor))
        return eyes[-1]

    shift = Shift(place.printer, course, eye_of, detector.info.threshold, detector.info.healthy, obeys=False)
    shift.work(int(jobs * course.cycle_s - STEP_S), each_minute)
    return np.stack(eyes[0].rows)


def play(
    place: Place,
    book: Book,
    duration_s: int,
    threshold: float,
    healthy: HealthySettings,
    each_minute: EachMinute = in_silence,
) -> Tally:
    """The printer's time out of recorded jobs; `threshold` and `healthy` are the model's."""
    rng = np.random.default_rng([*place.seed, _DRAW])

    def eye_of(floor: Floor, _: Clock) -> Eye:
        return RecordedEye(book, place.printer, place.course, rng, floor)

    return Shift(place.printer, place.course, eye_of, threshold, healthy).work(duration_s, each_minute)


def play_exactly(place: Place, detector: Detector, duration_s: int, each_minute: EachMinute = in_silence) -> Tally:
    """The printer's time, every picture inspected."""

    def eye_of(floor: Floor, clock: Clock) -> Eye:
        return _exact_eye(place, detector, floor, clock)

    shift = Shift(place.printer, place.course, eye_of, detector.info.threshold, detector.info.healthy)
    return shift.work(duration_s, each_minute)


def recorded_hours(place: Place, jobs: int) -> float:
    """Printer-hours that a recording of one kind of jobs looks at."""
    return jobs * (seconds(place.course) + IDLE_S) / HOUR_S


def _exact_eye(place: Place, detector: Detector, floor: Floor, clock: Clock) -> Eye:
    printer = place.printer
    last_looks = LastLooks({printer.id: limits_for(printer.camera)})
    inspector = Inspector(detector, {printer.id: printer.settings}, last_looks, batch_size=1)
    return ExactEye(printer, place.seed, inspector, floor, clock)
