"""Who speaks for a printer now. Where several monitors share a farm, a printer's orders and states carry an epoch.

Each owner's epoch is higher than the one's before it. Whoever has lost a printer may not know it yet, frozen or cut
off, and what it ordered may still be on its way: an order of an older epoch than the highest that was heard is not
obeyed. Epoch 0 is a monitor's that shares its printers with nobody, and is never too old.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.records import PauseCommand, PauseOutcome, PauseResult


@dataclass(frozen=True, slots=True)
class KnownEpoch:
    """The highest epoch that was heard of a printer."""

    printer: str
    epoch: int


def _in_memory(_: KnownEpoch) -> None:
    """Keep nothing beyond this process."""


class Epochs:
    """Thread-safe; whoever calls names printers that are served here only, so there are few."""

    def __init__(self, note: Callable[[KnownEpoch], object] = _in_memory) -> None:
        """``note`` has an entry written soon; it must not wait for the disk."""
        self._note = note
        self._lock = threading.Lock()
        self._newest: dict[str, int] = {}

    def remember(self, entries: Iterable[KnownEpoch]) -> None:
        """Take in what an earlier run has kept."""
        with self._lock:
            for entry in entries:
                self._newest[entry.printer] = max(entry.epoch, self._newest.get(entry.printer, 0))

    def everything(self) -> list[KnownEpoch]:
        """Return all that is known."""
        with self._lock:
            return [KnownEpoch(printer, epoch) for printer, epoch in self._newest.items()]

    def hear(self, printer: str, epoch: int) -> None:
        """Somebody has spoken for a printer."""
        with self._lock:
            if epoch <= self._newest.get(printer, 0):
                return
            self._newest[printer] = epoch
        self._note(KnownEpoch(printer, epoch))

    def is_over(self, printer: str, epoch: int) -> bool:
        """Whether a newer owner has spoken for the printer since."""
        with self._lock:
            return 0 < epoch < self._newest.get(printer, 0)

    def answer(self, command: PauseCommand) -> PauseResult:
        """Return what to tell of an order that is not obeyed."""
        with self._lock:
            newest = self._newest.get(command.printer, 0)
        why = f"an old epoch ordered this: {command.epoch}, and {newest} has spoken for the printer since"
        return PauseResult(command.id, command.printer, PauseOutcome.OUTDATED, 0, why)
