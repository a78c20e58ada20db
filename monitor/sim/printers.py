"""Simulated printers on MQTT: they tell their state below ``{base}/sim`` and obey commands there."""

import json
import logging
import re
import threading
from collections.abc import Iterable

from monitor.mqtt import Link, Message
from monitor.sim.floor import COMMANDS, Floor

log = logging.getLogger(__name__)


class SimulatedPrinters:
    """The MQTT side of simulated printers; :meth:`publish` is called a few times a second by the farm."""

    def __init__(self, printers: Iterable[str], floor: Floor, link: Link, base: str) -> None:
        """Listen to ``{base}/sim/+/command``; the link is started and stopped by the caller."""
        self._floor = floor
        self._link = link
        self._prefix = f"{base}/sim"
        self._told: dict[str, bytes] = dict.fromkeys(printers, b"")
        self._command = re.compile(re.escape(self._prefix) + r"/([^/]+)/command")
        self._has_reconnected = threading.Event()  # to a broker that may have lost what it retained
        link.subscribe(f"{self._prefix}/+/command", self._obey)
        link.on_connect(self._has_reconnected.set)

    def add(self, printer: str) -> None:
        """Let one more printer talk and obey."""
        self._told = self._told | {printer: b""}  # another thread may be telling

    def remove(self, printer: str) -> None:
        """Let a printer fall silent, and have the broker forget it."""
        if printer in self._told:
            self._told = {known: told for known, told in self._told.items() if known != printer}
            self._link.publish(f"{self._prefix}/{printer}/state", b"", qos=1, retain=True)

    def publish(self) -> None:
        """Tell, retained, each state that has changed since it was told last to this broker."""
        if self._has_reconnected.is_set():
            self._has_reconnected.clear()
            self._told = dict.fromkeys(self._told, b"")
        for printer, told in list(self._told.items()):
            payload = self._payload(printer)
            if payload is not None and payload != told:
                self._told[printer] = payload
                self._link.publish(f"{self._prefix}/{printer}/state", payload, qos=1, retain=True)

    def _payload(self, printer: str) -> bytes | None:
        try:
            status = self._floor.status(printer)
        except KeyError:
            return None  # taken away just now
        state = {
            "state": str(status.state),
            "job": status.job,
            "progress": round(status.progress, 2),
            "simulated": True,
        }
        return json.dumps(state).encode()

    def _obey(self, message: Message) -> None:
        """Obey a command, as :mod:`monitor.printers` sends it; runs on the link's thread."""
        match = self._command.fullmatch(message.topic)
        word = message.payload.decode(errors="replace")
        if match is None or match[1] not in self._told or word not in COMMANDS or message.retain:
            log.warning("simulated printers: %s %r is no command of ours", message.topic, word[:40])
            return
        self._floor.command(match[1], word)
