"""Writes to the store, and what becomes of them."""

from dataclasses import dataclass
from enum import Enum

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
