"""Stored pictures that people speak of: the archive's, or the newest one while it is on the wall."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.model import Config, Room, Site, Storage
from monitor.incidents.pictures import ON_THE_WALL_S, StoredPicture, StoredPictures
from monitor.judge import Judgement, Phase
from monitor.records import Frame, Health, Observation
from tests.farms import a_printer

AT = 1_700_000_000.0


class Place:
    """One printer with an archive and a board."""

    def __init__(self, folder: Path) -> None:
        site = Site(id="s", name="S", rooms=(Room(id="r", name="R"),))
        clock = ManualClock()
        self.archive = Archive(Storage(path=str(folder / "vigie.db")), clock)
        self.board = Board(Config(sites=(site,), printers=(a_printer("p01"),)), 0.5, clock.now())
        self.pictures = StoredPictures(self.archive, self.board)

    def shows(self, at: float, jpeg: bytes) -> None:
        """Put a picture on the wall."""
        judgement = Judgement(Phase.WATCHING, at, 0.0, 0.3, Health.OK)
        frame = Frame("p01", jpeg, at, 1, 1)
        self.board.inspected(Observation("p01", at, Health.OK, 0.3), judgement, frame, jpeg)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """An archive that runs."""
    found = Place(tmp_path)
    found.archive.start()
    yield found
    found.archive.stop()


def test_a_picture_of_the_archive_is_found_by_its_second(here: Place) -> None:
    """To the millisecond, with the score that it had."""
    here.pictures.keep("p01", StoredPicture(AT + 0.25, b"\xff\xd8 stored", 0.7))
    assert here.archive.settle()
    found = here.pictures.find("p01", AT + 0.25)
    assert StoredPicture(AT + 0.25, b"\xff\xd8 stored", 0.7) == found
    assert here.pictures.find("p01", AT + 1.25) is None


def test_the_picture_on_the_wall_a_moment_ago_is_the_newest(here: Place) -> None:
    """It was replaced while somebody reached for the mouse; long after, it is another matter."""
    here.shows(AT, b"\xff\xd8 newest")
    assert StoredPicture(AT, b"\xff\xd8 newest", 0.3) == here.pictures.find("p01", AT - 2)
    assert here.pictures.find("p01", AT - ON_THE_WALL_S - 1) is None


def test_without_an_archive_the_newest_is_still_found(tmp_path: Path) -> None:
    """It has never been started, or its disk is gone."""
    here = Place(tmp_path)
    here.shows(AT, b"\xff\xd8 newest")
    assert here.pictures.find("p01", AT) is not None
    assert here.pictures.find("p01", AT - 60) is None
