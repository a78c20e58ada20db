"""Simulated load: browsers that keep the wall's stream open and read it, in a process of its own.

``vigie bench-wall`` starts it: ``python -m monitor.sim.load_viewers --port 8080 --viewers 10 --seconds 20`` reads for
that long and prints one line of JSON: bytes, pictures, and how old each picture was when its last byte was read, of the
viewers together and of the slow one apart. The slow one (``--slow 10000`` bytes/s) has a small receive buffer, so that
what lies in the network is little, as on a bad Wi-Fi.
"""

import argparse
import contextlib
import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.wall.feed.framing import Kind, Parser, parse_tile

READ_BYTES = 256 * 1024
SLOW_READS_PER_S = 10
SLOW_BUFFER_BYTES = 4096  # the kernel doubles it; see socket(7)
CONNECT_WITHIN_S = 10.0


@dataclass(slots=True)
class Seen:
    """What one viewer has read since the warm-up."""

    size_bytes: int = 0
    states: int = 0
    ages_s: list[float] = field(default_factory=list)  # of each picture, when it had come whole
    steps_back: int = 0  # pictures older than one of the same printer that came before


class LoadViewer:
    """One viewer on a thread: reads from :meth:`start` until ``until`` (monotonic), and counts after ``since``."""

    def __init__(self, port: int, since: float, until: float, bytes_per_s: float | None = None) -> None:
        self.seen = Seen()
        self._port, self._since, self._until, self._bytes_per_s = port, since, until, bytes_per_s
        self._newest: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name="viewer")

    def start(self) -> None:
        """Connect and read."""
        self._thread.start()

    def join(self) -> None:
        """Wait until it has read to the end."""
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=CONNECT_WITHIN_S)
        connection.sock = self._socket()
        with contextlib.closing(connection):
            connection.request("GET", "/stream")
            response = connection.getresponse()
            if response.status != 200:
                return
            parser = Parser()
            for data in self._reads(response):
                self._count(data, parser)

    def _socket(self) -> socket.socket:
        connected = socket.socket()
        if self._bytes_per_s is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER_BYTES)
        connected.settimeout(CONNECT_WITHIN_S)
        connected.connect(("127.0.0.1", self._port))
        return connected

    def _reads(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        began_at, taken = time.monotonic(), 0
        while time.monotonic() < self._until:
            at_most = READ_BYTES if self._bytes_per_s is None else int(self._bytes_per_s / SLOW_READS_PER_S)
            data = response.read1(at_most)
            if not data:
                return
            yield data
            taken += len(data)
            if self._bytes_per_s is not None:
                time.sleep(max(0.0, began_at + taken / self._bytes_per_s - time.monotonic()))

    def _count(self, data: bytes, parser: Parser) -> None:
        counts = time.monotonic() >= self._since
        self.seen.size_bytes += len(data) if counts else 0
        for kind, body in parser.feed(data):
            if kind != Kind.TILE:
                self.seen.states += counts
                continue
            tile = parse_tile(body)
            if counts:
                self.seen.ages_s.append(time.time() - tile.taken_at)
                self.seen.steps_back += tile.taken_at < self._newest.get(tile.printer, 0.0)
            self._newest[tile.printer] = tile.taken_at


def summary(seen: Sequence[Seen], seconds: float) -> dict[str, float]:
    """Return the figures of some viewers together: per second and viewer, and ages in seconds."""
    ages_s = sorted(age for each in seen for age in each.ages_s)
    per = seconds * max(1, len(seen))

    def at(q: float) -> float:
        return round(ages_s[min(len(ages_s) - 1, int(q * len(ages_s)))], 3) if ages_s else float("nan")

    return {
        "bytes_per_s": round(sum(each.size_bytes for each in seen) / per),
        "pictures_per_s": round(sum(len(each.ages_s) for each in seen) / per, 2),
        "age_p50_s": at(0.5),
        "age_p99_s": at(0.99),
        "age_max_s": at(1.0),
        "steps_back": sum(each.steps_back for each in seen),
    }


def main() -> None:
    """Read, then tell."""
    options = argparse.ArgumentParser(description="Simulated viewers for vigie bench-wall.")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--viewers", type=int, required=True)
    options.add_argument("--seconds", type=float, required=True)
    options.add_argument("--warm-up-s", type=float, default=2.0)
    options.add_argument("--slow", type=float, metavar="BYTES_PER_S", help="one viewer more, which reads this slowly")
    chosen = options.parse_args()
    since = time.monotonic() + chosen.warm_up_s
    until = since + chosen.seconds
    quick = [LoadViewer(chosen.port, since, until) for _ in range(chosen.viewers)]
    slow = [LoadViewer(chosen.port, since, until, chosen.slow)] if chosen.slow else []
    for viewer in quick + slow:
        viewer.start()
    for viewer in quick + slow:
        viewer.join()
    found = {"quick": summary([viewer.seen for viewer in quick], chosen.seconds)}
    if slow:
        found["slow"] = summary([viewer.seen for viewer in slow], chosen.seconds)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
