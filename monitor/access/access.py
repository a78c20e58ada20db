"""The room as a whole: its file, its doors and its desk, and what must be done again and again."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from monitor.access.desk import Desk
from monitor.access.doors import Doors
from monitor.access.file import path_beside
from monitor.access.passwords import Passwords
from monitor.access.records import Record
from monitor.access.store import AccessStore
from monitor.clock import Clock

TICK_S = 60.0

R = TypeVar("R", bound=Record)


class Access:
    """People and whatever else may come in, kept beside the incidents. Start it once, stop it once."""

    def __init__(self, storage: Path, clock: Clock, passwords: Passwords | None = None) -> None:
        """``storage``: where the incidents are kept."""
        self.storage = storage
        self._store = AccessStore(path_beside(storage))
        passwords = passwords or Passwords()
        self.doors = Doors(self._store, passwords, clock)
        self.desk = Desk(self._store, passwords, clock)

    @property
    def problem(self) -> str:
        """Why changes are not written at present, with the remedy; empty when all is well."""
        return self._store.problem

    def start(self, shares: bool = False) -> None:
        """Open the file. ``shares``: the monitor may run. Raises StorageInUse, StorageDamaged."""
        self._store.start(shares)

    def stop(self) -> None:
        """Write what waits and close the file. Idempotent."""
        self._store.stop()

    def all(self, kind: type[R]) -> Mapping[str, R]:
        """Return all records of a kind by their ids."""
        return self._store.all(kind)

    def settle(self) -> bool:
        """Wait some seconds until every change is on the disk, or known not to be; tell whether it is."""
        return self._store.settle()

    def look(self) -> None:
        """Look now whether another process has written, instead of within two seconds."""
        self._store.look()

    def tick(self) -> None:
        """Keep when each was last seen, and forget what is over. Every ``TICK_S``."""
        self.doors.note_seen()
        self.desk.sweep()
