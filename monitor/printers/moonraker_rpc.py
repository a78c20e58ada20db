"""JSON-RPC over MQTT as Moonraker speaks it (moonraker.readthedocs.io, "MQTT API").

Requests go to ``{instance}/moonraker/api/request``. Everybody's answers come back on the one topic
``{instance}/moonraker/api/response``, told apart by ``id``. Moonraker refuses a repeated ``mqtt_timestamp``
(error -10000), which makes a doubled QoS 1 delivery harmless.
"""

import secrets
import threading
from typing import Any

from pydantic_core import from_json, to_json

from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Link, Message
from monitor.printers.delivery import deliver

KLIPPER_AWAY = 503  # "Klippy Host not connected"; also while Klipper starts


class Call:
    """One request under way."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._answered = threading.Event()
        self._body: dict[str, Any] = {}

    def answer(self, body: dict[str, Any]) -> None:
        """Take the answer, from the link's thread."""
        self._body = body
        self._answered.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the answer; tell whether it is there."""
        return self._answered.wait(timeout_s)

    def result(self) -> Any:
        """Return the answer's result; raises PrinterUnreachable when Klipper is away, else PrinterRejected."""
        error = self._body.get("error")
        if error is None:
            return self._body.get("result")
        code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, error)
        if code == KLIPPER_AWAY:
            raise PrinterUnreachable(f"Moonraker runs, but Klipper does not: {message}")
        raise PrinterRejected(f"Moonraker refuses {self._method} ({code}): {message}")


class MoonrakerRpc:
    """Requests to one Moonraker instance, and their answers."""

    def __init__(self, link: Link, instance: str) -> None:
        self._link = link
        self._request_topic = f"{instance}/moonraker/api/request"
        self._lock = threading.Lock()
        self._calls: dict[int, Call] = {}
        # Others may talk to the same instance: a random start keeps our numbers apart from theirs, and from our own
        # of before a restart. 2**52: JSON numbers are exact up to 2**53.
        self._number = secrets.randbelow(2**52)
        link.subscribe(f"{instance}/moonraker/api/response", self._heard)

    def send(self, method: str, params: dict[str, Any]) -> Call:
        """Send a request and return at once; raises PrinterUnreachable when Moonraker does not listen."""
        call = Call(method)
        with self._lock:
            self._number += 1
            number = self._number
            self._calls[number] = call
        request = {
            "jsonrpc": "2.0",
            "method": method,
            "params": {**params, "mqtt_timestamp": number},
            "id": number,
        }
        try:
            deliver(self._link, self._request_topic, to_json(request))
        except PrinterUnreachable:
            self._forget(call)
            raise
        return call

    def ask(self, method: str, params: dict[str, Any], timeout_s: float) -> Any:
        """Send a request and return its result; raises PrinterUnreachable, PrinterRejected."""
        call = self.send(method, params)
        if not call.wait(timeout_s):
            self._forget(call)
            raise PrinterUnreachable(f"Moonraker does not answer on {self._request_topic} within {timeout_s:g} s")
        return call.result()

    def _forget(self, call: Call) -> None:
        with self._lock:
            self._calls = {number: other for number, other in self._calls.items() if other is not call}

    def _heard(self, message: Message) -> None:
        try:
            body = from_json(message.payload)
        except ValueError:
            return  # not for us: others may talk on this topic
        number = body.get("id") if isinstance(body, dict) else None
        with self._lock:
            call = self._calls.pop(number, None) if isinstance(number, int) else None
        if call is not None:
            call.answer(body)
