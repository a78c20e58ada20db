"""Simulated printers that outlive every crash and count: some behind a simulated OctoPrint, some on MQTT.

A print that stands still may be resumed at the printer itself, by a person who needs some seconds to come to that.
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from monitor.mqtt import Endpoint, Link, Message

TICK_S = 0.03
ON_ITS_WAY_S = 3.0  # an order that was given before somebody said no may still arrive


@dataclass
class CountingPrinter:
    """One printer, in real time. Not thread-safe: the floor holds a lock."""

    name: str
    drains_s: float = 0.2  # from the order to standing still
    is_stubborn: bool = False  # takes orders and prints on
    resumed_after_s: float | None = None  # of standing still, once, by a person at the printer
    state: str = "printing"
    orders: int = 0
    pauses: int = 0  # from printing towards standing still
    resumes: int = 0
    pauses_after_resume: int = 0
    refused_at: float | None = None  # when the monitor had taken a person's no
    pauses_after_no: int = 0
    story: list[str] = field(default_factory=list)
    _stands_at: float = 0.0
    _stood_since: float = 0.0

    def pause(self, now: float) -> None:
        """Obey an order to pause; harmless when it stands already."""
        self.orders += 1
        self.story.append(f"{now:.3f} ordered while {self.state}")
        if self.state != "printing" or self.is_stubborn:
            return
        self.pauses += 1
        self.pauses_after_resume += self.resumes > 0
        self.pauses_after_no += self.refused_at is not None and now - self.refused_at > ON_ITS_WAY_S
        self.state, self._stands_at = "pausing", now + self.drains_s

    def resume(self, now: float, who: str) -> None:
        """Go on."""
        if self.state == "paused":
            self.resumes += 1
            self.state = "printing"
            self.story.append(f"{now:.3f} resumed by {who}")

    def finish(self, now: float) -> None:
        """Stand empty: a person has taken the part away."""
        self.state = "idle"
        self.story.append(f"{now:.3f} is cleared")

    def begin(self, now: float) -> None:
        """Print the next job."""
        self.state = "printing"
        self.story.append(f"{now:.3f} prints anew")

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self.state == "pausing" and now >= self._stands_at:
            self.state, self._stood_since = "paused", now
            self.story.append(f"{now:.3f} stands still")
        waits_s = self.resumed_after_s
        if self.state == "paused" and waits_s is not None and self.resumes == 0 and now - self._stood_since >= waits_s:
            self.resume(now, "a person at the printer")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed breaks its connection: that is what happens here."""


class Floor:
    """All printers of one run, with their interfaces."""

    def __init__(self, endpoint: Endpoint, http: Sequence[CountingPrinter], mqtt: Sequence[CountingPrinter]) -> None:
        self.printers = {printer.name: printer for printer in (*http, *mqtt)}
        self.ordered = threading.Event()  # somebody was ordered to pause
        self._mqtt = [printer.name for printer in mqtt]
        self._said: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._link = Link(endpoint, "printers")
        self._link.subscribe("shop/+/do", self._heard)
        self._link.on_connect(self._said.clear)  # who was away is told anew
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="printers-http"),
            threading.Thread(target=self._run, name="printers"),
        ]

    @property
    def url(self) -> str:
        """Below which each printer has its OctoPrint."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to print."""
        self._link.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self._link.stop()

    def order(self, printer: str, word: str) -> None:
        """Have a printer pause or resume."""
        with self._lock:
            now = time.time()
            known = self.printers[printer]
            known.pause(now) if word == "pause" else known.resume(now, "an order")
        if word == "pause":
            self.ordered.set()

    def clear(self, printer: str) -> None:
        """Take the part off a printer."""
        with self._lock:
            self.printers[printer].finish(time.time())

    def begin(self, printer: str) -> None:
        """Have a printer print the next job."""
        with self._lock:
            self.printers[printer].begin(time.time())

    def state(self, printer: str) -> str:
        """Return what a printer says."""
        with self._lock:
            known = self.printers[printer]
            known.tick(time.time())
            return known.state

    def _heard(self, message: Message) -> None:
        if not message.retain:
            self.order(message.topic.split("/")[1], message.payload.decode())

    def _run(self) -> None:
        while not self._stopping.wait(TICK_S):
            for name in self.printers:
                state = self.state(name)
                if name in self._mqtt and self._said.get(name) != state and self._link.connected:
                    self._said[name] = state
                    payload = json.dumps({"state": state, "job": f"job of {name}"})
                    self._link.publish(f"shop/{name}/is", payload, retain=True)


def _handler_of(floor: Floor) -> type[BaseHTTPRequestHandler]:
    class OctoPrints(BaseHTTPRequestHandler):
        """``/{printer}/api/job`` and ``/{printer}/api/currentuser`` as OctoPrint 1.11 answers them."""

        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_GET(self) -> None:
            printer, path = self._asked()
            if path == "api/job":
                job = {"file": {"name": f"job of {printer}"}}
                self._answer(200, {"state": floor.state(printer).capitalize(), "job": job})
            else:
                self._answer(200, {"permissions": ["STATUS", "PRINT"]})

        def do_POST(self) -> None:
            printer, _ = self._asked()
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            floor.order(printer, str(body["action"]))
            self._answer(204, None)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the library's name)
            """Say nothing."""

        def _asked(self) -> tuple[str, str]:
            _, printer, path = self.path.split("/", 2)
            return printer, path

        def _answer(self, status: int, body: dict[str, Any] | None) -> None:
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            if body is not None:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return OctoPrints
