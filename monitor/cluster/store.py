"""What a store of rows is to a node: what it is asked to write, and what it tells."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from monitor.cluster.rows import Row, key_of


@dataclass(frozen=True, slots=True)
class Write:
    """A row, and the last revision of its key that was seen: the store refuses most that come too late."""

    row: Row
    revision: int  # 0: there was no such key
    asked_at: float  # on our own clock, before it was sent

    @property
    def key(self) -> str:
        """The key that it writes."""
        return key_of(self.row)


class Outcome(Enum):
    """What became of a write."""

    WRITTEN = "written"  # it stands in the log; whether it holds is known when it comes back by the watch
    REFUSED = "refused"  # it does not: the key had another revision
    UNKNOWN = "unknown"  # no answer: it may come back by the watch, now or later


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a write; ``revision`` is its own when it is written."""

    outcome: Outcome
    revision: int = 0


REFUSED, UNKNOWN = Answer(Outcome.REFUSED), Answer(Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Stood:
    """The next row of a key, in the order of the log; ``row`` is None for what was removed or is not readable."""

    key: str
    row: Row | None
    revision: int
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Anew:
    """The watch begins, or begins anew: what stands there follows, less what is not kept any more."""


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


News = Anew | Stood | CaughtUp | Replaced | Answered


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
