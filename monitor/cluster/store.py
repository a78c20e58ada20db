"""What a store of rows is to a node: what it is asked to write, and what it tells."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from monitor.cluster.rows import Row, key_of


@dataclass(frozen=True, slots=True)
class Write:
    """A compare-and-set: it is done only while the key is at ``revision`` (0: while there is no such key)."""

    row: Row
    revision: int
    asked_at: float  # on our own clock, before it was sent
    ticket: int = 0  # of the case that it keeps, if any

    @property
    def key(self) -> str:
        """The key that it writes."""
        return key_of(self.row)


class Outcome(Enum):
    """What became of a write."""

    WRITTEN = "written"
    REFUSED = "refused"  # the key had another revision: what stands there was seen before this is told
    UNKNOWN = "unknown"  # no answer, and reading back did not settle it: it may be done, now or later


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a write; ``revision`` is the key's new one when it is written."""

    outcome: Outcome
    revision: int = 0


REFUSED, UNKNOWN = Answer(Outcome.REFUSED), Answer(Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Stood:
    """What stands under a key since a revision; ``row`` is None for what was removed or is not readable."""

    key: str
    row: Row | None
    revision: int
    readable: bool = True


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Everything that stood there was told."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """The store is another one than before: revisions begin anew."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a write; told exactly once."""

    write: Write
    answer: Answer


News = Stood | CaughtUp | Replaced | Answered


class Store(Protocol):
    """Keys that are watched, and written by compare-and-set. It tells its news in the order in which it saw them."""

    @property
    def problem(self) -> str:
        """Why it is not reached, with the remedy; empty when all is well."""

    def start(self) -> None:
        """Connect in the background, for ever."""

    def stop(self) -> None:
        """End; what was not answered is answered as unknown."""

    def write(self, write: Write) -> None:
        """Begin a write."""
