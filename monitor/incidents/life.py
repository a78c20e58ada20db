"""The life of an incident as pure transitions: a case and a fact go in, the next case comes out. No clock, no disk.

open -> pausing -> paused -> closed, or -> pause-failed -> closed. A pause is proven by what the printer was seen to
do, never by a message that was sent.
"""

from dataclasses import dataclass, replace

from monitor.records import (
    EventKind,
    Incident,
    IncidentStatus,
    JobState,
    PauseCommand,
    PauseOutcome,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
)

RESEND_S = 10.0  # the same command, same id, when nobody has proven it yet

_UNPROVEN = (IncidentStatus.OPEN, IncidentStatus.PAUSING, IncidentStatus.PAUSE_FAILED)


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and what must be known beside it to go on, also after a restart."""

    incident: Incident
    pause: PauseCommand | None = None  # the order under way, or the last one
    is_sent: bool = False  # the broker has acknowledged it at least once
    resend_at: float = 0.0
    last_answer: str = ""  # of an agent that could not pause yet
    stopped_at: float | None = None  # when the printer was seen not to print any more
    resumed_by: str = ""  # who asked for it to go on


@dataclass(frozen=True, slots=True)
class Step:
    """What a fact changes: the next case, what happened, and whether the pause goes out (again)."""

    case: Case
    events: tuple[tuple[EventKind, str], ...] = ()
    send_pause: bool = False


def ordered(case: Case, pause: PauseCommand) -> Step:
    """Order a pause."""
    incident = replace(case.incident, status=IncidentStatus.PAUSING, pause_id=pause.id, detail=pause.reason)
    case = replace(
        case, incident=incident, pause=pause, is_sent=False, resend_at=pause.issued_at + RESEND_S, last_answer=""
    )
    return Step(case, send_pause=True)


def sent(case: Case, pause_id: str, *, has_subscribers: bool) -> Step | None:
    """The broker has acknowledged the command; told once."""
    if case.pause is None or case.pause.id != pause_id or case.is_sent:
        return None
    detail = "the broker has it" if has_subscribers else "nobody listens: is the agent of this printer running?"
    last_answer = case.last_answer if has_subscribers else detail
    return Step(replace(case, is_sent=True, last_answer=last_answer), ((EventKind.PAUSE_SENT, detail),))


def answered(case: Case, result: PauseResult, now: float) -> Step | None:
    """An agent has answered. A proof that comes late still counts."""
    if case.pause is None or result.id != case.pause.id:
        return None
    answer = f"{result.outcome}: {result.detail}" if result.detail else str(result.outcome)
    if case.incident.status not in _UNPROVEN:
        return _explained(case, result, answer)
    arrived = () if case.is_sent else ((EventKind.PAUSE_SENT, "the agent has it"),)  # faster than the broker's PUBACK
    case = replace(case, is_sent=True)
    step = _judged(case, result, answer, now)
    return replace(step, events=(*arrived, *step.events)) if step is not None else None


def _explained(case: Case, result: PauseResult, answer: str) -> Step | None:
    """The printer's own report was faster than the agent, who knows whether it had stood still before."""
    is_first = not case.last_answer and not case.resumed_by
    if case.incident.status is not IncidentStatus.PAUSED or not result.outcome.is_proven or not is_first:
        return None
    return Step(replace(case, incident=replace(case.incident, detail=answer), last_answer=answer))


def _judged(case: Case, result: PauseResult, answer: str, now: float) -> Step | None:
    if result.outcome.is_proven:
        return _proven(replace(case, last_answer=answer), now, answer, f"{answer} ({result.elapsed_ms} ms)")
    if case.incident.status is not IncidentStatus.PAUSING:
        return None
    if result.outcome is PauseOutcome.REJECTED:  # asking again does not change a no: tell people now
        return _failed(case, answer)
    return Step(replace(case, last_answer=answer)) if answer != case.last_answer else None


def ticked(case: Case, now: float) -> Step | None:
    """Time has passed: ask again with the same id, or give up and say so."""
    pause = case.pause
    if pause is None or case.incident.status is not IncidentStatus.PAUSING:
        return None
    if now >= pause.expires_at:
        silent = "no answer from the agent" if case.is_sent else "the broker could not be reached"
        return _failed(case, case.last_answer or silent)
    if now >= case.resend_at:
        return Step(replace(case, resend_at=now + RESEND_S), send_pause=True)
    return None


def reported(case: Case, report: PrinterReport, now: float) -> Step | None:
    """The printer itself says what it does; reports from before the incident prove nothing."""
    incident = case.incident
    if report.reported_at <= max(incident.opened_at, case.stopped_at or 0.0):
        return None
    if incident.status in _UNPROVEN and report.state is JobState.PAUSED:
        return _proven(case, now, "paused", "the printer says itself that it is paused")
    if report.state is JobState.IDLE:
        return closed(case, now, "the job ended")
    if incident.status is IncidentStatus.PAUSED and report.state is JobState.PRINTING:
        return closed(case, now, f"resumed by {case.resumed_by}" if case.resumed_by else "resumed at the printer")
    return None


def recovered(case: Case, now: float) -> Step | None:
    """The pictures look healthy again: that closes what nobody was asked to pause."""
    return closed(case, now, "recovered") if case.incident.status is IncidentStatus.OPEN else None


def told(case: Case, command: PersonCommand, now: float) -> Step | None:
    """A person has decided something about the incident. A pause is the caller's to order."""
    said = f"{command.by}: {command.reason}" if command.reason else command.by
    if command.kind is PersonCommandKind.ACKNOWLEDGE:
        if case.incident.acknowledged_by is not None:
            return None
        incident = replace(case.incident, acknowledged_by=command.by)
        return Step(replace(case, incident=incident), ((EventKind.ACKNOWLEDGED, said),))
    if command.kind is PersonCommandKind.FALSE_ALARM:
        step = closed(case, now, f"false alarm, says {command.by}")
        return replace(step, events=((EventKind.FALSE_ALARM, said), *step.events))
    if command.kind is PersonCommandKind.RESUME:
        if case.incident.status is not IncidentStatus.PAUSED:  # never pause again what a person wants to go on
            return closed(case, now, f"resumed by {command.by}")
        incident = replace(case.incident, detail=f"{command.by} asked to resume")
        return Step(replace(case, incident=incident, resumed_by=command.by))
    return None


def closed(case: Case, now: float, why: str) -> Step:
    """Close the incident, for a reason in words."""
    incident = replace(case.incident, status=IncidentStatus.CLOSED, closed_at=now, detail=why)
    return Step(replace(case, incident=incident), ((EventKind.INCIDENT_CLOSED, why),))


def _proven(case: Case, now: float, detail: str, event: str) -> Step:
    incident = replace(case.incident, status=IncidentStatus.PAUSED, detail=detail)
    return Step(replace(case, incident=incident, stopped_at=now), ((EventKind.PAUSE_CONFIRMED, event),))


def _failed(case: Case, why: str) -> Step:
    incident = replace(case.incident, status=IncidentStatus.PAUSE_FAILED, detail=why)
    return Step(replace(case, incident=incident), ((EventKind.PAUSE_FAILED, why),))
