"""What people say about decisions, and what a camera has learned from it. Times are unix seconds."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.records.seeing import Box, FailureClass


class VerdictKind(StrEnum):
    """What a person says about a picture that Vigie has decided on, or should have."""

    FALSE_ALARM = "false_alarm"
    MISSED = "missed"  # a failure that was not noticed
    CONFIRMED = "confirmed"  # a failure that was rightly noticed


@dataclass(frozen=True, slots=True)
class Verdict:
    """A labelled picture: frame, score and what a person says. Withdrawn ones stay in the history."""

    id: str
    printer: str
    kind: VerdictKind
    by: str
    at: float
    frame_taken_at: float
    score: float | None
    boxes: tuple[Box, ...]
    model_sha256: str
    incident: str | None = None
    failure_class: FailureClass | None = None  # the incident's; None: nobody has said what was missed
    reason: str = ""
    view: str = ""  # of the camera's address and rotation: what was learned in one view is not used in another
    withdrawn_by: str | None = None
    withdrawn_at: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A part of one camera's picture, in fractions of the whole turned view, in which people called alarms false.

    What is seen there and nowhere else counts ``discount`` logits less; elsewhere nothing changes.
    """

    x: float
    y: float
    width: float
    height: float
    discount: float
    verdicts: tuple[str, ...]  # ids of those that taught it


@dataclass(frozen=True, slots=True)
class Learned:
    """All that verdicts have changed for one camera; derived from them, so that forgetting one undoes its part."""

    printer: str
    places: tuple[Place, ...] = ()
    threshold_shift: float = 0.0  # logits; never above 0: verdicts only ever make the whole picture more watched
    misses: tuple[str, ...] = ()  # ids of the verdicts that shifted it
