"""A printer that records its orders and says what it is told to say."""

import threading

from monitor.errors import PrinterError
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.records import JobState, PauseCommand


class RecordingPrinter:
    """An adapter without a printer. A pause makes it paused, unless it is told to be stubborn."""

    def __init__(self, state: JobState = JobState.PRINTING) -> None:
        self.says: Reading | Exception = Reading(state)
        self.ability = CAN_PAUSE
        self.is_stubborn = False
        self.refuses: PrinterError | None = None  # what an order raises
        self.orders: list[str] = []
        self.closed = threading.Event()
        self.asked = 0

    def state(self) -> Reading:
        """Say what was set."""
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def can_pause(self) -> Ability:
        """Say what was set."""
        return self.ability

    def pause(self, command: PauseCommand) -> None:
        """Record the order, and obey."""
        self._order(f"pause {command.id}", JobState.PAUSED)

    def resume(self) -> None:
        """Record the order, and obey."""
        self._order("resume", JobState.PRINTING)

    def close(self) -> None:
        """Record it."""
        self.closed.set()

    def _order(self, order: str, leads_to: JobState) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.orders.append(order)
        if not self.is_stubborn:
            self.says = Reading(leads_to)
