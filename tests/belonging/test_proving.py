"""Who is compared with whom, and what the board is told."""

from monitor.board import Board
from monitor.clock import ManualClock
from monitor.proving import ONE_PLACE, Proving
from tests.belonging.test_simulated_farm import farm


def test_in_a_large_site_each_room_is_compared_by_itself() -> None:
    """What it costs grows with the square of the printers."""
    small = farm()
    one = small.printers[0]
    many = tuple(one.model_copy(update={"id": f"p{n}", "room": "r" if n % 2 else "q"}) for n in range(ONE_PLACE + 1))
    site = small.sites[0]
    rooms = (site.rooms[0], site.rooms[0].model_copy(update={"id": "q"}))
    large = small.model_copy(update={"printers": many, "sites": (site.model_copy(update={"rooms": rooms}),)})
    clock = ManualClock()
    for config, sizes in ((small, [3]), (large, [ONE_PLACE // 2, ONE_PLACE // 2 + 1])):
        proving = Proving(Board(config, 0.5, clock.now()), dict, clock)
        proving.tick()
        assert sizes == sorted(proving.compared)
