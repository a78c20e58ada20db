"""What a decided failure leads to: a pause, a question, a word to people, or waiting. Pure, as all transitions here."""

from dataclasses import replace

from monitor.incidents.case import Case, Step, moved
from monitor.incidents.life import ordered
from monitor.records import Action, EventKind, Hold, IncidentStatus, PauseCommand

WITHHELD = "shadow mode: it would have been paused now"


def held(case: Case, hold: Hold) -> Step:
    """Wait: what many printers have in common is more likely than that all of them fail."""
    incident = replace(case.incident, cause=hold.cause, acts_at=hold.until)
    return Step(moved(replace(case, incident=incident), IncidentStatus.HELD, ""), ((EventKind.HELD, str(hold.cause)),))


def acted(case: Case, action: Action, pause: PauseCommand, ask_for_s: float) -> Step:
    """Go the printer's way at the time of ``pause``, which is ordered only if the way is to pause at once."""
    case = replace(case, incident=replace(case.incident, action=action))
    if action is Action.PAUSE:
        return ordered(case, pause)
    return asked(case, pause.issued_at + ask_for_s, ask_for_s) if action is Action.ASK else withheld(case)


def asked(case: Case, acts_at: float, ask_for_s: float) -> Step:
    """Ask: it is paused at ``acts_at`` unless somebody says no."""
    case = replace(case, incident=replace(case.incident, acts_at=acts_at))
    question = f"it is paused in {ask_for_s:g} s unless somebody says no"
    return Step(moved(case, IncidentStatus.ASKING, ""), ((EventKind.ASKED, question),))


def withheld(case: Case) -> Step:
    """Tell people only, and record what would have been done."""
    case = replace(case, incident=replace(case.incident, action=Action.ALERT))
    return Step(moved(case, IncidentStatus.OPEN, ""), ((EventKind.PAUSE_WITHHELD, WITHHELD),))


def is_due(case: Case, now: float) -> bool:
    """Whether nobody has decided in time what is held or was asked."""
    return case.incident.acts_at is not None and now >= case.incident.acts_at


def is_releasable(case: Case) -> bool:
    """Whether it is held, or was until people were alarmed and nobody has answered."""
    incident = case.incident
    if incident.status is IncidentStatus.HELD:
        return True
    is_unanswered = incident.status is IncidentStatus.OPEN and incident.acknowledged_by is None
    return is_unanswered and incident.cause is not None and incident.action is not Action.ALERT


def unreleased(case: Case) -> Step:
    """Nobody has looked at what is held: that becomes an alarm of its own, never a silence."""
    why = f"held ({case.incident.cause}) and decided by nobody in time: it was not paused"
    return Step(moved(case, IncidentStatus.OPEN, why), ((EventKind.RELEASED, why),))
