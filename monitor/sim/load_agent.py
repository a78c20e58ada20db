"""Simulated load: an agent whose N printers print, and obey a pause at once; and one viewer of the wall.

The benches start it as a process of its own: ``python -m monitor.sim.load_agent --printers 90 --port 1883
--wall http://127.0.0.1:8080/`` prints ``ready``, then a JSON line for each pause command on MQTT: ``printer``,
``heard_at`` (seconds of the machine's monotonic clock, which all its processes share).
"""

import argparse
import json
import sys
import threading
import time
import urllib.request

from monitor.errors import BadPayload
from monitor.mqtt import Endpoint, Link, Message
from monitor.records import JobState, PauseOutcome, PauseResult, PrinterReport
from monitor.sim.load_printers import name_of
from monitor.wire import Topics, decode_pause, encode_pause_result, encode_report

SITE = "bench"
CONNECT_S = 30.0
REPORT_EVERY_S = 30.0  # as a real agent does at least
READ_BYTES = 64 * 1024
HEAD_BYTES = 5  # of a message of the stream: its length, and its kind
ON_A_PAGE = 120  # as the wall's own page has at most


class LoadAgent:
    """The printers ``p0000``, ``p0001`` ... of one site, on one connection."""

    def __init__(self, endpoint: Endpoint, count: int) -> None:
        self._link = Link(endpoint, "vigie-load-agent")
        self._topics = Topics("vigie", SITE)
        self._printing = dict.fromkeys((name_of(number) for number in range(count)), True)
        self._speaking = threading.Lock()
        self._link.subscribe(self._topics.leaf("+", "pause"), self._obey)

    def start(self) -> bool:
        """Connect and report every printer; tell whether the broker was there."""
        self._link.start()
        if not self._link.wait_connected(CONNECT_S):
            return False
        for printer in self._printing:
            self._report(printer)
        return True

    def go_on(self) -> None:
        """Report every printer again and again, spread over the time; never returns."""
        while True:
            for printer in self._printing:
                time.sleep(REPORT_EVERY_S / len(self._printing))
                self._report(printer)

    def _obey(self, message: Message) -> None:
        heard_at = time.monotonic()
        try:
            pause = decode_pause(message.payload)
        except BadPayload as bad:
            sys.exit(f"the monitor has sent a pause command that is none: {bad}")
        if not self._printing[pause.printer]:
            return
        self._printing[pause.printer] = False
        with self._speaking:
            sys.stdout.write(json.dumps({"printer": pause.printer, "heard_at": heard_at}) + "\n")
            sys.stdout.flush()
        result = PauseResult(pause.id, pause.printer, PauseOutcome.PAUSED, 0)
        self._link.publish(self._topics.leaf(pause.printer, "pause/result"), encode_pause_result(result))
        self._report(pause.printer)

    def _report(self, printer: str) -> None:
        state = JobState.PRINTING if self._printing[printer] else JobState.PAUSED
        report = PrinterReport(printer, state, time.time(), can_pause=True, job="bench.gcode", progress=0.5)
        self._link.publish(self._topics.leaf(printer, "printer"), encode_report(report), retain=True)


def view(url: str) -> None:
    """Look at a wall as a browser does, which shows a page of the printers and says which; until the stream ends."""
    with urllib.request.urlopen(url + "stream") as stream:  # noqa: S310  # the bench's own wall
        size_bytes = int.from_bytes(stream.read(HEAD_BYTES)[:-1], "big")
        first = json.loads(stream.read(size_bytes))  # states come first
        page = json.dumps({"visible": first["order"][:ON_A_PAGE]}).encode()
        showing = urllib.request.Request(  # noqa: S310
            f"{url}api/viewers/{first['viewer']}", page, {"Content-Type": "application/json", "Origin": url.rstrip("/")}
        )
        urllib.request.urlopen(showing).close()  # noqa: S310
        while stream.read(READ_BYTES):
            pass


def main() -> int:
    """Serve until the process is ended; exit status 1 when the broker is not there."""
    options = argparse.ArgumentParser(description="Simulated printers with their agent, for the benches.")
    options.add_argument("--printers", type=int, required=True)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--wall", default="")
    chosen = options.parse_args()
    agent = LoadAgent(Endpoint(chosen.host, chosen.port), chosen.printers)
    if not agent.start():
        return 1
    if chosen.wall:
        threading.Thread(target=view, args=(chosen.wall,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    agent.go_on()
    return 0


if __name__ == "__main__":
    sys.exit(main())
