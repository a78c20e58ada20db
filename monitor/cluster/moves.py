"""Tells the rest of Vigie what has changed hands, on a thread of its own: starting a camera may take its time, and a
sign of life must not wait for it.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from monitor.cluster.records import Moves

log = logging.getLogger(__name__)

Call = Callable[[Moves], None]


class Mover:
    """Calls those who listen until each was told of what is ours now. Every method may be called from any thread."""

    def __init__(self, told: Callable[[], None]) -> None:
        """``told`` is called on the mover's thread whenever somebody has been told."""
        self._on_told = told
        self._news = threading.Condition()
        self._ours: Mapping[str, int] = {}
        self._listeners: list[_Listener] = []
        self._stopping = False
        self._busy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="cluster-moves")

    def listen(self, call: Call) -> None:
        """Tell somebody of what is ours, and of what changes."""
        with self._news:
            self._listeners.append(_Listener(call))
            self._news.notify()

    def show(self, ours: Mapping[str, int]) -> None:
        """Take in what is ours now, and the epochs."""
        with self._news:
            if ours != self._ours:
                self._ours = ours
                self._news.notify()

    def has(self, printer: str, epoch: int) -> bool:
        """Whether anybody was told, or is being told, that a printer is ours at this epoch."""
        with self._news:
            return any(epoch in (one.has.get(printer), one.hears.get(printer)) for one in self._listeners)

    @property
    def is_done(self) -> bool:
        """Whether everybody was told of what is ours now."""
        with self._news:
            return self._behind() is None

    @property
    def busy_s(self) -> float:
        """How long somebody has been listening to the same news."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell what is not told yet, then end. Idempotent, also when it never ran."""
        with self._news:
            self._stopping = True
            self._news.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._news:
                behind = self._behind()
                while behind is None and not self._stopping:
                    self._news.wait()
                    behind = self._behind()
                if behind is None:
                    return
                moves, ours = _between(behind.has, self._ours), self._ours
                behind.hears = ours
            self._tell(behind, moves)
            with self._news:
                behind.has = behind.hears = ours
            self._on_told()

    def _behind(self) -> "_Listener | None":
        return next((one for one in self._listeners if one.has != self._ours), None)

    def _tell(self, listener: "_Listener", moves: Moves) -> None:
        log.info("cluster: %d printers came to this node, %d went", len(moves.gained), len(moves.lost))
        self._busy_since = time.monotonic()
        try:
            listener.call(moves)
        except Exception:  # the root of the thread: the others must be told
            log.exception("cluster: what has changed hands was not taken in")
        finally:
            self._busy_since = None


class _Listener:
    """Somebody, what it was told of, and what it is being told of."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.has: Mapping[str, int] = {}
        self.hears: Mapping[str, int] = {}


def _between(before: Mapping[str, int], now: Mapping[str, int]) -> Moves:
    return Moves(
        {printer: epoch for printer, epoch in now.items() if before.get(printer) != epoch},
        frozenset(printer for printer, epoch in before.items() if now.get(printer) != epoch),
    )
