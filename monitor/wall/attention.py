"""How urgently a printer asks for a person. Pure; the order of the wall, and the only place that knows it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from monitor.board import PrinterView
from monitor.config.model import NoControl, Printer
from monitor.records import Action, IncidentStatus, JobState, State
from monitor.records.belonging import Belongs


class Level(StrEnum):
    """How a tile is shown: large and first, moved up to be looked at, or calm in its own place."""

    ALARM = "alarm"
    LOOK = "look"
    CALM = "calm"


class PrinterWarning(StrEnum):
    """What is wrong although the pictures may be fine."""

    NO_CONTROL = "no-control"  # nobody can pause it from here, although cameras.yaml asks for a pause
    CANNOT_PAUSE = "cannot-pause"  # the printer's interface says that it cannot
    PRINTER_UNKNOWN = "printer-unknown"
    PRINTER_OFFLINE = "printer-offline"
    PRINTER_ERROR = "printer-error"
    OTHER_PRINTER = "other-printer"  # the camera seems to show another one


class Rank(IntEnum):
    """Order of the wall; the lowest comes first."""

    PAUSE_FAILED = 0
    FAILING = 1
    ASKING = 2  # it is paused unless somebody says no
    PAUSING = 3
    PAUSED_BY_VIGIE = 4
    HELD = 5  # many alarmed at once: like what is to be looked at, but it calls for somebody
    SUSPECT = 6
    BLIND = 7
    WARNING = 8
    IN_HAND = 9  # somebody takes care of what Vigie paused, or wants it to go on as it looks
    CALM = 10


@dataclass(frozen=True, slots=True)
class Attention:
    """Where a printer belongs on the wall. ``needs_person``: nobody has acknowledged it yet."""

    level: Level
    rank: Rank
    needs_person: bool
    warnings: tuple[PrinterWarning, ...]


_BY_STATE = {
    State.PAUSE_FAILED: Rank.PAUSE_FAILED,
    State.FAILING: Rank.FAILING,
    State.PAUSING: Rank.PAUSING,
    State.SUSPECT: Rank.SUSPECT,
    State.BLIND: Rank.BLIND,
}
_BY_STATUS = {IncidentStatus.HELD: Rank.HELD, IncidentStatus.ASKING: Rank.ASKING}
_BY_JOB_STATE = {
    JobState.UNKNOWN: PrinterWarning.PRINTER_UNKNOWN,
    JobState.OFFLINE: PrinterWarning.PRINTER_OFFLINE,
    JobState.ERROR: PrinterWarning.PRINTER_ERROR,
}


def attention(view: PrinterView, printer: Printer) -> Attention:
    """Return how urgently ``view`` asks for a person."""
    warnings = _warnings(view, printer)
    rank = _rank(view, warnings)
    level = Level.CALM if rank is Rank.CALM else Level.ALARM if rank <= Rank.PAUSED_BY_VIGIE else Level.LOOK
    calls = rank <= Rank.HELD and not _is_acknowledged(view)
    return Attention(level, rank, calls, warnings)


def _is_acknowledged(view: PrinterView) -> bool:
    return view.incident is not None and view.incident.acknowledged_by is not None


def _rank(view: PrinterView, warnings: tuple[PrinterWarning, ...]) -> Rank:
    if view.state is State.MUTED or (not view.is_known and view.incident is None):
        return Rank.CALM
    if view.state is State.FAILING and view.incident is None and view.goes_on:
        return Rank.IN_HAND
    if view.incident is not None and view.incident.status in _BY_STATUS:
        return _BY_STATUS[view.incident.status]
    if view.state in _BY_STATE:
        return _BY_STATE[view.state]
    if view.state is State.PAUSED and view.incident is not None:
        return Rank.IN_HAND if _is_acknowledged(view) else Rank.PAUSED_BY_VIGIE
    return Rank.WARNING if warnings else Rank.CALM


def _warnings(view: PrinterView, printer: Printer) -> tuple[PrinterWarning, ...]:
    shows = (PrinterWarning.OTHER_PRINTER,) if view.belonging.belongs is Belongs.DOES_NOT else ()
    return (*_of_control(view, printer), *shows)


def _of_control(view: PrinterView, printer: Printer) -> tuple[PrinterWarning, ...]:
    if isinstance(printer.control, NoControl):
        # On "alert" nobody expects a pause: then it is a choice, not a fault.
        return (PrinterWarning.NO_CONTROL,) if printer.settings.on_failure is not Action.ALERT else ()
    if view.report is None:
        return (PrinterWarning.PRINTER_UNKNOWN,)
    if view.report.state in _BY_JOB_STATE:
        return (_BY_JOB_STATE[view.report.state],)
    if view.report.state is JobState.PRINTING and not view.report.can_pause:
        return (PrinterWarning.CANNOT_PAUSE,)
    return ()
