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


class Place(Shape):
    """A part of the picture in which people called alarms false, in fractions of it."""

    x: float
    y: float
    width: float
    height: float
    discount: float
    """logits that what is seen here, and nowhere else, counts less"""
    verdicts: list[str]
    """ids of those that taught it"""


class LearnedVerdict(Verdict):
    """A verdict, and what comes of it."""

    holds: bool
    """false: withdrawn, or a later one about the same holds"""
    teaches: str
    """place, threshold, or nothing at present"""


class Learned(Shape):
    """What a camera has learned, and from what."""

    printer: str
    places: list[Place]
    threshold_shift: float
    """logits, never above 0: verdicts only ever make the whole picture more watched"""
    lasts_s: float
    """a verdict teaches for so long"""
    verdicts: list[LearnedVerdict]
    """newest first, withdrawn ones too"""


class Forgotten(Learned):
    """The same after it was forgotten."""

    withdrawn: int
    """how many verdicts"""


class ForgetQuery(Shape):
    """Who wants it."""

    by: str = Field("", max_length=80)
    """needed where nobody has to log in"""
