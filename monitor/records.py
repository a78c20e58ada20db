"""Facts that move between rooms, frozen. Times are unix seconds (see :mod:`monitor.clock`), boxes are fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NO_CLASSES: Mapping["FailureClass", float] = MappingProxyType({})


class FailureClass(StrEnum):
    """What can be wrong with a print; the detector's classes, in its order."""

    SPAGHETTI = "spaghetti"
    DETACHED = "detached"
    BLOB = "blob"
    STRINGING = "stringing"
    WARPING = "warping"
    LAYER_SHIFT = "layer_shift"
    UNDER_EXTRUSION = "under_extrusion"


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


class Health(StrEnum):
    """Whether a picture can be trusted; anything but OK means that the printer is not being watched."""

    OK = "ok"
    DARK = "dark"
    OVER_EXPOSED = "over-exposed"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    PLACEHOLDER = "placeholder"
    UNREADABLE = "unreadable"


class CameraState(StrEnum):
    """What a camera's reader is doing."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    WAITING = "waiting"  # for the next try
    STOPPED = "stopped"


class JobState(StrEnum):
    """What the printer itself says that it does."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    PRINTING = "printing"
    PAUSING = "pausing"
    PAUSED = "paused"
    ERROR = "error"
    OFFLINE = "offline"


class PauseOutcome(StrEnum):
    """How a pause command ended; the values of ``pause/result`` on MQTT."""

    PAUSED = "paused"
    ALREADY_PAUSED = "already-paused"
    NOT_PRINTING = "not-printing"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"

    @property
    def is_proven(self) -> bool:
        """Whether the printer was seen not to print any more."""
        return self in (PauseOutcome.PAUSED, PauseOutcome.ALREADY_PAUSED, PauseOutcome.NOT_PRINTING)


class IncidentStatus(StrEnum):
    """Life of an incident: open, pausing, then paused or pause-failed, and closed in the end."""

    OPEN = "open"
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
    PAUSE_SENT = "pause.sent"
    PAUSE_CONFIRMED = "pause.confirmed"
    PAUSE_FAILED = "pause.failed"
    ACKNOWLEDGED = "acknowledged"
    FALSE_ALARM = "false_alarm"
    MUTED = "muted"
    UNMUTED = "unmuted"
    CAMERA_BLIND = "camera.blind"
    CAMERA_BACK = "camera.back"


class Action(StrEnum):
    """What Vigie does about a failure of a printer."""

    PAUSE = "pause"
    ALERT = "alert"


class PersonCommandKind(StrEnum):
    """What people can ask for on ``command``."""

    ACKNOWLEDGE = "acknowledge"
    FALSE_ALARM = "false_alarm"
    RESUME = "resume"
    PAUSE = "pause"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture as the camera sent it, encoded."""

    printer: str
    jpeg: bytes
    taken_at: float  # when its last byte arrived
    number: int  # counts up within a printer, across reconnects
    generation: int  # counts the camera's connections


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How a camera's connection is doing."""

    printer: str
    state: CameraState
    since: float  # when it came into this state
    generation: int = 0  # counts connections, failed ones too
    frames: int = 0
    dropped: int = 0  # pictures that arrived and were of no use: cut off, too big
    last_frame_at: float | None = None
    error: str = ""  # why the last connection failed, with the remedy; kept until the next frame
    retry_at: float | None = None  # while waiting


@dataclass(frozen=True, slots=True)
class Box:
    """Where a failure is seen, in fractions of the picture's width and height, origin top left."""

    failure_class: FailureClass
    x: float
    y: float
    width: float
    height: float
    score: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What one inspected frame showed. ``score`` is None when the picture cannot be trusted."""

    printer: str
    taken_at: float
    health: Health
    score: float | None = None  # probability that a print failure is visible
    classes: Mapping[FailureClass, float] = field(default_factory=lambda: NO_CLASSES)
    boxes: tuple[Box, ...] = ()
    detail: str = ""  # why the picture cannot be read, or only in part

    @property
    def is_trusted(self) -> bool:
        """Whether the picture says anything about the print."""
        return self.health is Health.OK and self.score is not None


@dataclass(frozen=True, slots=True)
class PrinterReport:
    """What the agent last heard from a printer; the payload of ``printer`` on MQTT."""

    printer: str
    state: JobState
    reported_at: float
    can_pause: bool
    job: str | None = None
    progress: float | None = None  # 0..1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PauseCommand:
    """An order to pause; the payload of ``pause`` on MQTT. Resent with the same id, never retained."""

    id: str
    site: str
    printer: str
    incident: str
    issued_at: float
    expires_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class PauseResult:
    """How a pause command ended; the payload of ``pause/result`` on MQTT."""

    id: str
    printer: str
    outcome: PauseOutcome
    elapsed_ms: int
    detail: str = ""


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
class PersonCommand:
    """What a person asked for; the payload of ``command`` on MQTT."""

    printer: str
    kind: PersonCommandKind
    by: str
    at: float
    minutes: float | None = None  # for mute
    reason: str = ""
