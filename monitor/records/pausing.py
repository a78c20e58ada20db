"""What printers do, and how they are paused. Times are unix seconds."""

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """What the printer itself says that it does."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    PRINTING = "printing"
    PAUSING = "pausing"
    PAUSED = "paused"
    ERROR = "error"
    OFFLINE = "offline"


class PausedBy(StrEnum):
    """Who made a printer stand still, as far as it tells."""

    UNKNOWN = "unknown"
    VIGIE = "vigie"
    PERSON = "person"
    PRINTER = "printer"  # by itself: filament ran out, a door was opened, a pause in the G-code


class PauseOutcome(StrEnum):
    """How a pause command ended; the values of ``pause/result`` on MQTT."""

    PAUSED = "paused"
    ALREADY_PAUSED = "already-paused"
    NOT_PRINTING = "not-printing"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    OUTDATED = "outdated"  # another monitor owns the printer by now: its orders are obeyed, and not this one's

    @property
    def is_proven(self) -> bool:
        """Whether the printer was seen not to print any more."""
        return self in (PauseOutcome.PAUSED, PauseOutcome.ALREADY_PAUSED, PauseOutcome.NOT_PRINTING)


class PauseStep(StrEnum):
    """How far a pause has come on its way to the proof; the values of ``pause/progress`` on MQTT."""

    ACCEPTED = "accepted"  # the agent has the command, and will not lose it
    ORDERED = "ordered"  # the printer has the order
    PAUSING = "pausing"  # the printer says that it is about to stand still


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
    paused_by: PausedBy = PausedBy.UNKNOWN  # says something while it is paused


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
    epoch: int = 0  # of the monitor that owns the printer; 0: it shares its printers with nobody


@dataclass(frozen=True, slots=True)
class PauseProgress:
    """How far a pause has come; the payload of ``pause/progress`` on MQTT. Progress, never a proof."""

    id: str
    printer: str
    step: PauseStep
    at: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PauseResult:
    """How a pause command ended; the payload of ``pause/result`` on MQTT."""

    id: str
    printer: str
    outcome: PauseOutcome
    elapsed_ms: int
    detail: str = ""
    paused_by: PausedBy = PausedBy.UNKNOWN
