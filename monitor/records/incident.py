"""Failures that were decided, and what becomes of them. Times are unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.records.cause import CommonCause
from monitor.records.seeing import Box, FailureClass


class State(StrEnum):
    """What the wall says about a printer. Derived in :mod:`monitor.board`, in one place."""

    IDLE = "idle"
    WATCHING = "watching"
    SUSPECT = "suspect"
    FAILING = "failing"
    PAUSING = "pausing"
    PAUSED = "paused"
    PAUSE_FAILED = "pause-failed"
    BLIND = "blind"
    MUTED = "muted"


class Action(StrEnum):
    """What Vigie does about a failure of a printer."""

    PAUSE = "pause"
    ASK = "ask"  # pause unless somebody says no in time
    ALERT = "alert"  # shadow mode: tell people, and count what would have been paused


class IncidentStatus(StrEnum):
    """Life of an incident: open, held or asking, pausing, then paused or pause-failed, and closed in the end."""

    OPEN = "open"
    HELD = "held"  # many printers alarmed at once: one cause is more likely than many failures
    ASKING = "asking"  # it is paused unless somebody says no
    PAUSING = "pausing"
    PAUSED = "paused"
    PAUSE_FAILED = "pause-failed"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What can happen; the ``kind`` of an event on MQTT and in the history."""

    SUSPECTED = "suspected"
    CLEARED = "cleared"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLOSED = "incident.closed"
    RECOVERED = "recovered"
    HELD = "incident.held"
    RELEASED = "incident.released"
    ASKED = "incident.asked"
    LET_PRINT = "incident.let_print"
    PAUSE_WITHHELD = "pause.withheld"  # shadow mode: it would have been paused
    PAUSE_SENT = "pause.sent"  # delivered to the broker
    PAUSE_ACCEPTED = "pause.accepted"
    PAUSE_ORDERED = "pause.ordered"
    PAUSE_PAUSING = "pause.pausing"
    PAUSE_CONFIRMED = "pause.confirmed"
    PAUSE_FAILED = "pause.failed"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    FALSE_ALARM = "false_alarm"
    CONFIRMED = "confirmed"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"  # a verdict
    RESUME_ASKED = "resume.asked"
    MUTED = "muted"
    UNMUTED = "unmuted"
    ARMED = "armed"
    DISARMED = "disarmed"
    PEOPLE_TOLD = "people.told"
    PEOPLE_NOT_TOLD = "people.not_told"  # no way to tell them worked
    CAMERA_BLIND = "camera.blind"
    CAMERA_BACK = "camera.back"
    CAMERA_CHECKED = "camera.checked"  # a person has said whether it shows its printer, or that it was touched


@dataclass(frozen=True, slots=True)
class Incident:
    """A failure that was decided, and what became of it. Everything needed to audit the decision is in here."""

    id: str
    site: str
    printer: str
    opened_at: float
    failure_class: FailureClass
    score: float
    boxes: tuple[Box, ...]
    model_sha256: str
    parameters: Mapping[str, float]  # of the judge, as they were
    action: Action
    status: IncidentStatus
    pause_id: str | None = None
    closed_at: float | None = None
    acknowledged_by: str | None = None
    detail: str = ""
    job: str | None = None  # the printer's, when the failure was decided
    acts_at: float | None = None  # while held or asking: when Vigie decides, unless a person does before
    cause: CommonCause | None = None  # that it was held for
    job_progress: float | None = None  # 0 to 1, as the printer said when the failure was decided
    job_left_s: float | None = None  # of printing, at the pace that was seen; None: too little was seen of it
    software: str = ""  # the version of Vigie that decided
    frame_taken_at: float | None = None  # of the picture that decided; None: older than this was kept
    view: str = ""  # a hash of what the camera looked at: its address and rotation
    epoch: int = 0  # of the monitor that owns the printer; 0: it shares its printers with nobody


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a printer; kept in the history and published once on ``event``."""

    id: str
    site: str
    printer: str
    at: float
    kind: EventKind
    incident: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a decided failure is not acted on yet, and until when at the latest (unix seconds)."""

    cause: CommonCause
    until: float


@dataclass(frozen=True, slots=True)
class ShadowTally:
    """What shadow mode would have done: pauses that were withheld, and how many of them people call false alarms."""

    withheld: int
    false_alarms: int
