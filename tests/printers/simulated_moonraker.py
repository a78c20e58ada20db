"""A simulated Moonraker on MQTT: answers JSON-RPC as told. It knows nothing of printing; tests/stacks does."""

import json
import threading
from typing import Any

from monitor.mqtt import Endpoint, Link, Message
from tests.support import PATIENCE_S


class SimulatedMoonraker:
    """``status``: what Klipper's objects say. ``refusals``: method -> (code, message)."""

    def __init__(self, endpoint: Endpoint, instance: str, *, keep_session: bool = False) -> None:
        """``keep_session``: the broker holds what comes while it is away, which it does not for a real one."""
        self.instance = instance
        self.status: dict[str, dict[str, Any]] = {
            "webhooks": {"state": "ready"},
            "print_stats": {"state": "printing", "filename": "visor.gcode"},
            "pause_resume": {"is_paused": False},
        }
        self.refusals: dict[str, tuple[int, str]] = {}
        self.keeps_waiting: set[str] = set()  # methods that are not answered
        self.requests: list[dict[str, Any]] = []
        self._subscribed = threading.Event()
        self._link = Link(endpoint, f"moonraker-{instance}", keep_session=keep_session)
        self._link.subscribe(f"{instance}/moonraker/api/request", self._heard)
        self._link.subscribe(f"{instance}/ready", lambda _: self._subscribed.set())

    def start(self) -> None:
        """Connect, and wait until the broker has the subscriptions."""
        self._link.start()
        assert self._link.wait_connected(10)
        self._link.publish(f"{self.instance}/ready", b"")
        assert self._subscribed.wait(PATIENCE_S)

    def stop(self) -> None:
        """Disconnect."""
        self._link.stop()

    def go_offline(self) -> None:
        """Vanish: the broker publishes the will."""
        done = threading.Event()
        topic = f"{self.instance}/moonraker/status"
        self._link.publish(topic, b'{"server": "offline"}', retain=True, on_done=lambda _: done.set())
        assert done.wait(PATIENCE_S)
        self._link.stop()

    def methods(self) -> list[str]:
        """Return the methods that were called, in order."""
        return [request["method"] for request in self.requests]

    def _heard(self, message: Message) -> None:
        request = json.loads(message.payload)
        self.requests.append(request)
        if request["method"] not in self.keeps_waiting:
            answer = {"jsonrpc": "2.0", "id": request["id"], **self._answer(request["method"])}
            self._link.publish(f"{self.instance}/moonraker/api/response", json.dumps(answer))

    def _answer(self, method: str) -> dict[str, Any]:
        if method in self.refusals:
            code, text = self.refusals[method]
            return {"error": {"code": code, "message": text}}
        if method == "printer.objects.query":
            return {"result": {"eventtime": 1.0, "status": self.status}}
        if method == "printer.objects.list":
            return {"result": {"objects": list(self.status)}}
        return {"result": "ok"}
