"""Something that is done again and again, on a thread of its own."""

import logging
import threading
from collections.abc import Callable

from monitor.clock import Clock

log = logging.getLogger(__name__)


class Periodic:
    """Calls a function every so many seconds, from :meth:`start` to :meth:`stop`."""

    def __init__(self, name: str, call: Callable[[], object], every_s: float, clock: Clock) -> None:
        self._name, self._call, self._every_s, self._clock = name, call, every_s, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Call it now, and then again and again."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread. Idempotent, also when it never ran."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._call()
            except Exception:  # the root of the thread: what fails now is tried again
                log.exception("%s met a fault; trying again in %g s", self._name, self._every_s)
            self._clock.wait(self._stopping, self._every_s)
