"""The pipeline's side: gathers what is worth keeping, and hands it over every half minute. Owned by one thread.

It holds no file and waits for nothing; what an inspection costs here is some appends.
"""

from collections.abc import Callable, Sequence

from monitor.archive.batch import Batch, Change, KeepFrame, Slice
from monitor.archive.choice import FrameChoice
from monitor.archive.hours import Hours
from monitor.archive.points import how_of
from monitor.board import PrinterView
from monitor.judge import Judgement
from monitor.records import Frame, Mark, MarkKind, Observation, State

SLICE_S = 30.0
"""Slices end with full half minutes, so none belongs to two hours."""

LATE_S = 2.0
"""So long after the end of a slice its last pictures are judged. A crash loses ``SLICE_S + LATE_S`` at most."""

_NAN = float("nan")


class Recorder:
    """Gathers. ``hand_over`` takes batches and ``keep`` frames; neither may block."""

    def __init__(self, hand_over: Callable[[Batch], None], keep: Callable[[KeepFrame], None]) -> None:
        self._hand_over, self._keep = hand_over, keep
        self._hours = Hours()
        self._open: dict[str, Slice] = {}
        self._done: list[Slice] = []
        self._choices: dict[str, FrameChoice] = {}
        self._states: dict[str, State] = {}
        self._changes: list[Change] = []
        self._marks: list[Mark] = []
        self._muted: frozenset[str] = frozenset()
        self._due_at = 0.0

    def inspected(
        self,
        frame: Frame,
        observation: Observation,
        judgement: Judgement,
        *,
        is_resting: bool,
        is_picture: bool = True,
    ) -> None:
        """Take in one inspection; not ``is_picture``: the bytes could not be decoded, and are not kept."""
        printer, at = observation.printer, observation.taken_at
        slice_ = self._open.get(printer)
        if slice_ is None or at >= slice_.ends_at:
            slice_ = self._begin(printer, at)
        elif slice_.taken_at and at < slice_.taken_at[-1]:
            return  # older than the one before: the judge has ignored it as well
        slice_.taken_at.append(at)
        slice_.score.append(_NAN if judgement.score is None else judgement.score)
        slice_.raw.append(_NAN if observation.score is None else observation.score)
        slice_.how.append(
            how_of(judgement.phase, observation.health, is_resting=is_resting, is_muted=printer in self._muted)
        )
        self._hours.inspected(printer, at)
        if is_picture:
            for chosen in self._choice(printer).frames(frame, judgement, is_resting=is_resting):
                self._keep(chosen)

    def job_started(self, printer: str, job: str, now: float) -> None:
        """Note that the judge began anew, because a new job did."""
        self._marks.append(Mark(printer, now, MarkKind.JOB_STARTED, job))

    def tick(self, views: Sequence[PrinterView], now: float) -> None:
        """Let time pass; once every half minute what was gathered is handed over. ``views``: of all printers."""
        self._hours.tick(views, now)
        self._note_changes(views, now)
        self._muted = frozenset(view.id for view in views if view.muted_until is not None)
        if now >= self._due_at:
            self._due_at = (now // SLICE_S + 1) * SLICE_S + LATE_S
            self._flush(now, ended_by=now)

    def flush(self, now: float) -> None:
        """Hand over all that was gathered, half-filled slices too: for the end."""
        self._flush(now, ended_by=float("inf"))

    def _note_changes(self, views: Sequence[PrinterView], now: float) -> None:
        states = self._states
        for view in views:
            if states.get(view.id) is not view.state:
                self._changes.append(Change(view.id, view.since if view.id in states else now, view.state))
                states[view.id] = view.state
        if len(states) > len(views):
            for printer in states.keys() - {view.id for view in views}:
                self._changes.append(Change(printer, now, None))
                del states[printer]
                self._choices.pop(printer, None)

    def _flush(self, now: float, ended_by: float) -> None:
        for printer in [name for name, slice_ in self._open.items() if slice_.ends_at <= ended_by]:
            self._done.append(self._open.pop(printer))
        batch = Batch(now, tuple(self._done), self._hours.taken(), tuple(self._changes), tuple(self._marks))
        for gathered in (self._done, self._changes, self._marks):
            gathered.clear()
        self._hand_over(batch)

    def _begin(self, printer: str, at: float) -> Slice:
        before = self._open.pop(printer, None)
        if before is not None:
            self._done.append(before)
        begun = self._open[printer] = Slice(printer, (at // SLICE_S + 1) * SLICE_S)
        return begun

    def _choice(self, printer: str) -> FrameChoice:
        found = self._choices.get(printer)
        if found is None:
            found = self._choices[printer] = FrameChoice(printer)
        return found
