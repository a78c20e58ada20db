"""What the archive's writer does besides writing: folding hours that are over into peaks, and forgetting what is old.

In small steps, a few each round, so that what the recorder hands over never waits long.
"""

import sqlite3

from monitor.archive import tables
from monitor.archive.keeper import FrameKeeper
from monitor.config.model import Storage

FOLDS_AT_ONCE = 20  # hours of printers; one takes some milliseconds
ROWS_AT_ONCE = 5_000
FORGET_EVERY_S = 3600.0

_LATE_S = 120.0  # after the end of an hour its last slices are written
_DAY_MS = 86_400_000


class Upkeep:
    """Owned by the writer's thread; works inside its transaction."""

    def __init__(self, storage: Storage, keeper: FrameKeeper) -> None:
        self._storage, self._keeper = storage, keeper
        self._hour: int | None = None  # up to which it was looked for hours to fold
        self._to_fold: list[tuple[str, int]] = []
        self._forget_at = 0.0

    def is_due(self, now: float) -> bool:
        """Tell whether there is anything to do."""
        return bool(self._to_fold) or self._hour != self._hour_before(now) or now >= self._forget_at

    def work(self, connection: sqlite3.Connection, now: float) -> None:
        """Do a step of what is due."""
        if self._hour != self._hour_before(now):
            self._hour = self._hour_before(now)
            self._to_fold = tables.hours_without_peaks(connection, self._hour)
        for printer, hour in self._to_fold[:FOLDS_AT_ONCE]:
            tables.fold(connection, printer, hour)
        del self._to_fold[:FOLDS_AT_ONCE]
        if now >= self._forget_at and not self._to_fold and not self._forget(connection, now):
            self._forget_at = now + FORGET_EVERY_S

    def begin_again(self) -> None:
        """Look anew for what is due: the last step was not written."""
        self._hour, self._forget_at = None, 0.0

    def _forget(self, connection: sqlite3.Connection, now: float) -> bool:
        """Forget a part of what is old; tell whether there may be more."""
        now_ms = int(now * 1000)
        old_ms = now_ms - self._storage.keep_days * _DAY_MS
        points_ms = max(old_ms, now_ms - self._storage.keep_scores_days * _DAY_MS)
        points_ms -= points_ms % tables.HOUR_MS  # whole hours: their peaks are there
        rows = tables.forget(connection, points_ms, old_ms, ROWS_AT_ONCE)
        return rows >= ROWS_AT_ONCE or self._keeper.forget(connection, old_ms) > 0

    def _hour_before(self, now: float) -> int:
        return int((now - _LATE_S) // tables.HOUR_S)
