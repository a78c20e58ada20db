"""Shapes that several routes share."""

from pydantic import Field

from monitor.records import FailureClass
from monitor.records.line import LineKind
from monitor.wall.described import Shape


class Fault(Shape):
    """What went wrong."""

    status: int
    """as in the answer's head"""
    title: str
    detail: str
    """what, where, and what to do about it; for people, in English"""
    reason: str | None = None
    """a word for why, where the pages say it in their own language"""


class Problem(Shape):
    """Every error of the API."""

    error: Fault


class Box(Shape):
    """Where a failure is seen, in fractions of the upright picture's width and height, origin top left."""

    failure_class: FailureClass = Field(alias="class")
    x: float
    y: float
    width: float
    height: float
    score: float


class Event(Shape):
    """Something that happened to a printer."""

    id: str | None
    """null for what is in the archive only"""
    at: float
    kind: str
    incident: str | None
    detail: str


class Named(Shape):
    """A site or a room."""

    id: str
    name: str


class Overload(Shape):
    """Printers are looked at less often than they should be, because the machine cannot do more."""

    since: float
    every_s: float
    """seconds between two looks at a printer, where most of those that are slowed stand"""
    wanted_s: float
    """and as cameras.yaml wants it"""
    printers: int
    """that are slowed"""
    too_many: bool
    """even that is too much for the machine"""


class SiteLine(Shape):
    """At a hub: one site of the region, and how the line to it is."""

    peer: str
    """the name that it tells itself by"""
    name: str
    sites: list[str]
    """ids of the sites that it tells of"""
    line: LineKind
    since: float
    heard_at: float | None
    """what is shown of it is as it was then; null while it is connected, and when it was never heard"""
    skew_s: float
    """what to add to its clock to have the hub's, where that is worth telling; else 0"""
    detail: str
    """what to do about its line, in English"""
    printers: int
    software: str
    problems: list[str]
    """what its own monitor lacks, in English"""
    is_behind: bool
    """its history is still being fetched"""
    wall: str
    """where its own wall is; empty when the hub's file does not say"""


class Health(Shape):
    """How the monitor itself is; an empty problem is none."""

    status: str
    """ok, or degraded when it lacks something that it needs"""
    broker_connected: bool
    storage_problem: str
    detector_problem: str
    people_problem: str
    archive_problem: str
    file_problem: str
    """why cameras.yaml, as it is now, does not hold; what was right before does"""
    cluster_problem: str
    """why printers are not shared with other monitors as they should be"""
    pool_problem: str
    """why the server that runs the detector does not; this machine does meanwhile"""
    hub_problem: str
    """why the hub, or other monitors, are told nothing of what is seen here; Vigie itself is well all the same"""
    belonging_problem: str
    """which cameras seem to show other printers than they should; Vigie itself is well all the same"""
    belonging_question: str
    """which cameras may show other printers: nothing is proven, but somebody should look"""
    overload: Overload | None
    """null while all is looked at as often as it should be, or nearly"""
    needs_restart: list[str]
    """keys of cameras.yaml that hold from the next start on, with their lines"""
    ignored_messages: dict[str, int]
    """MQTT messages that are not of the contract, by reason"""
    region: list[SiteLine] | None
    """at a hub, its sites; null elsewhere"""
    printers: dict[str, int]
    """how many are in each state"""
