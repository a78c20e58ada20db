"""Open cases that change hands: what another monitor has left is gone on with, like one's own after a restart. Pure."""

from dataclasses import dataclass, replace

from monitor.incidents.case import Case, moved
from monitor.incidents.clocks import in_time
from monitor.incidents.progress import from_text
from monitor.records import Incident, IncidentStatus, Standing

GONE_ON_ELSEWHERE = "another monitor has gone on with this printer"


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What the last owner of a printer has kept for the next one."""

    incident: Incident | None  # the open one
    progress: str  # goes with it
    standing: Standing


def adopted(inheritance: Inheritance, epoch: int, now: float, pause_timeout_s: float) -> Case | None:
    """Return the case to go on with, if one is open. Raises StorageDamaged when it cannot be read."""
    if inheritance.incident is None:
        return None
    return renewed(from_text(inheritance.incident, inheritance.progress), epoch, now, pause_timeout_s)


def renewed(case: Case, epoch: int, now: float, pause_timeout_s: float) -> Case:
    """Return a case as its new owner's. A pause under way is ordered anew by whom owns the printer now, with the same
    id: its agent carries it out once, and an expiry by another machine's clock says nothing."""
    case = replace(in_time(case, now), resend_at=now)
    case = replace(case, incident=replace(case.incident, epoch=epoch))
    if case.pause is None or case.incident.status is not IncidentStatus.PAUSING:
        return case
    return replace(case, pause=replace(case.pause, epoch=epoch, issued_at=now, expires_at=now + pause_timeout_s))


def left_behind(incident: Incident, now: float, why: str = GONE_ON_ELSEWHERE) -> Incident:
    """Return an incident that is open here alone, as it is kept in our own history."""
    return replace(moved(Case(incident), IncidentStatus.CLOSED, why).incident, closed_at=now)
