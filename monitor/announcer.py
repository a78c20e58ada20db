"""Tells MQTT what the wall says: each printer's retained state, on every change and now and then."""

import logging
import threading
from collections.abc import Callable

from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.wire import PrinterState

log = logging.getLogger(__name__)

REFRESH_S = 30.0
"""A state that does not change is published this often, so that its score and frame time stay worth something."""

POLL_S = 0.5


def state_of(view: PrinterView) -> PrinterState:
    """Return what MQTT says of a printer."""
    return PrinterState(
        printer=view.id,
        state=view.state,
        since=view.since,
        score=view.score,
        frame_taken_at=view.frame_taken_at,
        incident=view.incident.id if view.incident else None,
        detail=view.camera_problem or view.picture_problem,
    )


class Announcer:
    """Watches the board in a thread of its own and hands changed states to ``publish``."""

    def __init__(self, board: Board, publish: Callable[[str, PrinterState], None], clock: Clock) -> None:
        """``publish`` takes the site's id and the state; it must not block."""
        self._board = board
        self._publish = publish
        self._clock = clock
        self._told: dict[str, tuple[PrinterState, float]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer")

    def start(self) -> None:
        """Start telling."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def tell(self) -> None:
        """Publish every state that has changed, or was last told too long ago."""
        now = self._clock.now()
        for view in self._board.snapshot().printers:
            state = state_of(view)
            if self._is_news(state, now):
                self._told[view.id] = (state, now)
                self._publish(view.site, state)

    def _is_news(self, state: PrinterState, now: float) -> bool:
        if state.printer not in self._told:
            return True
        old, told_at = self._told[state.printer]
        what, what_before = (state.state, state.incident, state.detail), (old.state, old.incident, old.detail)
        return what != what_before or now - told_at >= REFRESH_S

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tell()
            except Exception:  # the root of the thread: what it cannot tell now it tells in half a second
                log.exception("the printers' states could not be published; trying again")
            self._clock.wait(self._stopping, POLL_S)
