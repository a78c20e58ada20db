"""A case to text and back, for the database."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from monitor.errors import StorageDamaged
from monitor.incidents.case import Case
from monitor.records import Incident, PauseCommand, PausedBy, PauseStep


@dataclass(frozen=True, slots=True)
class _Progress:
    pause: PauseCommand | None
    is_sent: bool
    resend_at: float
    last_answer: str
    stopped_at: float | None
    resumed_by: str
    steps: tuple[PauseStep, ...] = ()  # a file of before the agents told them has none
    paused_by: PausedBy = PausedBy.UNKNOWN


_PROGRESS = TypeAdapter(_Progress)


def to_text(case: Case) -> str:
    """Return what the incident itself does not say."""
    progress = _Progress(
        case.pause,
        case.is_sent,
        case.resend_at,
        case.last_answer,
        case.stopped_at,
        case.resumed_by,
        case.steps,
        case.paused_by,
    )
    return _PROGRESS.dump_json(progress).decode()


def from_text(incident: Incident, text: str) -> Case:
    """Return the case as it was written; raises StorageDamaged."""
    try:
        progress = _PROGRESS.validate_json(text)
    except ValidationError as exc:
        raise StorageDamaged(f"incident {incident.id}: its progress cannot be read: {exc}") from exc
    return Case(
        incident,
        progress.pause,
        progress.is_sent,
        progress.resend_at,
        progress.last_answer,
        progress.stopped_at,
        progress.resumed_by,
        progress.steps,
        progress.paused_by,
    )
