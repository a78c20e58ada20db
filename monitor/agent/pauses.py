"""Which pause commands were seen, and how they ended: one pause a command, however often it arrives.

In memory; a command that arrives again after a crash of the agent is checked against the printer's own state, and
the 60 s of its life bound how long that can matter.
"""

import threading
from collections import OrderedDict

from monitor.records import PauseCommand, PauseResult

MAX_REMEMBERED = 10_000


class Pauses:
    """Memory of commands by (printer, id); thread-safe, bounded, the oldest are forgotten first."""

    def __init__(self, limit: int = MAX_REMEMBERED) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], PauseResult | None] = OrderedDict()

    def accept(self, command: PauseCommand) -> bool:
        """Remember a new command; False when it is known already, under way or answered."""
        with self._lock:
            if (command.printer, command.id) in self._known:
                return False
            self._known[command.printer, command.id] = None
            while len(self._known) > self._limit:
                self._known.popitem(last=False)
            return True

    def forget(self, command: PauseCommand) -> None:
        """Take an acceptance back, because nothing came of the command: it may come again."""
        with self._lock:
            self._known.pop((command.printer, command.id), None)

    def answered(self, result: PauseResult) -> None:
        """Remember how a command ended."""
        with self._lock:
            self._known[result.printer, result.id] = result

    def result(self, command: PauseCommand) -> PauseResult | None:
        """Return how the command ended; None when it is unknown or still under way."""
        with self._lock:
            return self._known.get((command.printer, command.id))
