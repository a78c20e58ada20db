"""A case: an incident and what must be known beside it. What changes it comes out of pure functions as a step."""

from dataclasses import dataclass, replace

from monitor.records import EventKind, Incident, IncidentStatus, PauseCommand, PausedBy, PauseStep

UNDECIDED = (IncidentStatus.HELD, IncidentStatus.ASKING)
"""Vigie acts on these at ``acts_at``, unless a person does before."""

NOT_ORDERED = (IncidentStatus.OPEN, *UNDECIDED)
"""Nobody has ordered a pause: healthy pictures close these."""


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
    steps: tuple[PauseStep, ...] = ()  # that the agent has told of this order
    paused_by: PausedBy = PausedBy.UNKNOWN  # while it stands still: a false alarm overrules nobody but Vigie


@dataclass(frozen=True, slots=True)
class Step:
    """What a fact changes: the next case, what happened, and what goes with it."""

    case: Case
    events: tuple[tuple[EventKind, str], ...] = ()
    send_pause: bool = False  # the pause goes out, perhaps again
    lets_print: bool = False  # a person wants the job to go on: this failure pauses it no second time


def moved(case: Case, status: IncidentStatus, detail: str) -> Case:
    """Return the case in another status; what nobody waits for any more has no time to act at."""
    acts_at = case.incident.acts_at if status in UNDECIDED else None
    return replace(case, incident=replace(case.incident, status=status, detail=detail, acts_at=acts_at))


def closed(case: Case, now: float, why: str, *, lets_print: bool = False) -> Step:
    """Close the incident, for a reason in words."""
    case = moved(case, IncidentStatus.CLOSED, why)
    case = replace(case, incident=replace(case.incident, closed_at=now))
    return Step(case, ((EventKind.INCIDENT_CLOSED, why),), lets_print=lets_print)
