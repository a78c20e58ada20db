"""Listens to all that is said on the broker."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from monitor.errors import BadPayload
from monitor.mqtt import Endpoint, Link, Message
from monitor.records import State
from monitor.wire import Topics, decode_incident, decode_report, decode_state

_STANDING_STILL = (State.PAUSED, State.PAUSING, State.PAUSE_FAILED, State.FAILING, State.IDLE)


@dataclass(frozen=True, slots=True)
class Said:
    """A state, when it was heard."""

    at: float
    epoch: int
    frame_taken_at: float
    state: State


class Onlooker:
    """Keeps what a verdict needs."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._lock = threading.Lock()
        self._states: defaultdict[str, list[Said]] = defaultdict(list)
        self._incidents: defaultdict[str, set[str]] = defaultdict(set)
        self._open: dict[str, str] = {}
        self._printing: dict[str, str] = {}
        self._link = Link(endpoint, "onlooker")
        for leaf in ("state", "incident", "printer"):
            self._link.subscribe(f"vigie/+/+/{leaf}", self._heard)

    def start(self) -> None:
        """Listen."""
        self._link.start()

    def stop(self) -> None:
        """Listen no more."""
        self._link.stop()

    def forget(self) -> None:
        """Begin anew: another round."""
        with self._lock:
            self._states.clear()
            self._incidents.clear()

    def incidents(self, printer: str) -> frozenset[str]:
        """Return the incidents that were published of a printer."""
        with self._lock:
            return frozenset(self._incidents[printer])

    def is_open(self, printer: str) -> bool:
        """Whether an incident of a printer is retained at the broker."""
        with self._lock:
            return printer in self._open

    def reported(self) -> dict[str, str]:
        """Return what printers say that they do."""
        with self._lock:
            return dict(self._printing)

    def newest_epoch(self, printer: str) -> int:
        """Return the epoch of whoever spoke last of a printer; 0 when nobody has."""
        with self._lock:
            return self._states[printer][-1].epoch if self._states[printer] else 0

    def took_over(self, printer: str, epoch: int, since: float) -> float | None:
        """Return when the first later owner told of a picture that is newer than a moment; of a printer that stands
        still no picture is news, so that its state will do."""
        with self._lock:
            said = [one for one in self._states[printer] if one.epoch > epoch]
        return next((one.at for one in said if one.frame_taken_at > since or one.state in _STANDING_STILL), None)

    def _heard(self, message: Message) -> None:
        parts = Topics("vigie", "+").parse(message.topic)
        if parts is None:
            return
        with self._lock:
            try:
                self._take(parts.printer, parts.leaf, message)
            except BadPayload:
                return

    def _take(self, printer: str, leaf: str, message: Message) -> None:
        if leaf == "state" and message.payload:
            state = decode_state(message.payload)
            self._states[printer].append(Said(time.time(), state.epoch, state.frame_taken_at or 0.0, state.state))
        elif leaf == "printer" and message.payload:
            self._printing[printer] = decode_report(message.payload).state
        elif leaf == "incident" and not message.payload:
            self._open.pop(printer, None)
        elif leaf == "incident":
            self._open[printer] = decode_incident(message.payload).id
            self._incidents[printer].add(self._open[printer])
