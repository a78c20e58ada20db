"""Stored pictures that people may label: from the archive, or the newest one while it is on the wall."""

import logging
from dataclasses import dataclass
from typing import Protocol

from monitor.archive import Archive
from monitor.board import Board
from monitor.errors import StorageError

log = logging.getLogger(__name__)

ON_THE_WALL_S = 10.0
"""Somebody sees a failure on the wall and says so; the picture that they saw may have been replaced meanwhile."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture as the camera sent it. ``score`` is relative to the camera, as the judge took it."""

    taken_at: float
    jpeg: bytes
    score: float | None = None


class Pictures(Protocol):
    """Where pictures are found that people speak of."""

    def find(self, printer: str, taken_at: float) -> StoredPicture | None:
        """Return the picture of a second (unix, to the millisecond); None when there is none."""

    def keep(self, printer: str, picture: StoredPicture) -> None:
        """Keep a picture that was labelled."""


class NoPictures:
    """Nothing is stored."""

    def find(self, printer: str, taken_at: float) -> StoredPicture | None:
        """Return nothing."""
        del printer, taken_at
        return None

    def keep(self, printer: str, picture: StoredPicture) -> None:
        """Have nothing to keep it in."""


class StoredPictures:
    """Pictures of the archive, and the newest ones of the board."""

    def __init__(self, archive: Archive, board: Board) -> None:
        self._archive, self._board = archive, board

    def find(self, printer: str, taken_at: float) -> StoredPicture | None:
        """Return the stored picture of a second, else the newest one if it was taken near that second."""
        try:
            known, jpeg = self._archive.reader.stored(printer, taken_at), self._archive.frame(printer, taken_at)
        except StorageError as exc:
            log.warning("%s: a stored picture cannot be read: %s", printer, exc)
            known, jpeg = None, None
        if known is not None and jpeg is not None:
            return StoredPicture(known.taken_at, jpeg, known.score)
        newest = self._board.picture(printer)
        if newest is None or abs(newest.taken_at - taken_at) > ON_THE_WALL_S:
            return None
        return StoredPicture(newest.taken_at, newest.jpeg, self._board.view(printer).score)

    def keep(self, printer: str, picture: StoredPicture) -> None:
        """Keep it in the archive, longer than the pictures beside it; the history has it for ever."""
        self._archive.keep(printer, picture.taken_at, picture.jpeg, picture.score)
