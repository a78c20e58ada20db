"""What a person's word changes in a case. Pure. The wish to pause is in :mod:`monitor.incidents.wishes`."""

from dataclasses import replace

from monitor.incidents.case import Case, Step, closed
from monitor.records import EventKind, IncidentStatus, PersonCommand, PersonCommandKind

NO = (PersonCommandKind.RESUME, PersonCommandKind.LET_PRINT, PersonCommandKind.FALSE_ALARM)
"""Each says that the printer is not to be paused for this failure."""


def told(case: Case, command: PersonCommand, now: float) -> Step | None:
    """Return what the word changes; None when nothing."""
    said = f"{command.by}: {command.reason}" if command.reason else command.by
    match command.kind:
        case PersonCommandKind.ACKNOWLEDGE:
            return _acknowledged(case, command.by, said)
        case PersonCommandKind.FALSE_ALARM:
            return _no(case, EventKind.FALSE_ALARM, said, f"false alarm, says {command.by}", now)
        case PersonCommandKind.RESUME | PersonCommandKind.LET_PRINT if case.incident.status is IncidentStatus.PAUSED:
            return _resuming(case, command.by)
        case PersonCommandKind.RESUME:  # never pause again what a person wants to go on
            return closed(case, now, f"resumed by {command.by}", lets_print=True)
        case PersonCommandKind.LET_PRINT:
            return _no(case, EventKind.LET_PRINT, said, f"{command.by} lets it print", now)
    return None


def _acknowledged(case: Case, by: str, said: str) -> Step | None:
    if case.incident.acknowledged_by is not None:
        return None
    return Step(replace(case, incident=replace(case.incident, acknowledged_by=by)), ((EventKind.ACKNOWLEDGED, said),))


def _resuming(case: Case, by: str) -> Step:
    """It stands still: the incident ends when it is seen printing, not when somebody wishes it."""
    incident = replace(case.incident, detail=f"{by} asked to resume")
    return Step(replace(case, incident=incident, resumed_by=by), lets_print=True)


def _no(case: Case, kind: EventKind, said: str, why: str, now: float) -> Step:
    step = closed(case, now, why, lets_print=True)
    return replace(step, events=((kind, said), *step.events))
