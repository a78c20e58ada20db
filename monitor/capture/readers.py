"""All cameras' readers: started and stopped together, and one by one while others go on."""

import threading
from collections.abc import Callable, Iterable, Sequence

from monitor.capture.reader import CameraReader
from monitor.records import CameraStatus

MakeReader = Callable[[str], CameraReader]


class Readers:
    """The readers by printer id. Every method may be called from any thread."""

    def __init__(self, make: MakeReader, printers: Iterable[str]) -> None:
        """``make`` returns a printer's reader, as its camera is configured now."""
        self._make = make
        self._lock = threading.Lock()
        self._readers = {printer: make(printer) for printer in printers}

    def start(self) -> None:
        """Start all of them; no camera need be there."""
        for reader in self._all():
            reader.start()

    def stop(self) -> None:
        """End all threads; all are told before the first is waited for. Idempotent."""
        _stop(self._all())

    def statuses(self) -> Sequence[CameraStatus]:
        """Return how each camera's connection is doing."""
        return [reader.status for reader in self._all()]

    def add(self, printers: Iterable[str]) -> None:
        """Make and start the readers of more printers."""
        fresh = {printer: self._make(printer) for printer in printers}
        with self._lock:
            self._readers.update(fresh)
        for reader in fresh.values():
            reader.start()

    def remove(self, printers: Iterable[str]) -> None:
        """End the readers of some printers, and wait for their threads."""
        with self._lock:
            gone = [reader for printer in printers if (reader := self._readers.pop(printer, None)) is not None]
        _stop(gone)

    def pace(self, printer: str, every_s: float, *, beyond_configured: bool = False) -> None:
        """Ask a snapshot camera every so often from now on, across reconnects; streams come as they come.

        Takes effect at once. Not more often than the camera's ``every_s`` says, unless ``beyond_configured``: then
        five times a second at most. Nothing happens for a printer that is not there.
        """
        with self._lock:
            reader = self._readers.get(printer)
        if reader is not None:
            reader.pace(every_s, beyond_configured=beyond_configured)

    def _all(self) -> Sequence[CameraReader]:
        with self._lock:
            return tuple(self._readers.values())


def _stop(readers: Sequence[CameraReader]) -> None:
    for reader in readers:
        reader.request_stop()
    for reader in readers:
        reader.stop()
