"""The serial port of a simulated board: a pseudo-terminal behind a link."""

import os
import pty
import select
import tty
from pathlib import Path


class SerialPort:
    """A pseudo-terminal behind a link at ``path``; we hold both ends open, so that hosts may come and go."""

    def __init__(self, path: Path) -> None:
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._ours)
        tty.setraw(self._theirs)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._theirs))

    def read(self, timeout_s: float) -> bytes:
        """Return what the host wrote, or nothing after the timeout."""
        ready, _, _ = select.select([self._ours], [], [], timeout_s)
        return os.read(self._ours, 4096) if ready else b""

    def write(self, data: bytes) -> None:
        """Send to the host."""
        os.write(self._ours, data)
