"""What waits for the archive's writer, within bounds: what finds no room is counted, and nobody waits."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from monitor.archive.batch import Batch, KeepFrame

WAITING_BATCHES = 240
"""Two hours of scores and states, while nothing can be written; then the oldest go."""

WAITING_BYTES = 64 * 1024 * 1024
"""Of frames; then new ones are not taken."""


class Inbox:
    """Batches and frames in the order in which they came. Every method may be called from any thread."""

    def __init__(self, fills: Callable[[], None]) -> None:
        """``fills`` is called when frames have taken half the room: the writer should come before its time."""
        self._fills = fills
        self.lost_batches = 0
        self.lost_frames = 0
        self.overflows = 0  # how often something found no room: the writer does not keep up
        self._lock = threading.Lock()
        self._batches: deque[Batch] = deque()
        self._frames: deque[KeepFrame] = deque()
        self._bytes = 0

    def add(self, batch: Batch) -> None:
        """Take in a batch."""
        with self._lock:
            self._batches.append(batch)
            self._drop_oldest()

    def offer(self, frame: KeepFrame) -> None:
        """Take in a frame, if there is room."""
        size = len(frame.jpeg or b"")
        with self._lock:
            if self._bytes + size > WAITING_BYTES:
                self.lost_frames += 1
                self.overflows += 1
                return
            self._frames.append(frame)
            self._bytes += size
            is_half_full = self._bytes > WAITING_BYTES // 2
        if is_half_full:
            self._fills()

    def take(self) -> tuple[Sequence[Batch], Sequence[KeepFrame]]:
        """Return all that waits, and empty it."""
        with self._lock:
            batches, frames = tuple(self._batches), tuple(self._frames)
            self._batches.clear()
            self._frames.clear()
            self._bytes = 0
        return batches, frames

    def put_back(self, batches: Sequence[Batch], frames: Sequence[KeepFrame]) -> None:
        """Take again what could not be written: batches, and what people labelled; other frames are lost."""
        with self._lock:
            self._batches.extendleft(reversed(batches))
            self._drop_oldest()
            for frame in frames:
                if frame.jpeg is None:
                    self._frames.append(frame)
                else:
                    self.lost_frames += 1

    def _drop_oldest(self) -> None:
        while len(self._batches) > WAITING_BATCHES:
            self._batches.popleft()
            self.lost_batches += 1
            self.overflows += 1
