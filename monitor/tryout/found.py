"""What a trial has found out. Facts: who shows them needs nothing of what a camera or a detector needs."""

from dataclasses import dataclass

from monitor.capture.masking import masked
from monitor.config.model import Camera
from monitor.records import Health, JobState


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to read a camera, and why it did not work; no credentials in either."""

    address: str
    problem: str


@dataclass(frozen=True, slots=True)
class CameraTrial:
    """What was found out. ``camera`` is None when no way worked; ``problem`` says why, with the remedy."""

    camera: Camera | None
    problem: str = ""
    attempts: tuple[Attempt, ...] = ()
    jpeg: bytes = b""  # the last picture, as the camera sent it
    width: int = 0
    height: int = 0
    frames_per_s: float | None = None  # measured; None: one picture only
    bytes_a_frame: int = 0  # mean
    dropped: int = 0  # pictures that arrived and were of no use
    health: Health | None = None
    health_detail: str = ""
    score: float | None = None  # None: not scored, for the picture cannot be trusted or there is no detector
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class ControlTrial:
    """What was found out. ``problem``: why nothing was, with the remedy; empty when the printer answered."""

    state: JobState = JobState.UNKNOWN
    job: str | None = None
    progress: float | None = None
    can_pause: bool = False
    why_not: str = ""  # what is missing, with the remedy
    problem: str = ""


def address_of(camera: Camera) -> str:
    """Return where a camera is, without credentials."""
    keys = ("url", "host", "device", "path")
    found = next((str(getattr(camera, key)) for key in keys if hasattr(camera, key)), camera.type)
    return masked(found)
