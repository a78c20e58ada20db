"""Incidents in answers."""

from pydantic import Field

from monitor.incidents.steps import TimedStep
from monitor.records import Action, FailureClass, GroupKind, IncidentStatus, ShadowTally, StartNews
from monitor.wall.described import Shape
from monitor.wall.shapes.common import Box, Event


class Group(Shape):
    """Printers that share something."""

    kind: GroupKind
    name: str


class Cause(Shape):
    """What many alarms have in common."""

    groups: list[Group]
    alarms: int
    """printers in trouble"""
    of: int
    """printers that were working"""
    news: StartNews | None


class Incident(Shape):
    """A failure that was decided, with all that its decision needs to be audited."""

    id: str
    site: str
    printer: str
    opened_at: float
    closed_at: float | None
    failure_class: FailureClass = Field(alias="class")
    score: float
    boxes: list[Box]
    status: IncidentStatus
    action: Action
    acknowledged_by: str | None
    detail: str
    is_heard: bool
    """false: nobody took the order to pause"""
    job: str | None
    acts_at: float | None
    """while held or asking: when Vigie decides, unless a person does before"""
    cause: Cause | None
    model_sha256: str
    parameters: dict[str, float]
    """of the judge, as they were"""


class IncidentLife(Incident):
    """An incident with what happened in it."""

    steps: list[TimedStep]
    """of the pause, with their times"""
    events: list[Event]


class Incidents(Shape):
    """The newest incidents, newest first."""

    at: float
    incidents: list[IncidentLife]
    shadow: ShadowTally
    """what shadow mode would have done, in all time"""


class IncidentsQuery(Shape):
    """What narrows the list down."""

    printer: str | None = None
    """of this printer only"""
    limit: int = Field(50, ge=1, le=500)
