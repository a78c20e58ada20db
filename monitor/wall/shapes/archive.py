"""The past of a printer in answers."""

from pydantic import Field

from monitor.records import State
from monitor.records.archive import KeptFor
from monitor.wall.described import Shape
from monitor.wall.shapes.common import Event


class Series(Shape):
    """Scores, states and events of a time."""

    since: float = Field(alias="from")
    until: float = Field(alias="to")
    threshold: float | None
    """as it is now; null for a printer that left cameras.yaml"""
    points: list[tuple[float, float, float, float]]
    """when, least, most and mean score of each bucket; buckets without a picture are left out"""
    states: list[tuple[float, float, State]]
    """from, to, state"""
    events: list[Event]
    problem: str
    """why there is only what is in memory; empty when there is all"""


class SpanQuery(Shape):
    """A time, unix seconds: the last hour, unless it is said."""

    since: float | None = Field(None, alias="from", ge=0)
    until: float | None = Field(None, alias="to", ge=0)


class SeriesQuery(SpanQuery):
    """A time, and into how many buckets it is cut."""

    points: int = Field(600, ge=2, le=4000)


class StoredFrame(Shape):
    """A frame that is kept."""

    taken_at: float
    score: float | None
    kept_for: KeptFor


class Frames(Shape):
    """Stored frames of a time, oldest first; /frame/<printer>/<taken_at>.jpg is the picture."""

    since: float = Field(alias="from")
    until: float = Field(alias="to")
    frames: list[StoredFrame]


class WouldOpen(Shape):
    """An incident that there would have been."""

    at: float
    score: float


class Would(Shape):
    """What the judge would have decided with some settings."""

    threshold: float
    fail_after_s: float
    suspect_after_s: float
    incidents: list[WouldOpen]
    suspicions: int


class WhatIf(Would):
    """The same for the last day, beside what the settings of now would have decided."""

    since: float = Field(alias="from")
    until: float = Field(alias="to")
    watched_s: float
    unknown: list[str]
    """what a replay of stored scores cannot know"""
    now: Would


class WhatIfQuery(Shape):
    """Settings in place of the printer's own."""

    threshold: float | None = Field(None, ge=0.001, le=0.999)
    fail_after_s: float | None = Field(None, ge=0.1, le=3600)
    suspect_after_s: float | None = Field(None, ge=0.1, le=3600)
