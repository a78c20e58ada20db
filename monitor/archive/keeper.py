"""Keeps the stored frames within their bound. Owned by the archive's writer thread, whose transaction it works in."""

import logging
import sqlite3

from monitor.archive import frame_rows
from monitor.archive.batch import KeepFrame, milliseconds
from monitor.archive.frames import FrameFiles
from monitor.errors import StorageFull
from monitor.records import KeptFor, StoredFrame

log = logging.getLogger(__name__)

RESERVE_BYTES = 200_000_000
"""So much of the disk is left to the incidents, of a small one a tenth: the archive gives way, or stands still."""

_RANK = {kind: rank for rank, kind in enumerate(KeptFor)}
_ORDINARY = (KeptFor.MINUTE, KeptFor.SUSPICION)  # in the order in which they go
_AT_ONCE = 500  # frames that are looked at in one go
_EVER_MS = 1 << 62


class FrameKeeper:
    """Stores and deletes frames and their rows."""

    def __init__(self, files: FrameFiles, most_bytes: int, reserve_bytes: int = RESERVE_BYTES) -> None:
        """``most_bytes``: of all stored frames together; 0 stores none."""
        self._files, self._most_bytes, self._reserve_bytes = files, most_bytes, reserve_bytes
        self.refused = 0  # frames for which there was no room that could be made
        self._bytes: dict[KeptFor, int] = {}

    @property
    def bytes(self) -> int:
        """What is stored, in all."""
        return sum(self._bytes.values())

    @property
    def problem(self) -> str:
        """Why frames are not stored although the disk has room; empty when they are."""
        lasting = self.bytes - sum(self._bytes.get(kind, 0) for kind in _ORDINARY)
        if not self._most_bytes or lasting < 0.9 * self._most_bytes:
            return ""
        return (
            "storage.frames_gb is full of frames of incidents and verdicts, which are kept for storage.keep_days: "
            "raise the one or lower the other in cameras.yaml"
        )

    def recount(self, connection: sqlite3.Connection) -> None:
        """Count what is stored, anew."""
        self._bytes = frame_rows.bytes_by_kind(connection)

    def begin(self, connection: sqlite3.Connection) -> None:
        """Count what is stored, and delete files that no row knows."""
        self.recount(connection)
        for printer in self._files.printers():
            known = frame_rows.times_of(connection, printer)
            strays = self._files.strays(printer, known)
            self._files.delete(strays)
            if strays:
                log.info("%s: %d frames that no list knew are deleted", printer, len(strays))

    def keep(self, connection: sqlite3.Connection, frame: KeepFrame) -> list[tuple[str, int]]:
        """Store a frame, or keep a stored one for something that lasts longer; return the files that were written.

        Raises StorageFull when it cannot be written, StorageError when it is no frame of a printer.
        """
        taken_ms = milliseconds(frame.taken_at)
        known = frame_rows.one(connection, frame.printer, taken_ms)
        if known is not None:
            self._promote(connection, known, frame.kept_for)
            return []
        if frame.jpeg is None or not self._make_room(connection, len(frame.jpeg)):
            self.refused += 1
            return []
        self._files.write(frame.printer, taken_ms, frame.jpeg)
        frame_rows.put(connection, frame, len(frame.jpeg))
        self._count(frame.kept_for, len(frame.jpeg))
        return [(frame.printer, taken_ms)]

    def forget(self, connection: sqlite3.Connection, before_ms: int) -> int:
        """Delete frames of every kind that are too old; return how many, at most some hundred at once."""
        old = (frame_rows.oldest(connection, kind, before_ms, _AT_ONCE) for kind in KeptFor)
        return sum(self._delete(connection, frames) for frames in old)

    def make_way(self, connection: sqlite3.Connection) -> None:
        """Delete ordinary frames while the disk has less room than the reserve. Raises StorageFull."""
        missing = self._missing_bytes()
        if missing > 0:
            self._free(connection, missing)

    def require_reserve(self) -> None:
        """Raise StorageFull when there is less room than is left to the incidents."""
        missing = self._missing_bytes()
        if missing > 0:
            raise StorageFull(
                f"the last room on the archive's disk is for incidents: free at least {max(1.0, missing / 1e6):.0f} MB"
            )

    def _missing_bytes(self) -> int:
        room = self._files.room()
        return min(self._reserve_bytes, room.total_bytes // 10) - room.free_bytes

    def _make_room(self, connection: sqlite3.Connection, size_bytes: int) -> bool:
        missing = self.bytes + size_bytes - self._most_bytes
        return self._most_bytes > 0 and (missing <= 0 or self._free(connection, missing))

    def _free(self, connection: sqlite3.Connection, missing_bytes: int) -> bool:
        """Delete the oldest ordinary frames; tell whether that was enough."""
        for kind in _ORDINARY:
            while missing_bytes > 0 and (frames := frame_rows.oldest(connection, kind, _EVER_MS, _AT_ONCE)):
                gone: list[StoredFrame] = []
                for frame in frames:
                    if missing_bytes > 0:
                        gone.append(frame)
                        missing_bytes -= frame.size_bytes
                self._delete(connection, gone)
        return missing_bytes <= 0

    def _delete(self, connection: sqlite3.Connection, frames: list[StoredFrame]) -> int:
        self._files.delete((frame.printer, milliseconds(frame.taken_at)) for frame in frames)
        frame_rows.forget(connection, frames)
        for frame in frames:
            self._count(frame.kept_for, -frame.size_bytes)
        return len(frames)

    def _promote(self, connection: sqlite3.Connection, known: StoredFrame, kept_for: KeptFor) -> None:
        if _RANK[kept_for] > _RANK[known.kept_for]:
            frame_rows.promote(connection, known, kept_for)
            self._count(known.kept_for, -known.size_bytes)
            self._count(kept_for, known.size_bytes)

    def _count(self, kind: KeptFor, size_bytes: int) -> None:
        self._bytes[kind] = self._bytes.get(kind, 0) + size_bytes
