"""cameras.yaml as frozen objects: which keys exist, their types, bounds and defaults. Nothing else knows them.

Unknown keys are errors; values are never clamped. :mod:`monitor.config.load` turns a file into a :class:`Config`
or into the list of all its faults. The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from monitor.config.camera import (
    BambuCamera,
    Camera,
    FilesCamera,
    MjpegCamera,
    NetworkCamera,
    RtspCamera,
    SimulatedCamera,
    SnapshotCamera,
    UsbCamera,
)
from monitor.config.cluster import Cluster
from monitor.config.control import (
    BambuControl,
    Control,
    MoonrakerControl,
    MqttControl,
    NoControl,
    OctoPrintControl,
    PrusaLinkControl,
    SimulatedControl,
)
from monitor.config.detector import Detector
from monitor.config.fleet import Fleet
from monitor.config.home_assistant import HomeAssistant
from monitor.config.hub import Hub
from monitor.config.people import Contact, MatrixRoom, People
from monitor.config.quiet import QuietTime, Weekday
from monitor.config.section import Section
from monitor.config.tls import Tls
from monitor.config.values import (
    Extent,
    Fraction,
    Host,
    Identifier,
    Interval,
    Number,
    Port,
    QuarterTurn,
    Seconds,
    Text,
    WholeNumber,
    fault,
)
from monitor.config.wall import Proxy, Wall, WallAccess
from monitor.records import Action

__all__ = [
    "AgentPlace",
    "BambuCamera",
    "BambuControl",
    "Camera",
    "Cluster",
    "Config",
    "Contact",
    "Control",
    "Detector",
    "FilesCamera",
    "Fleet",
    "HomeAssistant",
    "Hub",
    "Mask",
    "MatrixRoom",
    "MjpegCamera",
    "MoonrakerControl",
    "Mqtt",
    "MqttControl",
    "NetworkCamera",
    "NoControl",
    "OctoPrintControl",
    "People",
    "Printer",
    "PrinterSettings",
    "Proxy",
    "PrusaLinkControl",
    "QuietTime",
    "Region",
    "Room",
    "RtspCamera",
    "Section",
    "SimulatedCamera",
    "SimulatedControl",
    "Simulation",
    "Site",
    "SnapshotCamera",
    "Storage",
    "Tls",
    "UsbCamera",
    "Wall",
    "WallAccess",
    "Weekday",
]


def _must_be_inside(x: float, y: float, width: float, height: float) -> None:
    for start, extent, name in ((x, width, "x + width"), (y, height, "y + height")):
        if start + extent > 1.0 + 1e-9:
            raise fault(f"reaches out of the picture: {name} is {start + extent:g}", "keep the sum at or below 1")


class Region(Section):
    """The part of the picture that shows the print, in fractions, after rotation."""

    x: Fraction = 0.0
    """the left edge as a fraction of the picture's width, such as 0.1"""
    y: Fraction = 0.0
    """the upper edge as a fraction of the picture's height, such as 0.1"""
    width: Extent = 1.0
    """the width as a fraction of the picture's, such as 0.8"""
    height: Extent = 1.0
    """the height as a fraction of the picture's, such as 0.8"""

    @model_validator(mode="after")
    def _inside(self) -> "Region":
        _must_be_inside(self.x, self.y, self.width, self.height)
        return self


class Mask(Section):
    """A part of the picture that the detector does not see, in fractions, after rotation."""

    x: Fraction
    """the left edge as a fraction of the picture's width, such as 0.1"""
    y: Fraction
    """the upper edge as a fraction of the picture's height, such as 0.1"""
    width: Extent
    """the width as a fraction of the picture's, such as 0.2"""
    height: Extent
    """the height as a fraction of the picture's, such as 0.2"""

    @model_validator(mode="after")
    def _inside(self) -> "Mask":
        _must_be_inside(self.x, self.y, self.width, self.height)
        return self


class PrinterSettings(Section):
    """What ``defaults`` may set for all printers and a printer may override."""

    inspect_every_s: Interval = 1.0
    """seconds between two inspections, such as 1"""
    idle_every_s: Interval = 30.0  # while the printer says that it is idle
    """seconds between two inspections of an idle printer, such as 30"""
    suspect_every_s: Interval = 0.2  # or inspect_every_s where that is shorter
    """seconds between two inspections of a printer that looks suspicious, such as 0.2"""
    inspect_at_least_every_s: Interval = 10.0  # when the machine cannot keep up; see docs/sizing.md
    """seconds that two inspections are apart at most when there are too many cameras, such as 10"""
    threshold: Annotated[Number, Field(gt=0.0, lt=1.0)] | None = None  # None: the model's operating point
    """a score between 0 and 1, such as 0.6, or remove the key to use the model's own"""
    suspect_after_s: Seconds = 3.0
    """seconds of certain evidence until a print is suspect, such as 3"""
    fail_after_s: Seconds = 10.0
    """seconds of certain evidence until a print has failed, such as 10"""
    recover_after_s: Seconds = 60.0
    """seconds of healthy pictures until all is well again, such as 60"""
    blind_after_s: Seconds = 30.0
    """seconds without a trustworthy picture until the wall says blind, such as 30"""
    rotate: QuarterTurn = 0
    """degrees clockwise: 0, 90, 180 or 270"""
    region: Region = Region()
    """the part of the picture to look at, such as {x: 0.1, y: 0, width: 0.8, height: 1}"""
    mask: tuple[Mask, ...] = ()
    """a list of parts to leave out, such as [{x: 0.8, y: 0, width: 0.2, height: 0.3}]"""
    on_failure: Action = Action.PAUSE
    """pause, ask to pause unless somebody says no, or alert to tell people only"""
    ask_for_s: Seconds = 60.0  # with on_failure: ask
    """seconds until a print is paused unless somebody says no, such as 60"""
    quiet: tuple[QuietTime, ...] = ()
    """a list of times such as [{start: '22:00', end: '06:30'}]"""


class Printer(Section):
    """One printer: its camera, its control, its settings with the defaults filled in."""

    id: Identifier
    name: str
    site: str
    room: str
    camera: Camera
    control: Control
    settings: PrinterSettings


class Room(Section):
    """A room of a site, for the wall's order."""

    id: Identifier
    name: str


AgentPlace = Literal["here", "elsewhere"]
"""Whether `vigie run` pauses a site's printers itself, or a `vigie agent --site` next to them does."""


class Site(Section):
    """A place with rooms; first level of the MQTT topics."""

    id: Identifier
    name: str
    rooms: tuple[Room, ...]
    agent: AgentPlace = "here"


class Mqtt(Section):
    """The MQTT broker. Without this section an embedded one is started on loopback (demo, one machine)."""

    host: Host
    """the broker's name or address, such as 10.0.0.5"""
    port: Port = 1883
    """the broker's port, such as 1883, or 8883 with TLS"""
    username: str = ""
    """the user name for the broker"""
    password: str = Field(default="", repr=False)
    """the password for the broker, best as ${NAME} of an environment variable"""
    tls: Tls | None = None
    """a section with ca, cert and key, or {} for the system's authorities"""
    base: Annotated[str, Field(pattern=r"^[^+#/\s$]+(/[^+#/\s]+)*$")] = "vigie"
    """the first levels of every topic, such as vigie"""
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = "vigie"
    """1 to 40 letters, digits, dots, dashes or underscores, such as vigie-hall"""
    pause_timeout_s: Seconds = 60.0  # then the pause counts as failed and people are told
    """seconds until an unproven pause counts as failed, such as 60"""


class Storage(Section):
    """Where incidents, scores and frames are kept, and how long."""

    path: Text = "var/vigie.db"
    """the path of the database file, such as var/vigie.db"""
    keep_days: Annotated[WholeNumber, Field(ge=1, le=3650)] = 365
    """days that incidents are kept, such as 365"""
    keep_scores_days: Annotated[WholeNumber, Field(ge=1, le=3650)] = 7  # then the minutes' peaks, for keep_days
    """days that every score is kept, such as 7"""
    frames_gb: Annotated[Number, Field(ge=0.0, le=100_000.0)] = 5.0
    """gigabytes for frames, such as 5, or 0 to keep none"""


class Simulation(Section):
    """How the simulated farm behaves; only read when a camera or a control is of type simulated."""

    seed: WholeNumber = 1
    """a whole number; the same one gives the same failures"""
    first_failure_after_s: Seconds = 45.0
    """seconds until the first simulated failure, such as 45"""
    failure_every_s: Seconds = 300.0
    """seconds between two simulated failures in the mean, such as 300"""
    print_lasts_s: Seconds = 900.0
    """seconds that a simulated print lasts, such as 900"""


class Config(Section):
    """The whole file, checked, with defaults filled in. ``printers`` keeps the file's order."""

    mqtt: Mqtt | None = None
    wall: Wall = Wall()
    detector: Detector = Detector()
    storage: Storage = Storage()
    fleet: Fleet = Fleet()
    simulation: Simulation = Simulation()
    people: People | None = None
    home_assistant: HomeAssistant | None = None
    hub: Hub | None = None
    cluster: Cluster | None = None
    sites: tuple[Site, ...]
    printers: tuple[Printer, ...]

    @property
    def messaging(self) -> Mqtt:
        """What holds for MQTT, also where the file names no broker: then an embedded one is spoken to on loopback."""
        return self.mqtt or Mqtt(host="127.0.0.1")

    def printer(self, printer_id: str) -> Printer:
        """Return the printer with this id; raises KeyError when there is none."""
        for printer in self.printers:
            if printer.id == printer_id:
                return printer
        raise KeyError(printer_id)
