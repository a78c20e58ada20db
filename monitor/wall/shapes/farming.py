"""Shapes of the answers about adding, removing and trying printers."""

from typing import Any

from monitor.wall.described import Shape


class Added(Shape):
    """What was written."""

    added: list[str]
    """ids"""


class Exchanged(Shape):
    """What was written anew."""

    exchanged: list[str]
    """camera, control, or both"""


class Removed(Shape):
    """What was taken out."""

    removed: str
    """its id"""


class ImportedRow(Shape):
    """A row of a table, without its secrets."""

    line: int
    """of the table, counted from 1"""
    id: str
    name: str
    site: str
    room: str
    camera: str
    """its type and where it is"""
    control: str
    faults: list[str]
    """what is wrong with it, each with its remedy"""


class Imported(Shape):
    """What became of a table."""

    rows: list[ImportedRow]
    general: list[str]
    """faults of the whole"""
    written: bool


class TriedAddress(Shape):
    """A way to read a camera that did not work."""

    address: str
    problem: str


class CameraTried(Shape):
    """What a camera shows."""

    found: bool
    camera: dict[str, Any] | None
    """its section of cameras.yaml, without secrets"""
    problem: str
    """why it was not found, with the remedy"""
    attempts: list[TriedAddress]
    picture: str
    """the newest, a JPEG in base64"""
    width: int
    height: int
    frames_per_s: float | None
    bytes_a_frame: int
    health: str | None
    health_detail: str
    score: float | None
    threshold: float | None


class ControlTried(Shape):
    """What a printer says."""

    state: str
    job: str | None
    progress: float | None
    can_pause: bool
    why_not: str
    """what is missing, with the remedy"""
    problem: str
    """why it does not answer, with the remedy"""
