"""cameras.yaml as frozen objects: which keys exist, their types, bounds and defaults. Nothing else knows them.

Unknown keys are errors; values are never clamped. :mod:`monitor.config.load` turns a file into a :class:`Config`
or into the list of all its faults.
"""

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.records import Action

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(gt=0.0, le=86_400.0)]


class Section(BaseModel):
    """Base of every section: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MjpegCamera(Section):
    """A multipart MJPEG stream over HTTP: ustreamer, mjpg-streamer, camera-streamer, ESP32-CAM, go2rtc ..."""

    type: Literal["mjpeg"]
    url: str
    username: str = ""
    password: str = Field(default="", repr=False)


class SnapshotCamera(Section):
    """A URL that answers with one JPEG a request."""

    type: Literal["snapshot"]
    url: str
    username: str = ""
    password: str = Field(default="", repr=False)
    every_s: Seconds = 1.0


class RtspCamera(Section):
    """An RTSP stream, of which only keyframes are decoded."""

    type: Literal["rtsp"]
    url: str
    username: str = ""
    password: str = Field(default="", repr=False)
    transport: Literal["tcp", "udp"] = "tcp"


class FilesCamera(Section):
    """A folder of images or a video file, played back."""

    type: Literal["files"]
    path: str
    frames_per_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    loop: bool = True


class UsbCamera(Section):
    """A camera plugged into this machine, by number or by path such as /dev/v4l/by-id/..."""

    type: Literal["usb"]
    device: int | str
    width: Annotated[int, Field(ge=160, le=7680)] = 1280
    height: Annotated[int, Field(ge=120, le=4320)] = 720
    every_s: Seconds = 0.5


class SimulatedCamera(Section):
    """A camera of the simulated farm, which serves a rendered print as MJPEG over HTTP on loopback."""

    type: Literal["simulated"]
    print: str = ""  # name in monitor/sim/prints/prints.json; empty: chosen by the printer's place in the file
    frames_per_s: Annotated[float, Field(gt=0, le=30)] = 5.0


Camera = Annotated[
    MjpegCamera | SnapshotCamera | RtspCamera | FilesCamera | UsbCamera | SimulatedCamera,
    Field(discriminator="type"),
]


class OctoPrintControl(Section):
    """OctoPrint over its REST interface; the key needs the permissions STATUS and PRINT, nothing more."""

    type: Literal["octoprint"]
    url: str
    api_key: str = Field(repr=False, min_length=1)


class MoonrakerControl(Section):
    """Klipper through Moonraker's own MQTT client, connected to the same broker as Vigie."""

    type: Literal["moonraker"]
    instance: Annotated[str, Field(pattern=r"^[^+#/\s][^+#\s]*$")]  # instance_name of [mqtt] in moonraker.conf


class MqttControl(Section):
    """Any printer that is paused by a message: topics and payloads as templates.

    Templates may use ``{printer}``, ``{site}``, ``{id}`` (of the command) and ``{incident}``.
    """

    type: Literal["mqtt"]
    pause_topic: str = Field(min_length=1)
    pause_payload: str
    resume_topic: str = ""
    resume_payload: str = ""
    state_topic: str = Field(min_length=1)
    state_path: str = ""  # dotted path into a JSON payload; empty: the payload itself is the state
    printing: tuple[str, ...] = ("printing",)
    pausing: tuple[str, ...] = ("pausing",)
    paused: tuple[str, ...] = ("paused",)
    idle: tuple[str, ...] = ("idle", "ready", "standby", "complete", "cancelled")
    error: tuple[str, ...] = ("error", "failed")


class SimulatedControl(Section):
    """A printer of the simulated farm; it obeys a pause over MQTT."""

    type: Literal["simulated"]


class NoControl(Section):
    """A printer that nobody can pause from here; the wall says so."""

    type: Literal["none"]


Control = Annotated[
    OctoPrintControl | MoonrakerControl | MqttControl | SimulatedControl | NoControl,
    Field(discriminator="type"),
]


class Region(Section):
    """The part of the picture that shows the print, in fractions, after rotation."""

    x: Fraction = 0.0
    y: Fraction = 0.0
    width: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    height: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class Weekday(StrEnum):
    """Days of the week, as written in the file."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class QuietTime(Section):
    """A time of day (local) when a printer is watched and shown, but no incident is opened: cleaning, lights out."""

    start: time
    end: time  # before start: past midnight
    days: tuple[Weekday, ...] = tuple(Weekday)
    reason: str = ""


class PrinterSettings(Section):
    """What ``defaults`` may set for all printers and a printer may override."""

    inspect_every_s: Annotated[float, Field(ge=0.05, le=3600.0)] = 1.0
    idle_every_s: Annotated[float, Field(ge=0.05, le=3600.0)] = 30.0  # while the printer says that it is idle
    threshold: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None  # None: the model's operating point
    suspect_after_s: Seconds = 3.0  # of certain evidence
    fail_after_s: Seconds = 10.0  # of certain evidence
    recover_after_s: Seconds = 60.0  # of healthy pictures
    blind_after_s: Seconds = 30.0  # without a picture that can be trusted
    rotate: Literal[0, 90, 180, 270] = 0  # degrees clockwise
    region: Region = Region()
    on_failure: Action = Action.PAUSE
    quiet: tuple[QuietTime, ...] = ()


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


class Site(Section):
    """A place with rooms; first level of the MQTT topics."""

    id: Identifier
    name: str
    rooms: tuple[Room, ...]


class Tls(Section):
    """TLS towards the broker; empty paths mean the system's authorities and no client certificate."""

    ca: str = ""
    cert: str = ""
    key: str = ""


class Mqtt(Section):
    """The MQTT broker. Without this section an embedded one is started on loopback (demo, one machine)."""

    host: str = Field(min_length=1)
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str = ""
    password: str = Field(default="", repr=False)
    tls: Tls | None = None
    base: Annotated[str, Field(pattern=r"^[^+#/\s$]+(/[^+#/\s]+)*$")] = "vigie"
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = "vigie"
    pause_timeout_s: Seconds = 60.0  # then the pause counts as failed and people are told


class Wall(Section):
    """Where the wall is served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class Detector(Section):
    """Which model, on what."""

    model: str = ""  # path of the .onnx; its .json lies beside it; empty: the shipped one
    provider: Literal["cpu", "cuda", "tensorrt", "openvino", "rocm", "directml", "coreml"] = "cpu"
    sessions: Annotated[int, Field(ge=1, le=256)] | None = None  # None: one a core
    batch: Annotated[int, Field(ge=1, le=256)] = 8


class Storage(Section):
    """Where incidents are kept."""

    path: str = "var/vigie.db"
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 365


class Simulation(Section):
    """How the simulated farm behaves; only read when a camera or a control is of type simulated."""

    seed: int = 1
    first_failure_after_s: Seconds = 45.0
    failure_every_s: Seconds = 300.0  # mean
    print_lasts_s: Seconds = 900.0


class Config(Section):
    """The whole file, checked, with defaults filled in. ``printers`` keeps the file's order."""

    mqtt: Mqtt | None = None
    wall: Wall = Wall()
    detector: Detector = Detector()
    storage: Storage = Storage()
    simulation: Simulation = Simulation()
    sites: tuple[Site, ...]
    printers: tuple[Printer, ...]

    def printer(self, printer_id: str) -> Printer:
        """Return the printer with this id; raises KeyError when there is none."""
        for printer in self.printers:
            if printer.id == printer_id:
                return printer
        raise KeyError(printer_id)
