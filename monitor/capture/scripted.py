"""A camera that follows a script: for tests and rehearsals."""

import threading
from collections.abc import Iterable, Iterator


class ScriptedSource:
    """Yields the script's pictures and raises its errors; then stays silent until it is closed, unless it ``ends``."""

    def __init__(self, script: Iterable[bytes | Exception] = (), *, ends: bool = False) -> None:
        self._script = tuple(script)
        self._ends = ends
        self.closed = threading.Event()
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Play the script once."""
        for step in self._script:
            if self.closed.is_set():
                return
            if isinstance(step, Exception):
                raise step
            yield step
        if not self._ends:
            self.closed.wait()

    def close(self) -> None:
        """End the silence."""
        self.closed.set()
