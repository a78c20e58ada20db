"""Two hours of a wall in some seconds: what the stream keeps does not grow with the time that it runs."""

import gc
import tracemalloc

from monitor.board import SCORES_KEPT, Board
from monitor.clock import ManualClock
from monitor.config.live import LiveConfig
from monitor.sim.load_wall import Feed, farm_of
from monitor.wall import HealthReport, MemoryIncidents, Services, create_app
from monitor.wall.context import of
from monitor.wall.feed.edition import Press
from monitor.wall.feed.viewer import Viewer

PRINTERS = 4
GROWTH_AT_MOST_BYTES = 20_000
"""Numbers become longer, dictionaries are rebuilt: a picture more for each viewer would be more than this."""


class Hours:
    """A wall on a clock moved by hand, and viewers that read, are slow, look at some tiles, come and go."""

    def __init__(self) -> None:
        farm, self.clock = LiveConfig(farm_of(PRINTERS)), ManualClock()
        board = Board(farm.current, 0.5, self.clock.now())
        health = HealthReport(broker_connected=True)
        services = Services(board, MemoryIncidents(), farm, self.clock, lambda _: None, lambda: health)
        self.wall = of(create_app(services))
        self.feed = Feed(board, [bytes([number]) * 9_000 for number in range(8)], self.clock)
        self.viewers = [self._enter() for _ in range(3)]
        self.viewers[1].show(["p001"])
        self.sent_bytes = 0

    def _enter(self) -> Viewer:
        viewer = Viewer("1.2.3")
        assert self.wall.audience.enter(viewer)
        return viewer

    def pass_by(self, rounds: int) -> None:
        """Let every printer have ``rounds`` new pictures, half a second apart."""
        for number in range(rounds):
            self.clock.advance(0.5)
            self.feed.pictures(PRINTERS)
            if number % 20 == 0:
                self.feed.reports(number / rounds)
            if number % 50 == 0:
                self.wall.audience.leave(self.viewers.pop(0))
                self.viewers.append(self._enter())
            self._read()

    def _read(self) -> None:
        now = self.clock.now()
        edition = self.wall.press.latest(now)
        for number, viewer in enumerate(self.viewers):
            self.sent_bytes += len(viewer.next_chunk(edition, now))
            viewer.took(2.0 if number == 2 else 0.05)

    def sizes(self) -> dict[str, int]:
        """Return how much each structure of the stream holds."""
        press: Press = self.wall.press
        return {
            "entries": len(press.latest(self.clock.now()).entries),
            "viewers": len(self.wall.audience),
            "sent": max(len(viewer._pictures) for viewer in self.viewers),
            "kept": len(self.wall.presenter._kept),
        }


def test_nothing_that_the_stream_keeps_grows() -> None:
    """After ten times as many rounds every structure holds what it held."""
    hours = Hours()
    hours.pass_by(800)
    before = hours.sizes()
    hours.pass_by(7200)
    assert {"entries": PRINTERS, "viewers": 3, "sent": PRINTERS, "kept": PRINTERS} == before == hours.sizes()
    assert hours.sent_bytes > 8000 * 9_000


def test_memory_is_flat() -> None:
    """Once the scores over time are full, what is allocated after a tenth of the time is all there is at its end."""
    hours = Hours()
    hours.pass_by(SCORES_KEPT)
    tracemalloc.start()
    try:
        hours.pass_by(250)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        hours.pass_by(2250)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < GROWTH_AT_MOST_BYTES
