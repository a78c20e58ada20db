"""The ways to inspect a simulated printer's picture: exactly, exactly and written down, or out of what was written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng
from models.train.week.shift import Eye, Look
from monitor.clock import Clock
from monitor.config.model import Printer
from monitor.inspector import Inspector
from monitor.memory import Memory
from monitor.records import Frame, Health, JobState, Observation
from monitor.sim.floor import Floor
from monitor.sim.plan import Course
from monitor.sim.player import Status
from monitor.sim.sensor import Sensor
from monitor.sim.view import View

_ROUNDING = 1e-6
CLEARED = -1  # place of a recorded job: the bed after it


@dataclass(frozen=True)
class Book:
    """Raw scores of one printer's recorded jobs, one a second of printing, then one of the cleared bed.

    Both [jobs, seconds + 1]; nan where the picture could not be trusted. `failing` has no rows where nothing can fail.
    """

    healthy: Floats
    failing: Floats


class ExactEye:
    """Takes a picture as the camera serves it, and has the monitor's inspector look at it."""

    def __init__(
        self, printer: Printer, seed: tuple[int, ...], inspector: Inspector, floor: Floor, clock: Clock
    ) -> None:
        self._printer, self._inspector = printer.id, inspector
        self._view = View(floor, printer.id, Sensor(printer.id, seed), clock)
        self._number = 0

    def look(self, now: float, memory: Memory | None) -> Look:
        """As the pipeline does with a frame that is due."""
        self._number += 1
        frame = Frame(self._printer, self._view.jpeg(), now, self._number, 1)
        inspection = self._inspector.inspect([frame], {self._printer: memory})[0]
        return Look(inspection.observation, inspection.features)


class RecordingEye:
    """Another eye, whose scores are written down."""

    def __init__(self, eye: Eye, printer: Printer, course: Course, floor: Floor) -> None:
        self._eye, self._printer, self._floor = eye, printer.id, floor
        self._course = course
        self._job = ""
        self.rows: list[Floats] = []

    def look(self, now: float, memory: Memory | None) -> Look:
        """A second without a look of its own is written down like the one before it, the first like the one after."""
        look = self._eye.look(now, memory)
        status = self._floor.status(self._printer)
        score = look.observation.score if look.observation.is_trusted else np.nan
        if status.job != self._job:
            self._job = status.job
            self.rows.append(np.full(seconds(self._course) + 1, score, np.float32))
        if status.state is JobState.IDLE:
            self.rows[-1][CLEARED] = score
        else:
            self.rows[-1][worked_s(status, self._course) : CLEARED] = score
        return look


class RecordedEye:
    """Gives each job the scores of a recorded one, drawn at random among those that end alike."""

    def __init__(self, book: Book, printer: Printer, course: Course, rng: Rng, floor: Floor) -> None:
        self._book, self._printer, self._course = book, printer.id, course
        self._rng, self._floor = rng, floor
        self._job, self._row = "", book.healthy[0]

    def look(self, now: float, memory: Memory | None) -> Look:  # noqa: ARG002  # it is in the recorded scores
        """The score of this second of the job."""
        status = self._floor.status(self._printer)
        if status.job != self._job:
            self._job, self._row = status.job, self._draw(status)
        place = CLEARED if status.state is JobState.IDLE else worked_s(status, self._course)
        score = float(self._row[place])
        if np.isnan(score):
            return Look(Observation(self._printer, now, Health.BLOCKED))
        return Look(Observation(self._printer, now, Health.OK, score))

    def _draw(self, status: Status) -> Floats:
        rows = self._book.failing if self._course.fails(job_number(status)) else self._book.healthy
        return rows[self._rng.integers(len(rows))]


def seconds(course: Course) -> int:
    """Seconds of printing of a job, the last one perhaps not whole."""
    return int(np.ceil(course.lasts_s))


def worked_s(status: Status, course: Course) -> int:
    """The second of the job that a printer is at, from 0 on."""
    return min(int(status.progress * course.lasts_s + _ROUNDING), seconds(course) - 1)


def job_number(status: Status) -> int:
    """The job's place in the plan, from 0 on; its file is named after it."""
    return int(status.job.removesuffix(".gcode").rpartition("-")[2]) - 1
