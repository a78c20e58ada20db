"""Simulated load: a wall whose board is told N printers, in a process of its own, so that its CPU time is the server's.

``vigie bench-wall`` starts it: ``python -m monitor.sim.load_wall --tiles 90 --frames-per-s 2`` prints the wall's URL.
After that each line that it reads makes it answer with one line of JSON: what it has cost so far. It ends with its
standard input. The tiles are those of the rendered prints, decoded from 720p and encoded as the inspector does.
"""

import argparse
import json
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from monitor.board import Board
from monitor.clock import Clock, SystemClock
from monitor.config import model as config
from monitor.config.live import LiveConfig
from monitor.decode import decode, encode_tile
from monitor.judge import Judgement, Phase
from monitor.malloc import limit_arenas
from monitor.records import Frame, Health, JobState, Observation, PrinterReport
from monitor.sim.load_cameras import make_pictures
from monitor.wall import HealthReport, MemoryIncidents, Services, WallServer, create_app

PICTURES = 12
FEEDS_PER_S = 25
"""How often inspected pictures arrive at the board: a micro-batch at a time, as from the pipeline."""

THRESHOLD = 0.5
_PAGE_KB = 4


def farm_of(printers: int) -> config.Config:
    """Return a configuration of that many printers, which are told by hand."""
    room = config.Room(id="bench", name="Bench")
    return config.Config(
        wall=config.Wall(port=0, access="open"),
        sites=(config.Site(id="bench", name="Bench", rooms=(room,)),),
        printers=tuple(
            config.Printer(
                id=f"p{number:03d}",
                name=f"Simulated {number}",
                site="bench",
                room="bench",
                camera=config.SimulatedCamera(type="simulated"),
                control=config.SimulatedControl(type="simulated"),
                settings=config.PrinterSettings(),
            )
            for number in range(printers)
        ),
    )


def make_tiles() -> list[bytes]:
    """Return tiles of real size, encoded by the code that encodes them on a farm."""
    return [encode_tile(decode(picture, (352, 464)).tile) for picture in make_pictures(PICTURES)]


class Feed:
    """Tells a board what the pipeline would: pictures that were inspected, all healthy, and now and then a report."""

    def __init__(self, board: Board, tiles: list[bytes], clock: Clock) -> None:
        self._board, self._tiles, self._clock = board, tiles, clock
        self._printers = [view.id for view in board.snapshot().printers]
        self._fed = 0

    def reports(self, progress: float) -> None:
        """Let every printer say that it prints."""
        now = self._clock.now()
        for printer in self._printers:
            self._board.reported(PrinterReport(printer, JobState.PRINTING, now, True, "visor", progress))

    def pictures(self, count: int) -> None:
        """Let the next ``count`` printers in turn have a new picture."""
        now = self._clock.now()
        for number in range(self._fed, self._fed + count):
            printer = self._printers[number % len(self._printers)]
            jpeg = self._tiles[number % len(self._tiles)]
            score = 0.01 + number % 7 / 1000
            self._board.inspected(
                Observation(printer, now, Health.OK, score),
                Judgement(Phase.WATCHING, now, 0.0, score, Health.OK),
                Frame(printer, jpeg, now, number, 1),
                jpeg,
            )
        self._fed += count

    def run(self, frames_per_s: float, stopping: threading.Event) -> None:
        """Feed in real time, every printer ``frames_per_s``; reports come every ten seconds, as from an agent."""
        began_at = time.monotonic()
        next_report_at = 0.0
        while not stopping.wait(1.0 / FEEDS_PER_S):
            elapsed_s = time.monotonic() - began_at
            self.pictures(int(elapsed_s * frames_per_s * len(self._printers)) - self._fed)
            if elapsed_s >= next_report_at:
                next_report_at = elapsed_s + 10.0
                self.reports(round(min(1.0, elapsed_s / 3600), 3))


@dataclass(frozen=True, slots=True)
class Cost:
    """What the process has cost so far: CPU seconds of all threads, user and system, and its resident size."""

    at: float  # of the monotonic clock, seconds
    cpu_s: float
    rss_mb: float

    @classmethod
    def now(cls) -> "Cost":
        """Look."""
        spent = time.process_time()
        resident_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return cls(time.monotonic(), spent, resident_pages * _PAGE_KB / 1024)


def main() -> None:
    """Serve until the standard input ends."""
    options = argparse.ArgumentParser(description="A fed wall for vigie bench-wall.")
    options.add_argument("--tiles", type=int, required=True)
    options.add_argument("--frames-per-s", type=float, default=2.0)
    chosen = options.parse_args()
    limit_arenas()
    farm, clock = farm_of(chosen.tiles), SystemClock()
    board = Board(farm, THRESHOLD, clock.now())
    services = Services(
        board, MemoryIncidents(), LiveConfig(farm), clock, lambda _: None, lambda: HealthReport(broker_connected=True)
    )
    server = WallServer(create_app(services), "127.0.0.1", 0)
    feed, stopping = Feed(board, make_tiles(), clock), threading.Event()
    feeding = threading.Thread(target=feed.run, args=(chosen.frames_per_s, stopping), name="feed")
    server.start()
    feeding.start()
    _answer(server.url)
    for _ in sys.stdin:
        cost = Cost.now()
        _answer(json.dumps({"at": cost.at, "cpu_s": cost.cpu_s, "rss_mb": cost.rss_mb}))
    stopping.set()
    feeding.join()
    server.stop()


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
