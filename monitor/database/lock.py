"""One process a file."""

import fcntl
import os
from pathlib import Path

from monitor.errors import StorageInUse


class FileLock:
    """Holds ``<file>.lock`` as long as this process lives; the system lets go of it after a crash too."""

    def __init__(self, path: Path, remedy: str) -> None:
        """``remedy``: what to tell a person when another process has it."""
        self._remedy = remedy
        self._path = path.with_name(path.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StorageInUse when another process has it.

        A folder that cannot be written holds no lock: opening the file says then what is wrong.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(descriptor)
            raise StorageInUse(f"{self._path}: {self._remedy}") from exc
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
