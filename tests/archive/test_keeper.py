"""Stored frames within their bound, on a disk of a given size."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.archive import frame_rows
from monitor.archive.batch import KeepFrame
from monitor.archive.frames import FrameFiles, Room
from monitor.archive.keeper import FrameKeeper
from monitor.archive.schema import SCHEMA
from monitor.database import migrate
from monitor.errors import StorageFull
from monitor.records import KeptFor
from tests.archive.support import T0

FRAME = b"x" * 1000


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """The archive's tables, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, SCHEMA)
        yield connection


class Disk:
    """A disk of a given size, on which others write too."""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self.size_bytes, self.others_bytes = size_bytes, 0
        self.files = FrameFiles(
            folder, lambda _: Room(self.size_bytes, self.size_bytes - self.others_bytes - self._used())
        )
        self._folder = folder

    def _used(self) -> int:
        return sum(path.stat().st_size for path in self._folder.rglob("*.jpg"))


def fill(keeper: FrameKeeper, connection: sqlite3.Connection, *kinds: KeptFor) -> None:
    """Store a frame of each kind, a minute apart."""
    for minute, kind in enumerate(kinds):
        keeper.keep(connection, KeepFrame("p01", T0 + 60 * minute, kind, 0.1, FRAME))


def kept(connection: sqlite3.Connection) -> list[KeptFor]:
    """Return what the stored frames are kept for, the oldest first."""
    return [frame.kept_for for frame in frame_rows.between(connection, "p01", 0, T0 * 2, -1)]


def test_the_ordinary_make_way_for_the_new_in_the_order_of_their_worth(
    tmp_path: Path, connection: sqlite3.Connection
) -> None:
    """Frames of minutes go before those of suspicions, the oldest first; those of incidents and verdicts never."""
    disk = Disk(tmp_path, 1 << 40)
    keeper = FrameKeeper(disk.files, 5000, reserve_bytes=0)
    suspicion, minute, incident, verdict = KeptFor.SUSPICION, KeptFor.MINUTE, KeptFor.INCIDENT, KeptFor.VERDICT
    fill(keeper, connection, incident, suspicion, minute, verdict, minute)
    for second in range(3):
        keeper.keep(connection, KeepFrame("p01", T0 + 1000 + second, incident, 0.9, FRAME))
    assert [incident, verdict, incident, incident, incident] == kept(connection)
    assert (5000, 0) == (keeper.bytes, keeper.refused)
    keeper.keep(connection, KeepFrame("p01", T0 + 2000, incident, 0.9, FRAME))
    assert (5000, 1) == (keeper.bytes, keeper.refused)
    assert keeper.problem


def test_others_who_fill_the_disk_are_given_way(tmp_path: Path, connection: sqlite3.Connection) -> None:
    """Ordinary frames go until the reserve is free again; when that is not enough, the archive stands still."""
    disk = Disk(tmp_path, 20_000)
    keeper = FrameKeeper(disk.files, 1 << 40, reserve_bytes=2000)
    fill(keeper, connection, KeptFor.INCIDENT, *[KeptFor.MINUTE] * 5)
    disk.others_bytes = 15_000
    keeper.make_way(connection)
    keeper.require_reserve()
    assert [KeptFor.INCIDENT, *[KeptFor.MINUTE] * 2] == kept(connection)
    disk.others_bytes = 19_000
    keeper.make_way(connection)
    assert [KeptFor.INCIDENT] == kept(connection)
    with pytest.raises(StorageFull, match="incidents"):
        keeper.require_reserve()
    disk.others_bytes = 0
    keeper.require_reserve()


def test_a_frame_is_kept_for_the_best_of_its_reasons(tmp_path: Path, connection: sqlite3.Connection) -> None:
    """A suspicious frame becomes an incident's, and an incident's never an ordinary one again."""
    keeper = FrameKeeper(Disk(tmp_path, 1 << 40).files, 1 << 40, reserve_bytes=0)
    for kind in (KeptFor.SUSPICION, KeptFor.INCIDENT, KeptFor.MINUTE):
        keeper.keep(connection, KeepFrame("p01", T0, kind, 0.1, FRAME))
    assert [KeptFor.INCIDENT] == kept(connection)
    assert 1000 == keeper.bytes
    again = FrameKeeper(Disk(tmp_path, 1 << 40).files, 1 << 40, reserve_bytes=0)
    again.begin(connection)
    assert 1000 == again.bytes
