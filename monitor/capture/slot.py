"""Where a camera's reader leaves the newest frame and the pipeline finds it."""

import threading

from monitor.records import Frame

NEVER = (-1, float("-inf"))


class LatestFrame:
    """Holds one frame, the newest; thread-safe. Older ones are overwritten, and counted if nobody had looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._taken = True
        self._overwritten = 0
        self.newest = NEVER
        """The newest frame's number and when it was taken, without looking at it; before the first, -1 and long ago."""

    def put(self, frame: Frame) -> None:
        """Replace the frame."""
        with self._lock:
            if not self._taken:
                self._overwritten += 1
            self._frame = frame
            self.newest = (frame.number, frame.taken_at)
            self._taken = False

    def latest(self) -> Frame | None:
        """Return the newest frame without consuming it; None before the first."""
        with self._lock:
            self._taken = True
            return self._frame

    @property
    def number(self) -> int:
        """The newest frame's number, without looking at the frame; -1 before the first."""
        return self.newest[0]

    @property
    def overwritten(self) -> int:
        """How many frames were replaced before anybody looked at them."""
        return self._overwritten
