"""What is kept of the past besides incidents: scores, states, frames, hours watched. Times are unix seconds."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.records.incident import State


class KeptFor(StrEnum):
    """Why a frame is kept; the later in this list, the longer."""

    MINUTE = "minute"  # one a minute while it prints
    SUSPICION = "suspicion"
    INCIDENT = "incident"
    VERDICT = "verdict"  # a person has labelled it


class MarkKind(StrEnum):
    """What happened to a printer that is no event of the history."""

    JOB_STARTED = "job.started"  # the judge began with a clean slate


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame that is kept, as the camera sent it; ``taken_at`` in whole milliseconds."""

    printer: str
    taken_at: float
    score: float | None  # relative to the camera, as the judge took it
    kept_for: KeptFor
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Hour:
    """What one printer did in one hour, and how well it was watched; only while Vigie ran.

    ``printing_s`` counts the seconds in which the printer said that it prints, and those in which nobody knew
    (``unknown_s`` of them): what is unknown is watched like a print. ``watched_s + blind_s`` is ``printing_s``:
    ``watched_s`` with pictures that can be trusted, ``blind_s`` without. ``muted_s`` of it no incident could open.
    """

    printer: str
    hour_starts_at: float
    printing_s: float = 0.0
    watched_s: float = 0.0
    blind_s: float = 0.0
    muted_s: float = 0.0
    inspections: int = 0
    unknown_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoreBucket:
    """The scores of some seconds: ``at`` is in their middle; no peak is lost."""

    at: float
    least: float
    most: float
    mean: float


@dataclass(frozen=True, slots=True)
class StateSpan:
    """A printer was in one state from ``since`` to ``until``; while Vigie did not run, there is none."""

    since: float
    until: float
    state: State


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a printer."""

    printer: str
    at: float
    kind: MarkKind
    detail: str = ""  # the job
