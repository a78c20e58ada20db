"""One monitor a history file: two would also take each other's session at the broker and pause for each other."""

import fcntl
import os
from pathlib import Path

from monitor.errors import StorageInUse


class FileLock:
    """Holds ``<file>.lock`` as long as this process lives; the system lets go of it after a crash too."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StorageInUse when another process has it.

        A folder that cannot be written holds no lock: the history says then what is wrong with it.
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
            raise StorageInUse(
                f"{self._path}: another vigie run keeps its incidents there: stop that one, "
                "or give this one a storage.path, an mqtt.client_id and a wall.port of its own in cameras.yaml"
            ) from exc
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
