"""What MQTT is told about an incident, as rows of the outbox."""

import logging
from collections.abc import Iterable

from monitor.errors import BadPayload
from monitor.history import Outgoing
from monitor.ids import uuid7
from monitor.records import Event, Incident, IncidentStatus, PauseCommand, PersonCommand
from monitor.wire import decode_pause, encode_event, encode_incident, encode_pause, encode_person_command

log = logging.getLogger(__name__)

COMMAND_LASTS_S = 60.0  # a wish to resume that is older may have been overtaken


def new_pause(
    site: str, printer: str, incident: str, reason: str, now: float, expires_at: float, epoch: int
) -> PauseCommand:
    """Return an order with an id of its own; ``incident`` is empty when a person wants it and there is none."""
    return PauseCommand(uuid7(now), site, printer, incident, now, expires_at, reason, epoch)


def pause_message(pause: PauseCommand, now: float) -> Outgoing:
    """Return the order itself. Never retained; worthless after its expiry."""
    return Outgoing(
        uuid7(now), pause.site, pause.printer, "pause", encode_pause(pause), False, pause.expires_at, pause.id
    )


def pause_of(message: Outgoing) -> PauseCommand | None:
    """Return the order in a message of an earlier run; None when a newer Vigie wrote it, or somebody changed it."""
    try:
        return decode_pause(message.payload)
    except BadPayload as exc:
        log.warning("%s: an order of the last run is dropped: %s", message.printer, exc)
        return None


def incident_message(incident: Incident, now: float) -> Outgoing:
    """Return the incident, retained while it is open; an empty payload clears it."""
    payload = b"" if incident.status is IncidentStatus.CLOSED else encode_incident(incident)
    return Outgoing(uuid7(now), incident.site, incident.printer, "incident", payload, retain=True)


def no_incident(site: str, printer: str, now: float) -> Outgoing:
    """Return that no incident is open, whatever was said before."""
    return Outgoing(uuid7(now), site, printer, "incident", b"", retain=True)


def evidence_message(incident: Incident, jpeg: bytes, now: float) -> Outgoing:
    """Return the picture, retained until the next incident's."""
    return Outgoing(uuid7(now), incident.site, incident.printer, "evidence", jpeg, retain=True)


def event_messages(events: Iterable[Event]) -> tuple[Outgoing, ...]:
    """Return the events, not retained."""
    return tuple(Outgoing(uuid7(e.at), e.site, e.printer, "event", encode_event(e)) for e in events)


RETAINED = ("state", "incident", "evidence", "printer")
"""Leaves of a printer's topics that the broker keeps."""


def clearing_messages(site: str, printer: str, now: float) -> tuple[Outgoing, ...]:
    """Return what makes the broker forget a printer: an empty payload for each retained topic."""
    return tuple(Outgoing(uuid7(now), site, printer, leaf, b"", retain=True) for leaf in RETAINED)


def command_message(command: PersonCommand, site: str) -> Outgoing:
    """Return a person's wish for the agent."""
    payload = encode_person_command(command)
    return Outgoing(
        uuid7(command.at), site, command.printer, "command", payload, expires_at=command.at + COMMAND_LASTS_S
    )
