"""A printer's case between the cluster's JSON and our records. Pure."""

from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from monitor.cluster.records import Case
from monitor.errors import StorageDamaged
from monitor.history import Change
from monitor.incidents.adopting import Inheritance
from monitor.records import EventKind, Incident, IncidentStatus, Standing
from monitor.wire import decode_incident, encode_incident

TURNS = (EventKind.SUSPECTED, EventKind.CLEARED, EventKind.RECOVERED)
"""What the judge tells of a printer without an incident, and the next owner should know."""

_STANDING = TypeAdapter(Standing)


def inherited(case: Case | None) -> Inheritance | None:
    """Return what the last owner has kept; None when nobody has kept anything.

    Raises BadPayload when a newer version wrote the incident, StorageDamaged when the rest cannot be read.
    """
    if case is None:
        return None
    incident = decode_incident(case.incident.encode()) if case.incident else None
    return Inheritance(incident, case.progress or "", _standing(case))


def changed(case: Case, change: Change) -> Case:
    """Return the case after a change, as far as that is about its printer."""
    incident = change.incident
    if incident is not None and incident.printer == case.printer:
        case = replace(case, incident=_text(incident), progress=change.progress or None)
    for standing in change.standing:
        if standing.printer == case.printer:
            case = replace(case, standing=_STANDING.dump_json(standing).decode())
    return case


def concerned(change: Change) -> set[str]:
    """Return the printers of which the next owner should know what has changed."""
    printers = {standing.printer for standing in change.standing}
    printers |= {event.printer for event in change.events if event.kind in TURNS}
    return printers | ({change.incident.printer} if change.incident is not None else set())


def _text(incident: Incident) -> str | None:
    return None if incident.status is IncidentStatus.CLOSED else encode_incident(incident).decode()


def _standing(case: Case) -> Standing:
    if not case.standing:
        return Standing(case.printer)
    try:
        return _STANDING.validate_json(case.standing)
    except ValidationError as exc:
        raise StorageDamaged(f"{case.printer}: what people decided, as the last owner kept it: {exc}") from exc
