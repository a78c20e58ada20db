"""Serves the wall in a process of its own to viewers in another one, and measures what the server costs.

Measured is the CPU time of the server's process, all threads, user and system: everything between the board and the
network, sending included. What it spends on being told the pictures is measured with nobody looking, and said apart.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.live import LiveConfig
from monitor.errors import VigieError
from monitor.sim.load_wall import THRESHOLD, Cost, Feed, farm_of, make_tiles
from monitor.wall.feed.edition import Press
from monitor.wall.feed.viewer import Viewer
from monitor.wall.present import Presenter

WARM_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Viewed:
    """What viewers got: each second, each of them. Ages are of pictures when their last byte had been read."""

    bytes_per_s: float
    pictures_per_s: float
    age_p50_s: float
    age_p99_s: float
    age_max_s: float
    steps_back: int  # pictures that were older than one of the same printer before: there must be none


@dataclass(frozen=True, slots=True)
class WallFigures:
    """What one run measured."""

    tiles: int
    frames_per_s: float
    viewers: int
    seconds: float
    cpu_percent: float  # of one core, of the whole process
    feeding_percent: float  # of that: what it costs to be told the pictures, with nobody looking
    rss_mb: float  # at the end
    rss_growth_mb: float  # since the viewers came
    quick: Viewed
    slow: Viewed | None = None

    def as_json(self) -> dict[str, float]:
        """Return the figures by name, rounded; those of the slow viewer begin with ``slow_``."""
        found = {
            "tiles": self.tiles,
            "frames_per_s": self.frames_per_s,
            "viewers": self.viewers,
            "seconds": round(self.seconds, 1),
            "cpu_percent": round(self.cpu_percent, 2),
            "feeding_percent": round(self.feeding_percent, 2),
            "rss_mb": round(self.rss_mb, 1),
            "rss_growth_mb": round(self.rss_growth_mb, 1),
        }
        found |= {name: getattr(self.quick, name) for name in Viewed.__slots__}
        if self.slow is not None:
            found |= {f"slow_{name}": getattr(self.slow, name) for name in Viewed.__slots__}
        return found


def measure_wall(
    tiles: int,
    frames_per_s: float,
    viewers: int,
    seconds: float,
    slow_bytes_per_s: float | None = None,
    warm_up_s: float = WARM_UP_S,
) -> WallFigures:
    """Serve ``viewers``, and one slow one where that is given. Raises VigieError when a process does not start."""
    with _served(tiles, frames_per_s) as wall:
        time.sleep(warm_up_s)
        fed = wall.percent(min(seconds, 5.0))
        with _viewers(wall.port, viewers, seconds, slow_bytes_per_s, warm_up_s) as reading:
            time.sleep(warm_up_s)
            before = wall.cost()
            time.sleep(seconds)
            after = wall.cost()
            found = _result(reading)
    span_s = after.at - before.at
    return WallFigures(
        tiles=tiles,
        frames_per_s=frames_per_s,
        viewers=viewers,
        seconds=span_s,
        cpu_percent=100 * (after.cpu_s - before.cpu_s) / span_s,
        feeding_percent=fed,
        rss_mb=after.rss_mb,
        rss_growth_mb=after.rss_mb - before.rss_mb,
        quick=Viewed(**found["quick"]),
        slow=Viewed(**found["slow"]) if "slow" in found else None,
    )


@dataclass(frozen=True, slots=True)
class SoakFigures:
    """Resident size of a process in which hours of a wall passed, on a clock moved by hand and without sockets."""

    hours: float
    pictures: int
    rss_after_a_tenth_mb: float
    rss_mb: float

    def as_json(self) -> dict[str, float]:
        """Return the figures by name, rounded."""
        return {
            "soak_hours": self.hours,
            "soak_pictures": self.pictures,
            "soak_rss_after_a_tenth_mb": round(self.rss_after_a_tenth_mb, 1),
            "soak_rss_mb": round(self.rss_mb, 1),
        }


def soak(tiles: int, frames_per_s: float, viewers: int, hours: float) -> SoakFigures:
    """Let ``hours`` pass as fast as this process can: every picture is told, encoded and handed to every viewer."""
    farm, clock = LiveConfig(farm_of(tiles)), ManualClock()
    board = Board(farm.current, THRESHOLD, clock.now())
    feed, presenter = Feed(board, make_tiles(), clock), Presenter(farm)
    press = Press(board, presenter, lambda _: {})
    audience = [Viewer("soak") for _ in range(viewers)]
    rounds, rss_mb = int(hours * 3600 * frames_per_s), [0.0, 0.0]
    for number in range(rounds):
        clock.advance(1.0 / frames_per_s)
        feed.pictures(tiles)
        edition = press.latest(clock.now())
        for viewer in audience:
            viewer.next_chunk(edition, clock.now())
            viewer.took(0.0)
        if number == rounds // 10:
            rss_mb[0] = Cost.now().rss_mb
    rss_mb[1] = Cost.now().rss_mb
    return SoakFigures(hours, rounds * tiles, *rss_mb)


class _Wall:
    """The serving process, asked over its standard input."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(urlsplit(self._line("the wall did not start")).port or 0)

    def cost(self) -> Cost:
        """Return what it has cost so far."""
        assert self._process.stdin is not None  # noqa: S101  # given by PIPE
        self._process.stdin.write("cost\n")
        self._process.stdin.flush()
        return Cost(**json.loads(self._line("the wall has ended")))

    def percent(self, seconds: float) -> float:
        """Return what part of a core it needs during the next seconds."""
        before = self.cost()
        time.sleep(seconds)
        after = self.cost()
        return 100 * (after.cpu_s - before.cpu_s) / (after.at - before.at)

    def _line(self, problem: str) -> str:
        assert self._process.stdout is not None  # noqa: S101  # given by PIPE
        line = self._process.stdout.readline().strip()
        if not line:
            raise VigieError(f"{problem}: see above, or run python -m monitor.sim.load_wall --tiles 90")
        return line


@contextlib.contextmanager
def _served(tiles: int, frames_per_s: float) -> Iterator[_Wall]:
    command = [sys.executable, "-m", "monitor.sim.load_wall", "--tiles", str(tiles)]
    command += ["--frames-per-s", str(frames_per_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield _Wall(process)
        finally:
            process.terminate()


@contextlib.contextmanager
def _viewers(
    port: int, viewers: int, seconds: float, slow_bytes_per_s: float | None, warm_up_s: float
) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "monitor.sim.load_viewers", "--port", str(port), "--viewers", str(viewers)]
    command += ["--seconds", str(seconds), "--warm-up-s", str(warm_up_s)]
    command += ["--slow", str(slow_bytes_per_s)] if slow_bytes_per_s else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
        try:
            yield process
        finally:
            process.terminate()


def _result(reading: "subprocess.Popen[str]") -> dict[str, dict[str, Any]]:
    assert reading.stdout is not None  # noqa: S101  # given by PIPE
    line = reading.stdout.readline()
    if not line:
        raise VigieError("the viewers ended without a word: see above")
    found: dict[str, dict[str, Any]] = json.loads(line)
    return found
