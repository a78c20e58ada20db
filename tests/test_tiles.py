"""Tiles are made for whom somebody looks, and are never older than the picture."""

from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.live import LiveConfig
from monitor.judge import Judgement, Phase
from monitor.records import Health, Observation
from monitor.tiles import ALL_LOOKED_AT_FOR_S, LOOKED_AT_FOR_S, Tiles
from tests.farms import a_farm, a_printer
from tests.inspection.pictures import frame, jpeg, scene

PICTURE = jpeg(scene())


class Desk:
    """A board of two printers, and who looks at them."""

    def __init__(self) -> None:
        self.clock = ManualClock(1000.0)
        farm = a_farm(a_printer("p1"), a_printer("p2"))
        self.board = Board(farm, 0.5, self.clock.now())
        self.tiles = Tiles(self.board, LiveConfig(farm), self.clock)

    def inspected(
        self, number: int, data: bytes = PICTURE, tile: bytes | None = None, health: Health = Health.OK
    ) -> None:
        """Let an inspection come in, a second later."""
        at = self.clock.advance(1.0)
        seen = Observation("p1", at, health)
        self.board.inspected(
            seen, Judgement(Phase.WATCHING, at, 0.0, None, health), frame(data, "p1", at, number), tile
        )


def test_who_begins_to_look_sees_the_newest_picture_at_once() -> None:
    """Its tile is made then, once, and is on the board."""
    desk = Desk()
    desk.inspected(7)
    version = desk.board.snapshot().version
    assert desk.board.tile("p1") is None
    desk.tiles.look(["p1", "p2"])
    made = desk.board.tile("p1")
    assert made is not None
    assert (7, 1001.0, b"\xff\xd8") == (made.number, made.taken_at, made.jpeg[:2])
    assert made is desk.tiles.tile("p1")
    assert version < desk.board.snapshot().version
    assert desk.tiles.tile("p2") is None


def test_a_tile_that_nobody_asked_for_does_not_outlive_its_picture() -> None:
    """An old picture must not be shown beside a new state."""
    desk = Desk()
    desk.inspected(1, tile=PICTURE)
    assert desk.board.tile("p1") is not None
    desk.inspected(2)
    assert desk.board.tile("p1") is None


def test_what_cannot_be_read_leaves_the_last_picture_on_the_wall() -> None:
    """Greyed by its age; nothing can be made of the broken bytes."""
    desk = Desk()
    desk.inspected(1, tile=PICTURE)
    desk.inspected(2, b"<html>", health=Health.UNREADABLE)
    tile = desk.tiles.tile("p1")
    assert tile is not None
    assert 1 == tile.number


def test_nothing_can_be_made_of_broken_bytes() -> None:
    """No tile, and no fault."""
    desk = Desk()
    desk.inspected(1, b"<html>", health=Health.UNREADABLE)
    assert desk.tiles.tile("p1") is None


def test_a_look_lasts_a_while() -> None:
    """Streams and pollers say again and again whom they show."""
    desk = Desk()
    desk.tiles.look(["p1"])
    assert desk.tiles.is_looked_at("p1")
    assert not desk.tiles.is_looked_at("p2")
    desk.clock.advance(LOOKED_AT_FOR_S)
    assert not desk.tiles.is_looked_at("p1")


def test_a_look_at_all_is_over_soon() -> None:
    """A page that is opened says at once whom it shows; until then it may be anybody."""
    desk = Desk()
    desk.tiles.look_at_all()
    assert desk.tiles.is_looked_at("p2")
    desk.clock.advance(ALL_LOOKED_AT_FOR_S)
    assert not desk.tiles.is_looked_at("p2")


def test_looks_that_are_over_are_forgotten() -> None:
    """A printer that was taken out of cameras.yaml is kept nowhere."""
    desk = Desk()
    desk.tiles.look(["p1", "gone"])
    desk.clock.advance(LOOKED_AT_FOR_S / 2)
    desk.tiles.look(["p1"])
    desk.clock.advance(LOOKED_AT_FOR_S / 2)
    desk.tiles.look(["p2"])
    assert 2 == desk.tiles.remembered
    assert [True, True] == [desk.tiles.is_looked_at(printer) for printer in ("p1", "p2")]
