"""A simulated printer on MQTT: tells its state, obeys pause and resume, and counts them."""

import threading

from monitor.config.model import MqttControl
from monitor.mqtt import Endpoint, Link, Message

CONTROL = MqttControl(
    type="mqtt",
    pause_topic="shop/{printer}/do",
    pause_payload="pause",
    resume_topic="shop/{printer}/do",
    resume_payload="resume",
    state_topic="shop/{printer}/is",
)


class MqttPrinter:
    """One printer with a connection of its own."""

    def __init__(self, endpoint: Endpoint, name: str) -> None:
        self.name = name
        self.is_stubborn = False  # takes orders, and says nothing new
        self.orders: list[str] = []
        self._lock = threading.Lock()
        self._link = Link(endpoint, f"printer-{name}")
        self._link.subscribe(f"shop/{name}/do", self._obey)

    def start(self) -> None:
        """Connect and begin to print."""
        self._link.start()
        assert self._link.wait_connected(10)
        self.says("printing")

    def stop(self) -> None:
        """Disconnect."""
        self._link.stop()

    def says(self, state: str) -> None:
        """Tell a state, retained."""
        self._link.publish(f"shop/{self.name}/is", state, retain=True)

    @property
    def pauses(self) -> int:
        """How often it was ordered to pause."""
        with self._lock:
            return self.orders.count("pause")

    def _obey(self, message: Message) -> None:
        order = message.payload.decode()
        with self._lock:
            self.orders.append(order)
        if not self.is_stubborn:
            self.says({"pause": "paused", "resume": "printing"}[order])
