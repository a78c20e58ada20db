"""What goes out to other monitors, counted and within the budget."""

import threading
from collections import Counter

from monitor.clock import Clock
from monitor.mqtt import Link
from monitor.peers.budget import Budget

AROUND_A_MESSAGE = 80  # bytes that IP, TCP, TLS and MQTT put around a payload and its topic, about


class Uplink:
    """Every method may be called from any thread. Nothing waits here: what cannot be sent now is not sent."""

    def __init__(self, link: Link, kbit_per_s: float, clock: Clock) -> None:
        self._link, self._clock = link, clock
        self._lock = threading.Lock()
        self._kbit_per_s = self._now_kbit_per_s = kbit_per_s
        self._budget = Budget(kbit_per_s, clock.now())
        self._sent: Counter[str] = Counter()
        self._messages: Counter[str] = Counter()

    @property
    def bytes_per_s(self) -> float:
        """What may be sent now, in the long run."""
        with self._lock:
            return self._budget.bytes_per_s

    def share(self, kbit_per_s: float | None) -> None:
        """Keep within a share of a line that others use, too; None: within our own limit, which holds in any case."""
        with self._lock:
            rate = self._kbit_per_s if kbit_per_s is None else min(self._kbit_per_s, kbit_per_s)
            if rate != self._now_kbit_per_s:
                self._now_kbit_per_s = rate
                self._budget.carries(rate, self._clock.now())

    @property
    def connected(self) -> bool:
        """Whether the broker takes anything."""
        return self._link.connected

    @property
    def sent_bytes(self) -> Counter[str]:
        """Bytes since the start by the kind of message, with what the network puts around them, about."""
        with self._lock:
            return Counter(self._sent)

    @property
    def sent_messages(self) -> Counter[str]:
        """Messages since the start, likewise."""
        with self._lock:
            return Counter(self._messages)

    def wait_s(self) -> float:
        """Return after how many seconds something may be sent that can wait; 0: now."""
        with self._lock:
            return self._budget.wait_s(self._clock.now())

    def send(self, kind: str, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Send a message and count it; False when there is no connection, and it is not sent."""
        if not self._link.connected:
            return False
        size = len(topic.encode()) + len(payload) + AROUND_A_MESSAGE
        with self._lock:
            self._budget.spend(size, self._clock.now())
            self._sent[kind] += size
            self._messages[kind] += 1
        self._link.publish(topic, payload, qos=qos, retain=retain)
        return True
