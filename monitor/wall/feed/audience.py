"""The open streams: who looks at the wall now, how many may, and what all of them have been sent."""

import threading

from monitor.wall.feed.viewer import Viewer

STREAMS_AT_MOST = 40
"""Open streams hold a server thread each. Who comes later polls instead (the answer is 503)."""


class Audience:
    """Viewers by their ids, at most ``STREAMS_AT_MOST``. Callable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._viewers: dict[str, Viewer] = {}
        self._sent_bytes = 0

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def sent_bytes(self) -> int:
        """Bytes of all streams since the start."""
        return self._sent_bytes

    def enter(self, viewer: Viewer) -> bool:
        """Let a viewer in; False when the house is full."""
        with self._lock:
            if len(self._viewers) >= STREAMS_AT_MOST:
                return False
            self._viewers[viewer.id] = viewer
            return True

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer; harmless when it has left already."""
        with self._lock:
            self._viewers.pop(viewer.id, None)

    def find(self, viewer: str) -> Viewer | None:
        """Return a viewer that has its stream open."""
        return self._viewers.get(viewer)

    def sent(self, size_bytes: int) -> None:
        """Count what was handed over."""
        with self._lock:
            self._sent_bytes += size_bytes
