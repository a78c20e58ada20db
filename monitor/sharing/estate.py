"""A printer's case between the cluster's JSON and our records. Pure."""

import json
from collections.abc import Iterable
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from monitor.cluster.records import Case
from monitor.errors import StorageDamaged
from monitor.history import Change
from monitor.incidents.adopting import Inheritance
from monitor.records import EventKind, Incident, IncidentStatus, Notice, Standing
from monitor.wire import decode_incident, encode_incident

TURNS = (EventKind.SUSPECTED, EventKind.CLEARED, EventKind.RECOVERED)
"""What the judge tells of a printer without an incident, and the next owner should know."""

_STANDING = TypeAdapter(Standing)
_NOTICES = TypeAdapter(list[Notice])


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


def is_about(case: Case, notice: Notice) -> bool:
    """Whether a message to people is about the incident that is open."""
    return case.incident is not None and f'"id":"{notice.incident}"' in case.incident


def with_notices(case: Case, notices: Iterable[Notice]) -> Case:
    """Return the case with who was told of it: a key more beside how far its pause has come."""
    if case.progress is None:
        return case
    told = _NOTICES.dump_python([notice for notice in notices if is_about(case, notice)], mode="json")
    return replace(case, progress=json.dumps({**json.loads(case.progress), "notices": told}))


def notices_of(case: Case | None) -> list[Notice]:
    """Return who was told of the open incident; raises StorageDamaged."""
    if case is None or not case.progress:
        return []
    try:
        return _NOTICES.validate_python(json.loads(case.progress).get("notices", []))
    except (ValueError, AttributeError) as exc:
        raise StorageDamaged(f"{case.printer}: who was told, as the last owner kept it: {exc}") from exc


def _text(incident: Incident) -> str | None:
    return None if incident.status is IncidentStatus.CLOSED else encode_incident(incident).decode()


def _standing(case: Case) -> Standing:
    if not case.standing:
        return Standing(case.printer)
    try:
        return _STANDING.validate_json(case.standing)
    except ValidationError as exc:
        raise StorageDamaged(f"{case.printer}: what people decided, as the last owner kept it: {exc}") from exc
