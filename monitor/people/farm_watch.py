"""What people should know before anything fails: a printer that prints unwatched, or that could not be paused. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.board import PrinterView
from monitor.config.model import NoControl, Printer
from monitor.judge import Phase
from monitor.people.escalation import Matter
from monitor.records import JobState, NoticeStep

CANNOT_PAUSE_AFTER_S = 60.0
TOGETHER_S = 60.0
"""Printers that are nearly as long in the same trouble share its message."""

BLIND_AGAIN_S = 4 * 3600.0
"""A camera that comes and goes is told of once in so long."""

_DAY = range(8, 20)  # hours, local, in which people hear of what can wait


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something to tell, and the reason in words."""

    matter: Matter
    since: float
    detail: str
    what: str = ""  # the kind of trouble, where the step has several


class FarmWatch:
    """Remembers since when each printer is in trouble. Times come in."""

    def __init__(self, printers: Iterable[Printer], blind_after_s: float) -> None:
        self.follow(printers)
        self._after: Mapping[NoticeStep, float] = {
            NoticeStep.BLIND: blind_after_s,
            NoticeStep.CANNOT_PAUSE: CANNOT_PAUSE_AFTER_S,
        }
        self._since: dict[tuple[NoticeStep, str], float] = {}

    def follow(self, printers: Iterable[Printer]) -> None:
        """Know other printers from now on."""
        self._printers = {printer.id: printer for printer in printers}

    def look(self, views: Iterable[PrinterView], now: float) -> list[Sighting]:
        """Return all that should be known now, each with the same key as long as it is the same trouble."""
        in_trouble = {(step, view.id): detail for view in views for step, detail in self._troubles(view)}
        self._since = {key: self._since.get(key, now) for key in in_trouble}
        return [
            Sighting(
                Matter(_key(step, printer, now), printer, step, now),
                self._since[step, printer],
                in_trouble[step, printer],
            )
            for step in (NoticeStep.BLIND, NoticeStep.CANNOT_PAUSE)
            for printer in self._ripe(step, now)
        ]

    def _ripe(self, step: NoticeStep, now: float) -> list[str]:
        if step is NoticeStep.CANNOT_PAUSE and datetime.fromtimestamp(now).astimezone().hour not in _DAY:
            return []
        ages = {printer: now - since for (what, printer), since in self._since.items() if what is step}
        if not any(age >= self._after[step] for age in ages.values()):
            return []
        return [printer for printer, age in ages.items() if age >= self._after[step] - TOGETHER_S]

    def _troubles(self, view: PrinterView) -> Iterable[tuple[NoticeStep, str]]:
        if view.report is None or view.report.state is not JobState.PRINTING:
            return
        if view.phase is Phase.BLIND and view.muted_until is None:
            yield NoticeStep.BLIND, view.camera_problem or view.picture_problem
        printer = self._printers.get(view.id)
        if not view.report.can_pause and printer is not None and not isinstance(printer.control, NoControl):
            yield NoticeStep.CANNOT_PAUSE, view.report.detail


def _key(step: NoticeStep, printer: str, now: float) -> str:
    """Return the same key for the same news: what has it already is not told again, also after a restart."""
    if step is NoticeStep.BLIND:
        return f"{step}:{printer}:{now // BLIND_AGAIN_S:.0f}"
    year, week, _ = datetime.fromtimestamp(now).astimezone().isocalendar()
    return f"{step}:{printer}:{year}-{week:02}"
