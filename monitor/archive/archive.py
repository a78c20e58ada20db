"""The one writer: what the recorder hands over, to the disk, in a transaction every few seconds."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from monitor.archive import tables
from monitor.archive.batch import KeepFrame
from monitor.archive.frames import FrameFiles, Room, room_of
from monitor.archive.inbox import Inbox
from monitor.archive.keeper import RESERVE_BYTES, FrameKeeper
from monitor.archive.reader import ArchiveReader, archive_path, frames_folder
from monitor.archive.recorder import Recorder
from monitor.archive.schema import SCHEMA
from monitor.archive.upkeep import Upkeep
from monitor.clock import Clock
from monitor.config.model import Storage
from monitor.database import open_for_writing, translated
from monitor.errors import StorageDamaged, StorageError
from monitor.records import KeptFor

log = logging.getLogger(__name__)

ROUND_EVERY_S = 5.0
OVERFLOW_TOLD_S = 600.0


class Archive:
    """Owns the archive's file and frames. :attr:`recorder` is the pipeline's; all else may be called from any thread.

    Nothing that happens here stops inspection or pausing: what cannot be written is counted and told.
    """

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        reserve_bytes: int = RESERVE_BYTES,
        room: Callable[[Path], Room] = room_of,
    ) -> None:
        """Nothing is opened yet. ``reserve_bytes`` of the disk are left to others; ``room`` tells what it has."""
        path = Path(storage.path)
        self.reader = ArchiveReader(path)
        self._wake = threading.Event()
        self.inbox = Inbox(self._wake.set)
        self.recorder = Recorder(self.inbox.add, self.inbox.offer)
        self._path, self._clock, self._started_at = archive_path(path), clock, clock.now()
        self._files = FrameFiles(frames_folder(path), room)
        self._keeper = FrameKeeper(self._files, round(storage.frames_gb * 1e9), reserve_bytes)
        self._upkeep = Upkeep(storage, self._keeper)
        self._problem = ""
        self._frame_problem = ""  # why the newest frame could not be written
        self._connection: sqlite3.Connection | None = None
        self._overflows, self._overflowed_at = 0, float("-inf")
        self._is_damaged = False  # met while writing: the file is set aside, and what can be read of it is saved
        self._rounds = 0
        self._round_done = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="archive-writer")

    @property
    def problem(self) -> str:
        """Why scores or frames are not kept at present, with the remedy; empty when all is well."""
        return self._problem

    def start(self) -> None:
        """Start the writer; it opens the file, which may take seconds when there is much to check."""
        self._thread.start()

    def stop(self) -> None:
        """Write what was gathered, and join the writer; the pipeline must have ended. Idempotent."""
        if self._thread.is_alive():
            self.recorder.flush(self._clock.now())
            self._stopping = True
            self._wake.set()
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def frame(self, printer: str, taken_at: float) -> bytes | None:
        """Return a stored frame's JPEG, as the camera sent it."""
        return self.reader.frame(printer, taken_at)

    def keep(self, printer: str, taken_at: float, jpeg: bytes | None = None, score: float | None = None) -> None:
        """Keep a frame that a person has labelled: from now on it goes with storage.keep_days only.

        ``jpeg`` stores it where it is not stored yet, such as the newest one of the board.
        """
        self.inbox.offer(KeepFrame(printer, taken_at, KeptFor.VERDICT, score, jpeg))

    def settle(self, timeout_s: float = 10.0) -> bool:
        """Wait until all that was handed over has been written or refused; tell whether that came true in time."""
        with self._round_done:
            enough = self._rounds + 2  # the round that runs now may have missed the newest
            while self._rounds < enough:
                self._wake.set()
                if not self._round_done.wait(timeout_s):
                    return False
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(ROUND_EVERY_S)
            self._wake.clear()
            try:
                self._round()
            except Exception:  # a bug; what comes next must still be written
                log.exception("%s: a round of the archive's writer failed; please report it", self._path)
            with self._round_done:
                self._rounds += 1
                self._round_done.notify_all()

    def _round(self) -> None:
        batches, frames = self.inbox.take()
        now = self._clock.now()
        if not (batches or frames or self._problem or self._connection is None or self._upkeep.is_due(now)):
            return
        written: list[tuple[str, int]] = []
        try:
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            self._keeper.make_way(connection)
            connection.execute("COMMIT")
            self._keeper.require_reserve()
            connection.execute("BEGIN IMMEDIATE")
            for batch in batches:
                tables.apply(connection, batch, self._started_at)
            for frame in frames:
                written += self._kept(connection, frame)
            self._upkeep.work(connection, now)
            connection.execute("COMMIT")
        except (sqlite3.Error, StorageError) as exc:
            self.inbox.put_back(batches, frames)
            self._failed(exc if isinstance(exc, StorageError) else translated(exc, self._path), written)
        else:
            self._tell(self._frame_problem or self._keeper.problem or self._overflow(now))
        finally:
            self._roll_back()

    def _overflow(self, now: float) -> str:
        """Return what to say while the disk does not keep up, and for a while after."""
        if self.inbox.overflows != self._overflows:
            self._overflows, self._overflowed_at = self.inbox.overflows, now
        if now - self._overflowed_at > OVERFLOW_TOLD_S:
            return ""
        return (
            f"{self._path}: its disk does not keep up: {self.inbox.lost_frames} frames and {self.inbox.lost_batches} "
            "half minutes of scores were lost since the start: give it a faster one, or set storage.frames_gb to 0"
        )

    def _kept(self, connection: sqlite3.Connection, frame: KeepFrame) -> list[tuple[str, int]]:
        """Store a frame; one that cannot be written costs the round nothing else."""
        try:
            files = self._keeper.keep(connection, frame)
        except StorageError as exc:
            self.inbox.lost_frames += 1
            self._frame_problem = str(exc)
            return []
        if files:
            self._frame_problem = ""
        return files

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_for_writing(self._path, SCHEMA, is_damaged=self._is_damaged)
            self._is_damaged = False
            self._keeper.begin(self._connection)
        return self._connection

    def _roll_back(self) -> None:
        """Undo a transaction that was not finished."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
            self._keeper.recount(self._connection)
            self._upkeep.begin_again()

    def _failed(self, error: StorageError, written: list[tuple[str, int]]) -> None:
        self._tell(str(error))
        try:
            self._files.delete(written)  # no row knows them
        except StorageError as exc:
            log.warning("%s", exc)
        if isinstance(error, StorageDamaged) and self._connection is not None:
            self._connection.close()
            self._connection, self._is_damaged = None, True

    def _tell(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        if problem:
            log.error("%s; scores and frames are not kept meanwhile, all else goes on", problem)
        else:
            log.warning("%s: the archive is written again", self._path)
