"""JSON-RPC over MQTT as Moonraker speaks it (moonraker.readthedocs.io, "MQTT API").

Requests go to ``{instance}/moonraker/api/request``. Everybody's answers come back on the one topic
``{instance}/moonraker/api/response``, told apart by ``id``. Moonraker refuses a repeated ``mqtt_timestamp``
(error -10000), which makes a doubled QoS 1 delivery harmless.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json, to_json

from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Link, Message
from monitor.printers.delivery import deliver

ANSWER_S = 3.0
KLIPPER_AWAY = 503  # "Klippy Host not connected"; also while Klipper starts


class MqttCall:
    """One request under way."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._answered = threading.Event()
        self._body: dict[str, Any] = {}
        self._lost = ""  # why nobody will answer

    def answer(self, body: dict[str, Any]) -> None:
        """Take the answer, from the link's thread."""
        self._body = body
        self._answered.set()

    def lose(self, why: str) -> None:
        """Give up waiting, from the link's thread: nobody will answer."""
        self._lost = why
        self._answered.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the answer; tell whether it is there."""
        return self._answered.wait(timeout_s)

    def result(self) -> Any:
        """Return the answer's result; raises PrinterUnreachable when Klipper is away, else PrinterRejected."""
        if self._lost:
            raise PrinterUnreachable(self._lost)
        return result_of(self._method, self._body)


class MoonrakerRpc:
    """Requests to one Moonraker instance, and their answers."""

    def __init__(self, link: Link, instance: str, changed: Callable[[], None] = lambda: None) -> None:
        """``changed``: called from the link's thread when Moonraker comes or goes."""
        self.name = instance
        self._link = link
        self._changed = changed
        self._request_topic = f"{instance}/moonraker/api/request"
        self._lock = threading.Lock()
        self._calls: dict[int, MqttCall] = {}
        self._online: bool | None = None  # as its birth message and its will say; None: neither was seen
        # Others may talk to the same instance: a random start keeps our numbers apart from theirs, and from our own
        # of before a restart. 2**52: JSON numbers are exact up to 2**53.
        self._number = secrets.randbelow(2**52)
        link.subscribe(f"{instance}/moonraker/api/response", self._heard)
        link.subscribe(f"{instance}/moonraker/status", self._heard_status)

    def send(self, method: str, params: dict[str, Any]) -> MqttCall:
        """Send a request and return at once; raises PrinterUnreachable when Moonraker does not listen."""
        call = MqttCall(method)
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
        except PrinterUnreachable as exc:
            self._forget(call)
            raise self._unreachable(str(exc)) from exc
        return call

    def ask(self, method: str, params: dict[str, Any], timeout_s: float = ANSWER_S) -> Any:
        """Send a request and return its result; raises PrinterUnreachable, PrinterRejected."""
        call = self.send(method, params)
        if not call.wait(timeout_s):
            self._forget(call)
            raise self._unreachable(f"Moonraker does not answer on {self._request_topic} within {timeout_s:g} s")
        return call.result()

    def close(self) -> None:
        """Listen no more; the link belongs to the agent."""
        self._link.unsubscribe(f"{self.name}/moonraker/api/response", self._heard)
        self._link.unsubscribe(f"{self.name}/moonraker/status", self._heard_status)

    def _unreachable(self, why: str) -> PrinterUnreachable:
        if self._online is False:
            return PrinterUnreachable(f"Moonraker {self.name} is offline, says its will; {why}")
        return PrinterUnreachable(why)

    def _forget(self, call: MqttCall) -> None:
        with self._lock:
            self._calls = {number: other for number, other in self._calls.items() if other is not call}

    def _heard(self, message: Message) -> None:
        body = _object(message.payload)  # empty: not for us, others may talk on this topic
        number = body.get("id")
        with self._lock:
            call = self._calls.pop(number, None) if isinstance(number, int) else None
        if call is not None:
            call.answer(body)

    def _heard_status(self, message: Message) -> None:
        self._online = {"online": True, "offline": False}.get(str(_object(message.payload).get("server")))
        if self._online is False:
            self._lose_all(f"Moonraker {self.name} went offline before it answered")
        self._changed()

    def _lose_all(self, why: str) -> None:
        with self._lock:
            calls, self._calls = self._calls, {}
        for call in calls.values():
            call.lose(why)


def result_of(method: str, body: dict[str, Any]) -> Any:
    """Return the result in Moonraker's answer; raises PrinterUnreachable when Klipper is away, else PrinterRejected."""
    error = body.get("error")
    if error is None:
        return body.get("result")
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, error)
    if code == KLIPPER_AWAY:
        raise PrinterUnreachable(f"Moonraker runs, but Klipper does not: {message}")
    raise PrinterRejected(f"Moonraker refuses {method} ({code}): {message}")


def _object(payload: bytes) -> dict[str, Any]:
    try:
        body = from_json(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
