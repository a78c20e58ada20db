"""Reading, from any thread and beside a running monitor: a read-only connection for each question."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from monitor.archive import frame_rows, tables
from monitor.archive.batch import milliseconds
from monitor.archive.frames import FrameFiles
from monitor.archive.points import Points
from monitor.archive.series import Grains, buckets, grains_of_peaks, grains_of_points, joined
from monitor.database import ask
from monitor.errors import StorageError
from monitor.records import Hour, Mark, ScoreBucket, StateSpan, StoredFrame

Answer = TypeVar("Answer")

WIDE_S = 120.0
"""From buckets of this width on, the minutes' peaks are as good as the points, and a hundred times quicker to read."""


def archive_path(storage_path: Path) -> Path:
    """Return where the archive's database lies: beside the history."""
    return storage_path.with_name(f"{storage_path.stem}-archive.db")


def frames_folder(storage_path: Path) -> Path:
    """Return where the frames lie: beside the history."""
    return storage_path.with_name(f"{storage_path.stem}-frames")


class ArchiveReader:
    """Answers from the archive beside the history at ``storage_path``; times are unix seconds.

    Every method raises StorageError when there is no archive, or it is damaged.
    """

    def __init__(self, storage_path: Path) -> None:
        self._path = archive_path(storage_path)
        self._files = FrameFiles(frames_folder(storage_path))

    def series(
        self, printer: str, since: float, until: float, points: int, fresh: Sequence[tuple[float, float]] = ()
    ) -> list[ScoreBucket]:
        """Return the scores of a time in at most ``points`` buckets, oldest first; where there is none, there is none.

        ``fresh``: (taken_at, score) from memory; those that are newer than what is stored count too.
        """
        width_s = (until - since) / points
        stored = self._ask(lambda connection: _grains(connection, printer, since, until, width_s))
        return buckets(joined(stored, fresh), since, until, width_s)

    def points(self, printer: str, since: float, until: float) -> Points:
        """Return every inspection of a time, as far as storage.keep_scores_days reaches back."""
        found = self._ask(
            lambda connection: tables.points(connection, printer, *_slices_of(since, until)),
        )
        return found.between(milliseconds(since), milliseconds(until))

    def states(self, printer: str, since: float, until: float) -> Sequence[StateSpan]:
        """Return a printer's states in a time, oldest first; while Vigie did not run, there is none."""
        return self._ask(lambda connection: tables.spans(connection, printer, since, until))

    def marks(self, printer: str, since: float, until: float) -> Sequence[Mark]:
        """Return when jobs started in a time, oldest first."""
        return self._ask(lambda connection: tables.marks(connection, printer, since, until))

    def starts(self, since: float, until: float) -> Sequence[float]:
        """Return when Vigie itself started in a time, oldest first."""
        return self._ask(lambda connection: tables.starts(connection, since, until))

    def hours(self, printer: str | None, since: float, until: float) -> Sequence[Hour]:
        """Return the hours that begin in a time (``until`` exclusive), of all printers with None, oldest first."""
        return self._ask(lambda connection: tables.hours(connection, printer, since, until))

    def hour_sums(self, since: float, until: float) -> Sequence[Hour]:
        """Return the same summed up, one a printer, at its first hour: a year of 90 printers has 788,400 hours."""
        return self._ask(lambda connection: tables.hour_sums(connection, since, until))

    def printers(self) -> Sequence[str]:
        """Return the printers that have stored frames, those that left cameras.yaml too."""
        return self._ask(lambda connection: tables.printers(connection, "frame"))

    def knows(self, printer: str) -> bool:
        """Tell whether anything is kept of a printer, also when there is no archive."""
        try:
            return self._ask(lambda connection: tables.knows(connection, printer))
        except StorageError:
            return False

    def frames(self, printer: str, since: float, until: float, limit: int = -1) -> Sequence[StoredFrame]:
        """Return the newest stored frames of a time, oldest first; ``limit`` -1 means all."""
        return self._ask(lambda connection: frame_rows.between(connection, printer, since, until, limit))

    def stored(self, printer: str, taken_at: float) -> StoredFrame | None:
        """Return what is known of one stored frame."""
        return self._ask(lambda connection: frame_rows.one(connection, printer, milliseconds(taken_at)))

    def frame(self, printer: str, taken_at: float) -> bytes | None:
        """Return a stored frame's JPEG, as the camera sent it: not rotated."""
        return self._files.read(printer, milliseconds(taken_at))

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        return ask(self._path, question, "no archive there yet: `vigie run` makes it, beside storage.path", ValueError)


def _grains(connection: sqlite3.Connection, printer: str, since: float, until: float, width_s: float) -> Grains:
    """Return peaks as far as they are there and fine enough, points for the rest."""
    since_ms, until_ms = _slices_of(since, until)
    first_ms = tables.first_points_ms(connection, printer)
    first_hour = int(until // tables.HOUR_S) + 1 if first_ms is None else first_ms // tables.HOUR_MS
    last_hour = int(until // tables.HOUR_S) + 1 if width_s >= WIDE_S else first_hour
    peaks = tables.peaks(connection, printer, int(since // tables.HOUR_S), last_hour)
    if peaks and width_s >= WIDE_S:
        since_ms = max(since_ms, (peaks[-1][0] + 1) * tables.HOUR_MS)
    points = tables.points(connection, printer, max(since_ms, first_hour * tables.HOUR_MS), until_ms)
    return Grains.joined(
        [*(grains_of_peaks(hour * tables.HOUR_S, found) for hour, found in peaks), grains_of_points(points)]
    )


def _slices_of(since: float, until: float) -> tuple[int, int]:
    """Return in milliseconds when the slices begin that may have points of a time."""
    return milliseconds(since) - tables.SLICE_MS, milliseconds(until) + 1
