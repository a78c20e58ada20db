"""Simulated load: N printers on MQTT that obey at once, and tell when they were ordered and when they told of it.

``vigie bench --printers`` starts it as a process of its own: ``python -m monitor.sim.load_printers --printers 90
--host 127.0.0.1 --port 1883`` prints ``ready`` and then a line of JSON for each pause: ``printer``, ``ordered_at`` and
``told_at`` in seconds of the machine's monotonic clock, which all its processes share.
"""

import argparse
import json
import signal
import sys
import threading
import time

from monitor.mqtt import Endpoint, Link, Message

ORDERS, STATES = "load/{printer}/do", "load/{printer}/is"
_OBEYED = {"pause": "paused", "resume": "printing"}
CONNECT_S = 10.0


class LoadPrinters:
    """The printers ``p0000``, ``p0001`` ... on one connection."""

    def __init__(self, endpoint: Endpoint, count: int) -> None:
        self._link = Link(endpoint, "vigie-load-printers")
        self._printers = [name_of(number) for number in range(count)]
        self._speaking = threading.Lock()
        for printer in self._printers:
            self._link.subscribe(ORDERS.format(printer=printer), self._obey)

    def start(self) -> bool:
        """Connect and begin to print; tell whether the broker was there."""
        self._link.start()
        if not self._link.wait_connected(CONNECT_S):
            return False
        for printer in self._printers:
            self._link.publish(STATES.format(printer=printer), "printing", retain=True)
        return True

    def stop(self) -> None:
        """Disconnect."""
        self._link.stop()

    def _obey(self, message: Message) -> None:
        ordered_at = time.monotonic()
        printer, order = message.topic.split("/")[1], message.payload.decode(errors="replace")
        if order not in _OBEYED:
            return
        self._link.publish(STATES.format(printer=printer), _OBEYED[order], retain=True)
        if order == "pause":
            self._tell({"printer": printer, "ordered_at": ordered_at, "told_at": time.monotonic()})

    def _tell(self, pause: dict[str, object]) -> None:
        with self._speaking:
            sys.stdout.write(json.dumps(pause) + "\n")
            sys.stdout.flush()


def name_of(number: int) -> str:
    """Return the id of the number-th printer."""
    return f"p{number:04d}"


def main() -> int:
    """Serve until the process is ended; exit status 1 when the broker is not there."""
    options = argparse.ArgumentParser(description="Simulated printers for vigie bench.")
    options.add_argument("--printers", type=int, required=True)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, required=True)
    chosen = options.parse_args()
    printers = LoadPrinters(Endpoint(chosen.host, chosen.port), chosen.printers)
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    if not printers.start():
        return 1
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ending.wait()
    printers.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
