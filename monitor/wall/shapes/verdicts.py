"""What people say about pictures, and what comes of it, in answers."""

from pydantic import Field

from monitor.records import FailureClass, PersonCommandKind, Reception, VerdictKind
from monitor.wall.described import Shape
from monitor.wall.shapes.common import Box


class Verdict(Shape):
    """What a person has said about a picture."""

    id: str
    kind: VerdictKind
    by: str
    at: float
    frame_taken_at: float
    score: float | None
    boxes: list[Box]
    failure_class: FailureClass | None = Field(alias="class")
    incident: str | None
    reason: str
    withdrawn_by: str | None
    withdrawn_at: float | None


class Taken(Shape):
    """What becomes of a command: it is taken, not yet done."""

    accepted: bool
    printer: str
    kind: PersonCommandKind
    reception: Reception
    detail: str
    verdict: Verdict | None
    """what holds now"""
    overruled: Verdict | None
    """what had held until then"""
