"""The way of a pause from the request to the proof, with times: read from the events of an incident."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.ids import unix_s_of
from monitor.records import Event, EventKind, Incident

REQUESTED = "requested"
_STEP_OF_EVENT = {
    EventKind.PAUSE_SENT: "delivered",
    EventKind.PAUSE_ACCEPTED: "accepted",
    EventKind.PAUSE_ORDERED: "ordered",
    EventKind.PAUSE_PAUSING: "pausing",
    EventKind.PAUSE_CONFIRMED: "confirmed",
    EventKind.PAUSE_FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class TimedStep:
    """One step of the newest order. ``ms``: milliseconds since the failure was decided."""

    name: str  # requested, delivered, accepted, ordered, pausing, confirmed or failed
    at: float  # unix seconds, by the monitor's clock
    ms: int


def steps_of(incident: Incident, events: Sequence[Event]) -> tuple[TimedStep, ...]:
    """Return the steps of the incident's newest order as they became known; empty when none was given."""
    if incident.pause_id is None:
        return ()
    requested_at = max(unix_s_of(incident.pause_id), incident.opened_at)  # an id knows whole milliseconds only
    known = [(_STEP_OF_EVENT[e.kind], e.at) for e in events if e.kind in _STEP_OF_EVENT and e.at >= requested_at]
    return tuple(
        TimedStep(name, at, round((at - incident.opened_at) * 1000)) for name, at in ((REQUESTED, requested_at), *known)
    )
