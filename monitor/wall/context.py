"""What the routes work with: one object, put together by ``create_app`` and found by ``current()``."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Protocol, cast

from flask import Flask, current_app

from monitor.access import Access
from monitor.archive import ArchiveReader
from monitor.board import Board
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Camera, Printer
from monitor.live import FarmKeeper
from monitor.pacing import in_words
from monitor.records import Answer, Event, Incident, Learned, PersonCommand, ShadowTally, Verdict
from monitor.records.load import Load
from monitor.records.pooling import PoolReport
from monitor.records.telling import Telling
from monitor.report.sources import ReportSources
from monitor.tiles import Tiles
from monitor.tryout.found import CameraTrial, ControlTrial
from monitor.wall.feed.audience import Audience
from monitor.wall.feed.edition import Press
from monitor.wall.figures import Figures
from monitor.wall.gate import Gatekeeper, OpenHouse
from monitor.wall.present import Presenter
from monitor.wall.region import Region

_KEY = "vigie"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the monitor itself is; the application gives it, the wall shows it on ``/health`` and in its bar."""

    broker_connected: bool
    storage_problem: str = ""  # empty: incidents are being written
    detector_problem: str = ""  # empty: pictures are being scored
    ignored_messages: Mapping[str, int] = field(default_factory=dict)  # by reason: not of the MQTT contract
    people_problem: str = ""  # empty: whoever must be told was, and their answers are heard
    archive_problem: str = ""  # empty: scores, states and frames are kept
    file_problem: str = ""  # empty: cameras.yaml, as it is now, holds
    cluster_problem: str = ""  # empty: printers are shared with other monitors as they should be, or with none
    is_cut_off: bool = False  # from them: this monitor is not certain to own any printer, and pauses none
    needs_restart: Sequence[str] = ()  # keys of it that hold from the next start on, with their lines
    load: Load = field(default_factory=Load)
    pool: PoolReport | None = None  # the server that runs the detector; None where there is none
    telling: Telling | None = None  # the hub, or other monitors; None where there is neither

    @property
    def pool_problem(self) -> str:
        """Why pictures are scored on this machine and not by the server; empty when they are not, or as they should."""
        return self.pool.problem if self.pool else ""

    @property
    def hub_problem(self) -> str:
        """Why the hub, or other monitors, are told nothing; empty when they are, or when no broker is there at all."""
        return self.telling.problem if self.telling and self.broker_connected else ""

    @property
    def overload_problem(self) -> str:
        """What the machine cannot keep up with; empty when it can."""
        return in_words(self.load)


class IncidentReader(Protocol):
    """What the wall reads from the history. Each call may come from another thread."""

    def incidents(self, printer: str | None, limit: int) -> Sequence[Incident]:
        """Return the newest incidents, newest first; of all printers when ``printer`` is None."""

    def events(self, incident: str) -> Sequence[Event]:
        """Return what happened in one incident, oldest first; empty when it is unknown."""

    def happenings(self, printer: str, since: float, until: float) -> Sequence[Event]:
        """Return what happened to a printer in a time, with an incident or without, oldest first."""

    def shadow(self, printer: str | None) -> ShadowTally:
        """Return what shadow mode would have done; for all printers when ``printer`` is None."""

    def evidence(self, incident: str) -> bytes | None:
        """Return the JPEG on which the incident was decided, as the camera sent it."""


class Learning(Protocol):
    """What people's verdicts have taught. Each call may come from another thread."""

    def verdicts(self, printer: str) -> Sequence[Verdict]:
        """Return what people said about a printer's pictures, oldest first, withdrawn verdicts too."""

    def learned(self, printer: str) -> Learned:
        """Return what a printer's camera has learned from them."""

    def forget(self, printer: str, by: str) -> int:
        """Withdraw every verdict that has taught the camera anything; return how many those were."""


class Trials(Protocol):
    """Cameras and printers can be tried. Each call takes some seconds, and may come from any thread."""

    def camera(self, wish: Camera | str, username: str = "", password: str = "") -> CameraTrial:
        """Try a camera's section, or an address; raises ConfigError for an address that is none."""

    def control(self, printer: Printer) -> ControlTrial:
        """Try the control of a printer; it is not paused."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the application gives to the wall. Each part may be called from any thread.

    ``act`` is called on a server thread with what a person asked for; its answer, or a VigieError,
    is told to that person.
    ``health`` is called several times a second and must not block.
    """

    board: Board
    incidents: IncidentReader
    config: LiveConfig
    clock: Clock
    act: Callable[[PersonCommand], Answer | None]
    health: Callable[[], HealthReport]
    gatekeeper: Gatekeeper = field(default_factory=OpenHouse)
    archive: ArchiveReader | None = None  # None: nothing is kept over time
    past: ReportSources | None = None  # None: no history to make reports of
    access: Access | None = None  # None: nobody has to log in
    learning: Learning | None = None  # None: verdicts teach nothing
    figures: Callable[[], Figures] | None = None  # None: /metrics tells of the wall alone
    keeper: FarmKeeper | None = None  # None: no cameras.yaml is followed
    trials: Trials | None = None  # None: nothing can be tried
    tiles: Tiles | None = None  # None: every inspection makes one
    region: Region | None = None  # a hub's; None: the printers stand here


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything that a request may need."""

    services: Services
    version: str
    presenter: Presenter
    press: Press
    tiles: Tiles
    instance: str = field(default_factory=lambda: token_hex(4))  # of this start: versions count from 0 again
    audience: Audience = field(default_factory=Audience)
    closing: threading.Event = field(default_factory=threading.Event)  # set: open streams end


def install(app: Flask, wall: Wall) -> None:
    """Attach the context to an application."""
    app.extensions[_KEY] = wall


def of(app: Flask) -> Wall:
    """Return the context of an application."""
    return cast(Wall, app.extensions[_KEY])


def current() -> Wall:
    """Return the context of the application that serves the present request."""
    return of(current_app)
