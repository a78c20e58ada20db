"""What a viewer of the stream gets: the newest, once, alarms first."""

import json

from monitor.records import IncidentStatus
from monitor.wall.framing import Kind, Parser, TileMessage, parse_tile
from monitor.wall.viewer import CHUNK_BYTES, SIGN_OF_LIFE_S, Viewer
from tests.wall.farm import Farm


class Reader:
    """A viewer of a farm, and what it read."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._viewer = Viewer(farm.board, farm.app.extensions["vigie"].presenter, "1.2.3")
        self._parser = Parser()
        self.states: list[dict[str, object]] = []
        self.tiles: list[TileMessage] = []

    def read(self) -> int:
        """Take the next chunk and return its size."""
        chunk = self._viewer.next_chunk(self._farm.board.snapshot(), {}, self._farm.clock.now())
        for kind, body in self._parser.feed(chunk):
            if kind == Kind.STATES:
                self.states.append(json.loads(body))
            else:
                self.tiles.append(parse_tile(body))
        return len(chunk)

    def changed(self) -> list[list[str]]:
        """Return the printers in each states message."""
        return [[printer["id"] for printer in message["printers"]] for message in self.states]  # type: ignore[attr-defined]


def test_a_new_viewer_gets_everything_and_then_nothing() -> None:
    """The first message has all printers in the file's order, every picture comes once, then there is silence."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    assert [["p01", "p02", "p03"]] == reader.changed()
    assert {"p01", "p02", "p03"} == {tile.printer for tile in reader.tiles}
    assert 0 == reader.read()


def test_only_what_changed_is_sent() -> None:
    """A failure of one printer sends that printer, with its new picture, and nothing else."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    reader.tiles.clear()
    farm.fails("p02")
    reader.read()
    assert ["p02"] == reader.changed()[-1]
    assert ["p02"] == [tile.printer for tile in reader.tiles]


def test_a_new_picture_of_the_same_state_sends_no_state() -> None:
    """Score and time change with every picture; the wall does not need them with every picture."""
    farm = Farm(2)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    farm.sees("p01", score=0.05)
    reader.read()
    assert 1 == len(reader.states)
    assert 3 == len(reader.tiles)


def test_a_slow_viewer_gets_the_newest_picture_not_the_ones_between() -> None:
    """Ten pictures were taken while the viewer's buffer was full: it gets the tenth."""
    farm = Farm(1)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    for _ in range(10):
        farm.passes(1.0)
        farm.sees("p01")
    reader.read()
    assert 2 == len(reader.tiles)
    assert farm.clock.now() == reader.tiles[-1].taken_at


def test_alarms_come_first_in_a_full_chunk() -> None:
    """When not all pictures fit, the failing printer's is among the first sent."""
    farm = Farm(40)
    farm.print_on()
    farm.fails("p33", IncidentStatus.PAUSE_FAILED)
    reader = Reader(farm)
    size = reader.read()
    assert "p33" == reader.tiles[0].printer
    assert len(reader.tiles) < 40
    assert size < CHUNK_BYTES + len(farm.board.tile("p33").jpeg) * 2  # type: ignore[union-attr]


def test_nobody_starves() -> None:
    """With more new pictures than fit, those that wait longest go first, so all come in the end."""
    farm = Farm(40)
    farm.print_on()
    reader = Reader(farm)
    for _ in range(8):
        farm.passes(0.1)
        for printer in farm.printers:
            farm.sees(printer)
        reader.read()
    assert set(farm.printers) == {tile.printer for tile in reader.tiles}


def test_silence_is_broken_by_a_sign_of_life() -> None:
    """Nothing changes, and still the browser learns every second that the server lives."""
    farm = Farm(1)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    farm.passes(SIGN_OF_LIFE_S)
    reader.read()
    assert [] == reader.changed()[-1]
    assert farm.clock.now() == reader.states[-1]["at"]
