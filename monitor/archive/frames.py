"""The stored frames: files beside the database, as the camera sent them, within a bound of bytes.

Files and not rows, other than the evidence in the history: they come and go all day long, and a database of gigabytes
of pictures is slow to check at the start and to save when damaged, writes each picture twice (its log first), and gives
nothing back to a full disk. What is lost with a file in a power cut is one picture of many.
The list of them is a table (:mod:`monitor.archive.frame_rows`); a file is known by its printer and its milliseconds.
"""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import StorageError, StorageFull

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")  # as in cameras.yaml: nothing that a path could climb out with
_NAME = re.compile(r"(\d{1,16})\.jpg")


@dataclass(frozen=True, slots=True)
class Room:
    """What a disk has."""

    total_bytes: int
    free_bytes: int


def room_of(folder: Path) -> Room:
    """Return what the disk of a folder has."""
    usage = shutil.disk_usage(folder)
    return Room(usage.total, usage.free)


class FrameFiles:
    """The folder of frames. Reading may happen on any thread, beside the one that writes."""

    def __init__(self, folder: Path, room: Callable[[Path], Room] = room_of) -> None:
        """``room`` tells how much the disk of a folder has; it may raise OSError."""
        self._folder, self._room = folder, room

    def read(self, printer: str, taken_ms: int) -> bytes | None:
        """Return a frame's JPEG, or None when it is not stored."""
        path = self._path(printer, taken_ms)
        if path is None:
            return None
        try:
            return path.read_bytes() or None  # a power cut may leave an empty file
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise StorageError(f"{path}: {exc.strerror}: check that it may be read") from exc

    def write(self, printer: str, taken_ms: int, jpeg: bytes) -> None:
        """Store a frame: the whole of it or nothing. Raises StorageFull when it cannot be written."""
        path = self._path(printer, taken_ms)
        if path is None:
            raise StorageError(f"{self._folder}: {printer!r} is no printer's id: its frames are not kept")
        begun = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            begun.write_bytes(jpeg)
            begun.replace(path)
        except OSError as exc:
            raise StorageFull(
                f"{path}: {exc.strerror}: free space on its disk, and check that it may be written"
            ) from exc

    def delete(self, frames: Iterable[tuple[str, int]]) -> None:
        """Delete frames, by printer and milliseconds; one that is gone is gone. Raises StorageFull."""
        for printer, taken_ms in frames:
            path = self._path(printer, taken_ms)
            try:
                if path is not None:
                    path.unlink(missing_ok=True)
            except OSError as exc:
                raise StorageFull(f"{path}: {exc.strerror}: check that its folder may be written") from exc

    def strays(self, printer: str, known_ms: set[int]) -> list[tuple[str, int]]:
        """Return the frames of a printer that no list knows: a crash came between the file and its row."""
        found = (_NAME.fullmatch(path.name) for path in (self._folder / printer).glob("*.jpg"))
        return [(printer, at_ms) for name in found if name and (at_ms := int(name[1])) not in known_ms]

    def printers(self) -> list[str]:
        """Return the printers that have a folder."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.is_dir() and _ID.fullmatch(path.name))

    def room(self) -> Room:
        """Return what the disk has; raises StorageFull when there is no such folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return self._room(self._folder)
        except OSError as exc:
            raise StorageFull(f"{self._folder}: {exc.strerror}: check that its folder may be written") from exc

    def _path(self, printer: str, taken_ms: int) -> Path | None:
        if not _ID.fullmatch(printer) or taken_ms < 0:
            return None
        return self._folder / printer / f"{taken_ms}.jpg"
