"""The life of an incident as pure transitions: a case and a fact go in, the next case comes out. No clock, no disk.

open, held or asking -> pausing -> paused -> closed, or -> pause-failed -> closed. A pause is proven by what the
printer was seen to do, never by a message that was sent. What a policy does is in :mod:`monitor.incidents.policy`,
what a person's word does in :mod:`monitor.incidents.told`.
"""

from dataclasses import replace

from monitor.incidents.case import NOT_ORDERED, Case, Step, closed, moved
from monitor.records import (
    EventKind,
    IncidentStatus,
    JobState,
    PauseCommand,
    PausedBy,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PrinterReport,
)

RESEND_S = 10.0  # the same command, same id, when nobody has proven it yet
UNHEARD_S = 2.0  # while nobody listens: an agent that comes back is to hear it soon
NOBODY_LISTENS = "nobody listens: is the agent of this printer running?"

_UNPROVEN = (*NOT_ORDERED, IncidentStatus.PAUSING, IncidentStatus.PAUSE_FAILED)
_EVENT_OF_STEP = {
    PauseStep.ACCEPTED: EventKind.PAUSE_ACCEPTED,
    PauseStep.ORDERED: EventKind.PAUSE_ORDERED,
    PauseStep.PAUSING: EventKind.PAUSE_PAUSING,
}
_BY = {PausedBy.PERSON: " by a person", PausedBy.PRINTER: " by the printer itself"}


def ordered(case: Case, pause: PauseCommand) -> Step:
    """Order a pause."""
    case = moved(case, IncidentStatus.PAUSING, pause.reason)
    incident = replace(case.incident, pause_id=pause.id)
    resend_at = pause.issued_at + RESEND_S
    case = replace(case, incident=incident, pause=pause, is_sent=False, resend_at=resend_at, last_answer="", steps=())
    return Step(case, send_pause=True)


def sent(case: Case, pause_id: str, *, has_subscribers: bool) -> Step | None:
    """The broker has acknowledged the command; told once. That nobody took it is told at once, until somebody does."""
    if case.pause is None or case.pause.id != pause_id:
        return None
    if not case.is_sent:
        detail = "the broker has it" if has_subscribers else NOBODY_LISTENS
        step = Step(replace(case, is_sent=True), ((EventKind.PAUSE_SENT, detail),))
        return step if has_subscribers else replace(step, case=_unheard(step.case))
    is_unheard = case.last_answer == NOBODY_LISTENS
    if is_unheard is not has_subscribers or case.steps:
        return None
    return Step(_heard(case) if has_subscribers else _unheard(case))


def progressed(case: Case, progress: PauseProgress, now: float) -> Step | None:
    """The agent tells how far it has come: recorded once each; whoever speaks is not silent."""
    if case.pause is None or progress.id != case.pause.id or progress.step in case.steps:
        return None
    arrived = _arrived(case)
    steps = (*case.steps, progress.step)
    case = replace(_heard(case), is_sent=True, steps=steps, resend_at=max(case.resend_at, now + RESEND_S))
    return Step(case, (*arrived, (_EVENT_OF_STEP[progress.step], progress.detail)))


def answered(case: Case, result: PauseResult, now: float) -> Step | None:
    """An agent has answered. A proof that comes late still counts."""
    if case.pause is None or result.id != case.pause.id:
        return None
    outcome = f"{result.outcome}{_BY.get(result.paused_by, '')}"
    answer = f"{outcome}: {result.detail}" if result.detail else outcome
    if case.incident.status not in _UNPROVEN:
        return _explained(case, result, answer)
    arrived = _arrived(case)
    step = _judged(replace(_heard(case), is_sent=True), result, answer, now)
    return replace(step, events=(*arrived, *step.events)) if step is not None else None


def _arrived(case: Case) -> tuple[tuple[EventKind, str], ...]:
    """Return what is known when an agent speaks faster than the broker's PUBACK comes."""
    return () if case.is_sent else ((EventKind.PAUSE_SENT, "the agent has it"),)


def _unheard(case: Case) -> Case:
    if case.incident.status is IncidentStatus.PAUSING:
        case = moved(case, IncidentStatus.PAUSING, NOBODY_LISTENS)
    sooner_at = case.resend_at - (RESEND_S - UNHEARD_S)
    return replace(case, last_answer=NOBODY_LISTENS, resend_at=sooner_at)


def _heard(case: Case) -> Case:
    """Take back that nobody listens."""
    if case.last_answer != NOBODY_LISTENS:
        return case
    if case.incident.status is IncidentStatus.PAUSING and case.pause is not None:
        case = moved(case, IncidentStatus.PAUSING, case.pause.reason)
    return replace(case, last_answer="", resend_at=case.resend_at + (RESEND_S - UNHEARD_S))


def _explained(case: Case, result: PauseResult, answer: str) -> Step | None:
    """The printer's own report was faster than the agent, who knows whether it had stood still before."""
    is_first = case.last_answer in ("", NOBODY_LISTENS) and not case.resumed_by
    if case.incident.status is not IncidentStatus.PAUSED or not result.outcome.is_proven or not is_first:
        return None
    incident = replace(case.incident, detail=answer)
    return Step(replace(case, incident=incident, last_answer=answer, paused_by=result.paused_by))


def _judged(case: Case, result: PauseResult, answer: str, now: float) -> Step | None:
    if result.outcome.is_proven:
        case = replace(case, last_answer=answer, paused_by=result.paused_by)
        return _proven(case, now, answer, f"{answer} ({result.elapsed_ms} ms)")
    if case.incident.status is not IncidentStatus.PAUSING:
        return None
    if result.outcome is PauseOutcome.REJECTED:  # asking again does not change a no: tell people now
        return _failed(case, answer)
    return Step(replace(case, last_answer=answer)) if answer != case.last_answer else None


def ticked(case: Case, now: float, unsent: str = "") -> Step | None:
    """Time has passed: ask again with the same id, or give up and say so. ``unsent``: why nothing could be sent."""
    pause = case.pause
    if pause is None or case.incident.status is not IncidentStatus.PAUSING:
        return None
    if now >= pause.expires_at:
        silent = "no answer from the agent" if case.is_sent else unsent or "the broker could not be reached"
        return _failed(case, case.last_answer or silent)
    if now >= case.resend_at:
        again_s = UNHEARD_S if case.last_answer == NOBODY_LISTENS else RESEND_S
        return Step(replace(case, resend_at=now + again_s), send_pause=True)
    return None


def reported(case: Case, report: PrinterReport, now: float) -> Step | None:
    """The printer itself says what it does; reports from before the incident prove nothing."""
    incident = case.incident
    if report.reported_at <= max(incident.opened_at, case.stopped_at or 0.0):
        return None
    is_other_job = None not in (incident.job, report.job) and incident.job != report.job
    if report.state is JobState.IDLE or is_other_job:
        return closed(case, now, "the job ended")
    if incident.status in _UNPROVEN and report.state is JobState.PAUSED:
        by = _BY.get(report.paused_by, "")
        case = replace(case, paused_by=report.paused_by)
        return _proven(case, now, f"paused{by}", f"the printer says itself that it is paused{by}")
    if incident.status is IncidentStatus.PAUSED and report.state is JobState.PAUSED:
        return _paused_by_another(case, report)
    if incident.status is IncidentStatus.PAUSED and report.state is JobState.PRINTING:
        why = f"resumed by {case.resumed_by}" if case.resumed_by else "resumed at the printer"
        return closed(case, now, why, lets_print=True)
    return None


def _paused_by_another(case: Case, report: PrinterReport) -> Step | None:
    """It stands still, and nobody knows any more that it was us: somebody may have paused it anew, unseen."""
    return None if report.paused_by is case.paused_by else Step(replace(case, paused_by=report.paused_by))


def recovered(case: Case, now: float) -> Step | None:
    """The pictures look healthy again: that closes what nobody was asked to pause."""
    return closed(case, now, "recovered") if case.incident.status in NOT_ORDERED else None


def _proven(case: Case, now: float, detail: str, event: str) -> Step:
    case = replace(moved(case, IncidentStatus.PAUSED, detail), stopped_at=now)
    return Step(case, ((EventKind.PAUSE_CONFIRMED, event),))


def _failed(case: Case, why: str) -> Step:
    return Step(moved(case, IncidentStatus.PAUSE_FAILED, why), ((EventKind.PAUSE_FAILED, why),))
