"""What goes to the writer at once. Times are unix seconds where a name does not say milliseconds."""

from array import array
from dataclasses import dataclass, field

import numpy as np

from monitor.archive.points import Points
from monitor.records import Hour, KeptFor, Mark, State


@dataclass(slots=True)
class Slice:
    """Some seconds of one printer's scores. The recorder fills it, and never touches it again once handed over."""

    printer: str
    ends_at: float
    taken_at: "array[float]" = field(default_factory=lambda: array("d"))
    score: "array[float]" = field(default_factory=lambda: array("f"))
    raw: "array[float]" = field(default_factory=lambda: array("f"))
    how: bytearray = field(default_factory=bytearray)

    def points(self) -> Points:
        """Return what is in it; at least one point must be."""
        return Points(
            np.round(np.array(self.taken_at) * 1000).astype(np.int64),
            np.array(self.score, np.float64),
            np.array(self.raw, np.float64),
            np.array(self.how, np.uint8),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A printer entered a state, or was in it when this run began; None: it left cameras.yaml."""

    printer: str
    at: float
    state: State | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What the recorder has gathered since the one before; ``hours`` add to what is there."""

    at: float
    slices: tuple[Slice, ...] = ()
    hours: tuple[Hour, ...] = ()
    changes: tuple[Change, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepFrame:
    """Store a frame; without ``jpeg`` it is there already, and is to be kept for something else."""

    printer: str
    taken_at: float
    kept_for: KeptFor
    score: float | None = None
    jpeg: bytes | None = None


def milliseconds(at: float) -> int:
    """Return unix seconds in whole milliseconds: what a frame is known by."""
    return round(at * 1000)
