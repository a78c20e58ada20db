"""The stream hands over what is new when the way to a viewer is free, and not before."""

from collections.abc import Callable, Iterator

import pytest

from monitor.wall.context import Wall, of
from monitor.wall.feed.outlet import Outlet
from monitor.wall.feed.viewer import Viewer
from monitor.wall.stream import chunks
from tests.wall.farm import Farm, picture


class ScriptedOutlet:
    """A connection of which a test says what has arrived: a count of how often it is asked before the way is free."""

    def __init__(self, full_for: int = 0) -> None:
        self.connected = True
        self.full_for = full_for
        self.asked = 0
        self.is_dropped = False
        self.when_asked: Callable[[], object] = lambda: None

    def unsent_bytes(self) -> int:
        """Return something as long as the script says so."""
        self.asked += 1
        self.when_asked()
        return 1000 if self.asked <= self.full_for else 0

    def drop(self) -> None:
        """Note it."""
        self.is_dropped = True


@pytest.fixture
def wall(farm: Farm) -> Wall:
    """What the stream works with."""
    return of(farm.app)


def _reading(wall: Wall, outlet: Outlet) -> Iterator[bytes]:
    return chunks(wall, Viewer("1.2.3"), outlet)


def test_nothing_is_taken_from_the_board_before_the_last_chunk_has_arrived(farm: Farm, wall: Wall) -> None:
    """While the way was full three pictures were taken: the third goes, and no other."""
    outlet = ScriptedOutlet(full_for=3)
    reading = _reading(wall, outlet)
    next(reading)

    def take_one() -> None:
        if outlet.asked <= 3:
            farm.passes(1.0)
            farm.sees("p01", jpeg=picture("new") + bytes([outlet.asked]))

    outlet.when_asked = take_one
    chunk = next(reading)
    assert 4 == outlet.asked
    assert [3] == [number for number in (1, 2, 3) if picture("new") + bytes([number]) in chunk]


def test_a_viewer_that_has_left_ends_its_stream(wall: Wall) -> None:
    """Also while it reads nothing: its thread is free again."""
    outlet = ScriptedOutlet(full_for=10**9)
    reading = _reading(wall, outlet)
    next(reading)
    outlet.when_asked = lambda: setattr(outlet, "connected", False)
    assert [] == list(reading)


def test_a_connection_on_which_nothing_moves_is_dropped(wall: Wall) -> None:
    """A TV that was switched off, a cable that was pulled: its place is free again."""
    outlet = ScriptedOutlet(full_for=10**9)
    reading = chunks(wall, Viewer("1.2.3"), outlet, give_up_s=0.05)
    next(reading)
    assert [] == list(reading)
    assert outlet.is_dropped


def test_a_wall_that_closes_ends_every_stream(wall: Wall) -> None:
    """Whether its viewer reads or not."""
    for full_for in (0, 10**9):
        outlet = ScriptedOutlet(full_for)
        reading = _reading(wall, outlet)
        next(reading)
        wall.closing.set()
        assert [] == list(reading)
        wall.closing.clear()


def test_what_was_sent_is_counted(wall: Wall) -> None:
    """For /metrics: bytes of all viewers together."""
    size = len(next(_reading(wall, ScriptedOutlet()))) + len(next(_reading(wall, ScriptedOutlet())))
    assert size == wall.audience.sent_bytes
