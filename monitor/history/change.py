"""What is written in one transaction."""

from dataclasses import dataclass

from monitor.history.imports import Imported
from monitor.history.wishes import Wish
from monitor.records import Event, Incident, Notice, Standing, Verdict


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that must reach the broker; kept until the broker has acknowledged it."""

    id: str
    site: str
    printer: str
    leaf: str  # of the topic: "incident", "event", "evidence", "pause", "command"
    payload: bytes
    retain: bool = False
    expires_at: float | None = None  # dropped rather than sent later than this
    pause: str | None = None  # id of the pause command in it


@dataclass(frozen=True, slots=True)
class Change:
    """All that becomes true at once: either the whole of it is in the file, or nothing."""

    incident: Incident | None = None
    progress: str = ""  # goes with the incident
    evidence: bytes | None = None  # JPEG, only when the incident is opened
    events: tuple[Event, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    standing: tuple[Standing, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    labelled: tuple[tuple[str, bytes], ...] = ()  # JPEGs of verdicts that are about no incident, by verdict
    notices: tuple[Notice, ...] = ()
    sent: tuple[str, ...] = ()  # ids of outgoing messages that are done
    imported: Imported | None = None  # of another monitor's journal
    pictures: tuple[tuple[str, bytes], ...] = ()  # JPEGs of incidents that are told by another monitor, by incident
    wishes: tuple[Wish, ...] = ()
    wished_at: float = 0.0  # goes with the wishes: what is kept until an earlier time goes
    forget_before: float | None = None  # delete what was closed earlier, with its events and picture
