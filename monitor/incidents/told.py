"""What a person's word changes in a case. Pure. The wish to pause is in :mod:`monitor.incidents.wishes`."""

from dataclasses import replace

from monitor.incidents.case import Case, Step, closed
from monitor.records import EventKind, IncidentStatus, PausedBy, PersonCommand, PersonCommandKind

NO = (PersonCommandKind.RESUME, PersonCommandKind.LET_PRINT, PersonCommandKind.FALSE_ALARM)
"""Each says that the printer is not to be paused for this failure."""


def told(case: Case, command: PersonCommand, now: float) -> Step | None:
    """Return what the word changes; None when nothing."""
    said = f"{command.by}: {command.reason}" if command.reason else command.by
    match command.kind:
        case PersonCommandKind.ACKNOWLEDGE:
            return _acknowledged(case, command.by, said)
        case PersonCommandKind.UNACKNOWLEDGE:
            return _unacknowledged(case, said)
        case PersonCommandKind.CONFIRM:
            return _confirmed(case, command.by, said)
    return _not_to_be_paused(case, command, said, now) if command.kind in NO else None


def _not_to_be_paused(case: Case, command: PersonCommand, said: str, now: float) -> Step:
    by, is_paused = command.by, case.incident.status is IncidentStatus.PAUSED
    match command.kind:
        case PersonCommandKind.FALSE_ALARM if stands_still_by_us(case):
            step = _resuming(case, by, f"false alarm, says {by}", by)
            return replace(step, events=((EventKind.FALSE_ALARM, said), *step.events))
        case PersonCommandKind.FALSE_ALARM:
            return _no(case, EventKind.FALSE_ALARM, said, f"false alarm, says {by}", now)
        case _ if is_paused:
            return _resuming(case, by, f"{by} asked to resume", said)
        case PersonCommandKind.RESUME:  # never pause again what a person wants to go on
            return closed(case, now, f"resumed by {by}", lets_print=True)
    return _no(case, EventKind.LET_PRINT, said, f"{by} lets it print", now)


def _acknowledged(case: Case, by: str, said: str) -> Step | None:
    if case.incident.acknowledged_by is not None:
        return None
    return Step(replace(case, incident=replace(case.incident, acknowledged_by=by)), ((EventKind.ACKNOWLEDGED, said),))


def _unacknowledged(case: Case, said: str) -> Step | None:
    if case.incident.acknowledged_by is None:
        return None
    incident = replace(case.incident, acknowledged_by=None)
    return Step(replace(case, incident=incident), ((EventKind.UNACKNOWLEDGED, said),))


def _confirmed(case: Case, by: str, said: str) -> Step:
    """Who says that it fails indeed has seen it: nobody else must be woken for it."""
    step = _acknowledged(case, by, said) or Step(case)
    return replace(step, events=(*step.events, (EventKind.CONFIRMED, said)))


def stands_still_by_us(case: Case) -> bool:
    """Whether Vigie has paused the print, nobody else has stopped it since, and nobody has asked yet to resume it."""
    is_ours = case.incident.status is IncidentStatus.PAUSED and case.paused_by is PausedBy.VIGIE
    return is_ours and not case.resumed_by


def _resuming(case: Case, by: str, why: str, said: str) -> Step:
    """It stands still: the incident ends when it is seen printing, not when somebody wishes it."""
    case = replace(case, incident=replace(case.incident, detail=why), resumed_by=by)
    return Step(case, ((EventKind.RESUME_ASKED, said),), lets_print=True)


def _no(case: Case, kind: EventKind, said: str, why: str, now: float) -> Step:
    step = closed(case, now, why, lets_print=True)
    return replace(step, events=((kind, said), *step.events))
