"""What came of one run: counted at the printers, and read in the history. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.records import EventKind, Incident, IncidentStatus
from tests.crash.printers import CountingPrinter

SETTLED = (IncidentStatus.PAUSED, IncidentStatus.PAUSE_FAILED, IncidentStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as the history has it at the end, with the kinds of its events."""

    incident: Incident
    events: Sequence[EventKind]

    @property
    def is_refused(self) -> bool:
        """Whether a person said that it may print on."""
        return EventKind.LET_PRINT in self.events

    @property
    def escalations(self) -> int:
        """How often people were told that the pause has failed."""
        return self.events.count(EventKind.PAUSE_FAILED)


@dataclass
class Outcome:
    """One run's line in the table."""

    seed: int
    seconds: float = 0.0
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)  # by target and step
    incidents: int = 0
    pauses: int = 0
    escalations: int = 0
    both: int = 0  # paused, but not proven in time, so that people were told as well
    resumes: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def is_settled(told: Iterable[Told], printer: str) -> bool:
    """Whether every incident of a printer, of which there is one at least, has come to its end."""
    its = [one for one in told if one.incident.printer == printer]
    return bool(its) and all(one.incident.status in SETTLED for one in its)


def judge(outcome: Outcome, printers: Mapping[str, CountingPrinter], failing: Iterable[str], told: list[Told]) -> None:
    """Fill in what the printers counted, and everything that must not be."""
    failing = set(failing)
    for name, printer in printers.items():
        its = [one for one in told if one.incident.printer == name]
        escalations = sum(one.escalations for one in its)
        outcome.incidents += len(its)
        outcome.pauses += printer.pauses
        outcome.escalations += escalations
        outcome.resumes += printer.resumes
        outcome.refused += sum(one.is_refused for one in its)
        outcome.both += bool(printer.pauses and escalations)
        story = f"seed {outcome.seed}, {name}: " + "; ".join(printer.story)
        if name in failing:
            outcome.lost += [f"{why}: {story}" for why in _lost(printer, its)]
        outcome.doubled += [f"{why}: {story}" for why in _doubled(printer, its, is_failing=name in failing)]


def _lost(printer: CountingPrinter, its: list[Told]) -> Iterable[str]:
    if not its:
        yield "no incident"
    elif not all(one.incident.status in SETTLED for one in its):
        yield f"not settled ({', '.join(one.incident.status for one in its)})"
    elif printer.pauses == 0 and not any(one.escalations or one.is_refused for one in its):
        yield "neither paused nor told"
    proven = any(EventKind.PAUSE_CONFIRMED in one.events for one in its)
    if proven and printer.pauses == 0:
        yield "proven, but never paused"


def _doubled(printer: CountingPrinter, its: list[Told], *, is_failing: bool) -> Iterable[str]:
    if printer.pauses and not is_failing:
        yield "paused for nothing"
    if printer.pauses_after_resume:
        yield "paused after a person had resumed it"
    elif printer.pauses_after_no:
        yield "paused after a person had said no"
    elif printer.pauses > 1:
        yield f"paused {printer.pauses} times"
    if len(its) > 1:
        yield f"{len(its)} incidents"
    if any(one.escalations > 1 for one in its):
        yield "told twice"
