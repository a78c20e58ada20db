"""Whether a loop goes round: a number that its thread counts up, and others look at."""

from collections.abc import Hashable
from typing import Protocol

PATIENCE_S = 120.0
"""A loop that does not go round once in two minutes hangs, however busy the machine: ours turn several times a second,
or wake up every ``IDLE_S`` to show that they can. A disk that hangs costs a turn five seconds for each thing to write.
"""

WRITING_S = 300.0
"""The same for one that writes much in a turn, or saves what can be read of a large damaged file."""

IDLE_S = 10.0
"""A loop that waits for something to do wakes up this often: one that sleeps for ever looks like one that hangs."""


class Loop(Protocol):
    """What can be seen of a loop from outside; read from any thread."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def patience_s(self) -> float:
        """How long one turn may take."""

    def mark(self) -> Hashable | None:
        """Return something that changes with each turn; None: it has nothing to do, and hangs in no case."""


class Turns:
    """The loop that counts its turns: once in each, and never in one that failed."""

    def __init__(self, name: str, patience_s: float = PATIENCE_S) -> None:
        """It has not gone round yet."""
        self.name, self.patience_s = name, patience_s
        self._count = 0

    def turn(self) -> None:
        """Count one more; called by the loop's own thread alone."""
        self._count += 1

    def mark(self) -> int:
        """Return how often it has gone round."""
        return self._count
