"""What one monitor's history tells another's, in the order in which it was written. Times are unix seconds."""

from dataclasses import dataclass
from enum import StrEnum


class JournalKind(StrEnum):
    """What a row of the journal is about."""

    INCIDENT = "incident"
    EVENT = "event"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """Something that was written, as it stands now. What is written anew gets a new number, and the old one is void."""

    seq: int
    kind: JournalKind
    id: str
    body: str  # its JSON, as :mod:`monitor.wire` writes it


@dataclass(frozen=True, slots=True)
class Page:
    """All that a history wrote after one number, up to another; both may lie far apart, for numbers are left out."""

    history: str  # the identity of the file: another file counts anew
    after: int
    upto: int
    head: int  # the newest number; above ``upto`` when there is more
    rows: tuple[JournalRow, ...] = ()
    id: str = ""  # of the question that it answers


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far another's history was read."""

    history: str = ""  # the identity of its file; empty: never read
    seq: int = 0
