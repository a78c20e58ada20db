"""What each camera has learned, for whoever looks at its pictures."""

import threading

from monitor.records import Learned


class LearnedTable:
    """Thread-safe: people's verdicts write, the inspectors' threads read."""

    def __init__(self) -> None:
        self._by_printer: dict[str, Learned] = {}
        self._lock = threading.Lock()

    def put(self, learned: Learned) -> None:
        """Take over what a printer's camera has learned by now."""
        with self._lock:
            self._by_printer[learned.printer] = learned

    def of(self, printer: str) -> Learned:
        """Return what a printer's camera has learned; nothing when nobody has said anything."""
        with self._lock:
            return self._by_printer.get(printer) or Learned(printer)
