"""One printer with the monitor's watch over it, second by second."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from models.train.week.tally import FalseAlarm, Tally
from monitor.agent.reports import REPORT_EVERY_S
from monitor.baseline import HealthySettings
from monitor.clock import Clock, ManualClock
from monitor.config.model import Printer
from monitor.memory import Memory
from monitor.pipeline.watch import Verdict, Watch
from monitor.records import Action, EventKind, JobState, Observation, PrinterReport
from monitor.sim.floor import Floor
from monitor.sim.plan import Course
from monitor.sim.player import Status

STEP_S = 1.0
OBEYED_AFTER_S = 0.25  # a pause was seen to be done 0.13 s after it was ordered; these are exact in binary
HEARD_AFTER_S = 0.5  # the simulated printers tell what is new every 0.2 s, their agents ask every 0.5 s
HOUR_S = 3600
MINUTE_S = 60
EachMinute = Callable[[], object]  # called for every simulated minute


def in_silence() -> None:
    """Tells nobody that a minute has passed."""


class Look(NamedTuple):
    """One inspected picture."""

    observation: Observation
    features: NDArray[np.float32] | None = None


class Eye(Protocol):
    """What inspects the printer's picture of this moment."""

    def look(self, now: float, memory: Memory | None) -> Look:
        """`memory`: of the camera's healthy pictures, as the watch has it."""


class Shift:
    """One printer, watched from a moment on."""

    def __init__(
        self,
        printer: Printer,
        course: Course,
        eye_of: Callable[[Floor, Clock], Eye],
        threshold: float,
        healthy: HealthySettings | None = None,
        *,
        obeys: bool = True,
    ) -> None:
        """`threshold` and `healthy` are the model's. A printer that does not obey prints on, whatever is decided."""
        self._printer, self._course = printer, course
        self._obeys = obeys and printer.settings.on_failure is Action.PAUSE
        self._clock = ManualClock()
        self._started_at = self._due_at = self._clock.now()
        self._floor = Floor({printer.id: course}, self._clock)
        self._eye = eye_of(self._floor, self._clock)
        self._watch = Watch(printer, threshold, self._started_at, healthy)
        self._is_ordered = False  # a pause, that is
        self._heard: Status | None = None
        self._heard_at = self._started_at
        self._jobs: dict[str, None] = {}
        self._decided: dict[str, float] = {}  # when, of each failing job
        self._false_alarms: list[FalseAlarm] = []
        self._printing_s = self._suspicions = 0
        self._most_evidence_s = 0.0

    def work(self, seconds: int, each_minute: EachMinute = in_silence) -> Tally:
        """Lets time pass, and says what has come of it since the start."""
        for second in range(1, seconds + 1):
            self._step()
            if second % MINUTE_S == 0:
                each_minute()
        return self._tally()

    def _step(self) -> None:
        self._clock.advance(OBEYED_AFTER_S)
        if self._is_ordered:
            self._is_ordered = False
            self._floor.command(self._printer.id, "pause")
        self._clock.advance(STEP_S - OBEYED_AFTER_S - HEARD_AFTER_S)
        told = self._floor.status(self._printer.id)
        now = self._clock.advance(HEARD_AFTER_S)
        self._hear(told, now)
        status = self._floor.status(self._printer.id)
        self._jobs[status.job] = None
        self._printing_s += status.state is JobState.PRINTING
        if now < self._due_at:
            self._watch.tick(now)
            return
        self._look(status, now)
        self._due_at = now + self._watch.wish.every_s

    def _hear(self, told: Status, now: float) -> None:
        """Reports come when there is news, and now and then."""
        last = self._heard
        is_news = last is None or (last.state, last.job) != (told.state, told.job)
        if not is_news and now - self._heard_at < REPORT_EVERY_S:
            return
        self._heard, self._heard_at = told, now
        report = PrinterReport(self._printer.id, told.state, now, True, told.job, told.progress)
        self._watch.hear(report, now)
        self._due_at = min(self._due_at, now + self._watch.wish.every_s)

    def _look(self, status: Status, now: float) -> None:
        look = self._eye.look(now, self._watch.remembered(now))
        is_failing = self._is_failing()
        if is_failing:
            self._floor.advance()  # it notes from when on the failure is visible
        verdict = self._watch.observe(look.observation, look.features)
        if not is_failing:
            self._note_healthy(verdict, status, now)
        elif verdict.opens_incident:
            self._decided.setdefault(status.job, now)
        self._is_ordered = verdict.opens_incident and self._obeys

    def _note_healthy(self, verdict: Verdict, status: Status, now: float) -> None:
        self._suspicions += EventKind.SUSPECTED in verdict.events
        if verdict.opens_incident:
            self._false_alarms.append(FalseAlarm(status.job, now - self._started_at))
        if status.state is JobState.PRINTING and not self._watch.is_resting:
            self._most_evidence_s = max(self._most_evidence_s, verdict.judgement.evidence_s)

    def _is_failing(self) -> bool:
        failure = self._course.print.failure
        return failure is not None and self._floor.shot(self._printer.id).clip == failure.clip

    def _tally(self) -> Tally:
        visible = {failure.job: failure.visible_at for failure in self._floor.failures()}
        present = self._floor.status(self._printer.id).job
        is_open = present in visible and present not in self._decided
        return Tally(
            printer=self._printer.id,
            print=self._course.print.name,
            printing_s=self._printing_s,
            jobs=len(self._jobs),
            shown=len(visible.keys() | self._decided.keys()) - is_open,
            delays_s=tuple(max(0.0, at - visible.get(job, at)) for job, at in self._decided.items()),
            false_alarms=tuple(self._false_alarms),
            suspicions=self._suspicions,
            most_evidence_s=self._most_evidence_s,
        )
