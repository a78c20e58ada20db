"""Klipper through Moonraker's HTTP interface, for farms whose Moonraker has no [mqtt] section.

The same requests as over MQTT: "printer.print.pause" is ``POST /printer/print/pause``. The answer to a pause comes
when Klipper has executed it, so it is awaited in a thread of its own; the state can be asked for meanwhile.
"""

import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import from_json, to_json

from monitor.config.control import MoonrakerHttpControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.http import TIMEOUT_S, HttpApi, Product, check_status
from monitor.printers.klipper import ORDER_S, Klipper
from monitor.printers.moonraker_rpc import result_of

_MOONRAKER = Product(
    name="Moonraker",
    remedy="write its api_key (Mainsail and Fluidd show it in their settings), or add this machine to trusted_clients "
    "under [authorization] in moonraker.conf",
)
_WITH_A_REASON = (400, 404, 500, 503)  # their answers say in JSON what Klipper refuses, or that it is away


def moonraker_over_http(control: MoonrakerHttpControl, timeout_s: tuple[float, float] = TIMEOUT_S) -> Klipper:
    """Return the adapter of one Klipper; ``timeout_s``: to connect, to answer."""
    return Klipper(MoonrakerHttp(control.url, control.api_key, timeout_s))


class MoonrakerHttp:
    """Requests to one Moonraker, and their answers."""

    def __init__(self, url: str, api_key: str, timeout_s: tuple[float, float]) -> None:
        """``api_key``: empty where Moonraker trusts this machine."""
        self.name = url.rstrip("/")
        self._headers = {"X-Api-Key": api_key} if api_key else {}
        self._http = HttpApi(_MOONRAKER, url, headers=self._headers, timeout_s=timeout_s)
        self._connect_s = timeout_s[0]
        self._sent: list[SlowCall] = []  # whose threads may still wait

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request and return its result within seconds; raises PrinterUnreachable, PrinterRejected."""
        path = _path(method)
        answer = self._http.request("POST" if params else "GET", path, params or None, harmless=_WITH_A_REASON)
        try:
            body = self._http.object_of(answer, path)
        except PrinterRejected:
            check_status(_MOONRAKER, self.name, path, answer.status_code)  # the page of a proxy in front of it
            raise
        return result_of(method, body)

    def send(self, method: str, params: dict[str, Any]) -> "SlowCall":
        """Send a request and return when it has left; raises PrinterUnreachable."""
        parts = urlsplit(self.name)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.netloc, timeout=self._connect_s)
        headers = self._headers | {"Content-Type": "application/json"}
        try:
            connection.request("POST", parts.path + _path(method), to_json(params), headers)
        except OSError as exc:
            connection.close()
            raise PrinterUnreachable(f"Moonraker at {self.name} does not answer: {exc}") from exc
        call = SlowCall(method, connection)
        self._sent = [*(earlier for earlier in self._sent if not earlier.wait(0.0)), call]
        return call

    def close(self) -> None:
        """Close all connections; whoever waits for an answer stops waiting."""
        for call in self._sent:
            call.close()
        self._http.close()


class SlowCall:
    """One request whose answer may take minutes: a thread waits for it."""

    def __init__(self, method: str, connection: HTTPConnection) -> None:
        self._method = method
        self._connection = connection
        self._socket: socket.socket = connection.sock
        self._socket.settimeout(ORDER_S)
        self._answered = threading.Event()
        self._body: dict[str, Any] = {}
        self._lost: Exception | None = None
        self._thread = threading.Thread(target=self._wait, name=f"{method}'s answer", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the answer; tell whether it is there."""
        return self._answered.wait(timeout_s)

    def result(self) -> Any:
        """Return the answer's result; raises PrinterUnreachable when it never came, else PrinterRejected."""
        if self._lost is not None:
            raise PrinterUnreachable(f"Moonraker did not answer {self._method}: {self._lost}") from self._lost
        return result_of(self._method, self._body)

    def close(self) -> None:
        """Stop waiting."""
        with suppress(OSError):  # it is closed already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _wait(self) -> None:
        try:
            body = from_json(self._connection.getresponse().read())
            self._body = body if isinstance(body, dict) else {}
        except (OSError, HTTPException, ValueError) as exc:
            self._lost = exc.with_traceback(None)  # whose frames would keep us, and the socket, until some later sweep
        finally:
            self._connection.close()
            self._answered.set()


def _path(method: str) -> str:
    return "/" + method.replace(".", "/")
