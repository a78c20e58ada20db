"""Printers in answers, and in the states of the stream."""

from typing import Any

from pydantic import Field

from monitor.records import Action, Health, JobState, PausedBy, State
from monitor.records.belonging import Belongs
from monitor.wall.attention import Level, PrinterWarning
from monitor.wall.described import Shape
from monitor.wall.shapes import common
from monitor.wall.shapes.common import Box, Named
from monitor.wall.shapes.incidents import Incident


class Tile(Shape):
    """What the wall shows of a printer."""

    id: str
    name: str
    site: Named
    room: Named
    state: State
    since: float
    """when the state was entered"""
    level: Level
    rank: int
    """order of the wall; the lowest comes first"""
    needs_person: bool
    warnings: list[PrinterWarning]
    health: Health | None
    """of the newest picture; null before the first"""
    camera_problem: str
    boxes: list[Box]
    job_state: JobState
    job: str | None
    progress: float | None = Field(ge=0, le=1)
    printer_detail: str
    incident: Incident | None
    """the open one"""
    muted_until: float | None
    on_failure: Action
    armed: bool
    """false: shadow mode"""
    goes_on: bool
    """a person has decided that the present failure pauses nothing"""
    paused_by: PausedBy
    stale_after_s: float
    """a picture older than this is not of now"""
    is_known: bool
    """false: at a hub, its site has not said yet how it is, and the rest means nothing"""
    belongs: Belongs
    """whether the camera shows this printer, by motion in its pictures; asked: somebody should look"""
    perhaps_shows: str | None
    """the printer that it seems to show, or may show, instead"""


class Printer(Tile):
    """Everything about a printer."""

    score: float | None
    """relative to the camera: to be compared with the threshold"""
    probability: float | None
    """that a failure is visible; null where the model was not calibrated"""
    threshold: float
    evidence_s: float
    frame_taken_at: float | None
    rotate: int


class Printers(Shape):
    """All printers, in the order of cameras.yaml."""

    at: float
    """time on the server's clock: ages are measured from it"""
    vigie: str
    """version of the software"""
    health: common.Health
    printers: list[Printer]


class States(Shape):
    """A states message of the stream, kind 0x4A: at least one a second."""

    at: float
    """time on the server's clock: ages are measured from it"""
    vigie: str
    """version of the software"""
    viewer: str
    """id of this very stream, for /api/viewers/<viewer>"""
    health: common.Health
    order: list[str] | None = None
    """ids of all printers; only when a printer has come or gone, and in the first message"""
    printers: list[Tile]
    """whole: all in the first message, later those that are new, or have changed twice since the last one"""
    changed: list[dict[str, Any]] | None = None
    """those that changed since the last message: id, and the keys that differ"""


class OnePrinter(Shape):
    """One printer, and how the monitor itself is."""

    at: float
    health: common.Health
    printer: Printer


class Scores(Shape):
    """The score over time, thinned to the peaks."""

    at: float
    minutes: float
    threshold: float
    scores: list[tuple[float, float]]
    """when the frame was taken, score"""


class ScoresQuery(Shape):
    """How far back."""

    minutes: float = Field(15.0, ge=1, le=1440)


class Version(Shape):
    """The software."""

    name: str
    version: str


class Alive(Shape):
    """That the monitor runs; all that it tells to whoever is not logged in."""

    version: str
    status: str
    """ok, or degraded when it lacks something that it needs"""


class MonitorHealth(common.Health):
    """How the monitor is, with its version."""

    version: str


class Shown(Shape):
    """Which tiles a viewer shows from now on."""

    visible: list[str]


class Touched(Shape):
    """The cameras of a room that are checked anew."""

    site: str
    room: str
    printers: list[str]
    """whose cameras are; one that is not watched at the moment is missing"""
