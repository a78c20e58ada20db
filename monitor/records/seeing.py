"""What cameras show. Times are unix seconds (see :mod:`monitor.clock`), boxes are fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

NO_CLASSES: Mapping["FailureClass", float] = MappingProxyType({})


class FailureClass(StrEnum):
    """What can be wrong with a print; the detector's classes, in its order."""

    SPAGHETTI = "spaghetti"
    DETACHED = "detached"
    BLOB = "blob"
    STRINGING = "stringing"
    WARPING = "warping"
    LAYER_SHIFT = "layer_shift"
    UNDER_EXTRUSION = "under_extrusion"


class Health(StrEnum):
    """Whether a picture can be trusted; anything but OK means that the printer is not being watched."""

    OK = "ok"
    DARK = "dark"
    OVER_EXPOSED = "over-exposed"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    PLACEHOLDER = "placeholder"
    UNREADABLE = "unreadable"


class CameraState(StrEnum):
    """What a camera's reader is doing."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    WAITING = "waiting"  # for the next try
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture as the camera sent it, encoded."""

    printer: str
    jpeg: bytes
    taken_at: float  # when its last byte arrived
    number: int  # counts up within a printer, across reconnects
    generation: int  # counts the camera's connections


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How a camera's connection is doing."""

    printer: str
    state: CameraState
    since: float  # when it came into this state
    generation: int = 0  # counts connections, failed ones too
    frames: int = 0
    dropped: int = 0  # pictures that arrived and were of no use: cut off, too big
    last_frame_at: float | None = None
    error: str = ""  # why the last connection failed, with the remedy; kept until the next frame
    retry_at: float | None = None  # while waiting


class Rectangle(Protocol):
    """A box, a place or a mask: fractions of the whole turned picture, origin top left."""

    @property
    def x(self) -> float:
        """The left edge."""

    @property
    def y(self) -> float:
        """The upper edge."""

    @property
    def width(self) -> float:
        """The width."""

    @property
    def height(self) -> float:
        """The height."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a failure is seen, in fractions of the picture's width and height, origin top left."""

    failure_class: FailureClass
    x: float
    y: float
    width: float
    height: float
    score: float


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A picture scored once more with the places hidden that people have called false alarms."""

    elsewhere: float  # the score of what is left, 0 to 1
    discount: float  # logits that the places have learned
    places: int


@dataclass(frozen=True, slots=True)
class Observation:
    """What one inspected frame showed. ``score`` is None when the picture cannot be trusted."""

    printer: str
    taken_at: float
    health: Health
    score: float | None = None  # probability that a print failure is visible
    classes: Mapping[FailureClass, float] = field(default_factory=lambda: NO_CLASSES)
    boxes: tuple[Box, ...] = ()
    detail: str = ""  # why the picture cannot be read, or only in part
    second_look: SecondLook | None = None
    threshold_shift: float = 0.0  # logits, never above 0: what missed failures have taught this camera

    @property
    def is_trusted(self) -> bool:
        """Whether the picture says anything about the print."""
        return self.health is Health.OK and self.score is not None
