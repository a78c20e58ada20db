"""The printers of all sites: they obey over their own site's broker, outlive everything, and count."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from monitor.mqtt import Endpoint, Link, Message
from tests.crash.printers import CountingPrinter

TICK_S = 0.1
DRAINS_S = 0.5
CONTROL = {
    "type": "mqtt",
    "pause_topic": "shop/{printer}/do",
    "pause_payload": "pause",
    "resume_topic": "shop/{printer}/do",
    "resume_payload": "resume",
    "state_topic": "shop/{printer}/is",
}


class Floors:
    """One thread for all printers; a connection for each site."""

    def __init__(self, endpoints: Mapping[str, Endpoint], printers: Sequence[str]) -> None:
        self.printers = {(peer, name): CountingPrinter(name, DRAINS_S) for peer in endpoints for name in printers}
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._said: dict[tuple[str, str], str] = {}
        self._links = {peer: Link(endpoint, "printers") for peer, endpoint in endpoints.items()}
        for peer, link in self._links.items():
            link.subscribe("shop/+/do", self._obeys(peer))
        self._thread = threading.Thread(target=self._run, name="floors")

    def start(self) -> None:
        """Begin to print."""
        for link in self._links.values():
            link.start()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()
        for link in self._links.values():
            link.stop()

    def state(self, peer: str, name: str) -> str:
        """Return what a printer says."""
        with self._lock:
            return self.printers[peer, name].state

    def clear(self, peer: str, name: str) -> None:
        """Take the part off."""
        with self._lock:
            self.printers[peer, name].finish(time.time())

    def begin(self, peer: str, name: str) -> None:
        """Have it print the next job."""
        with self._lock:
            self.printers[peer, name].begin(time.time())

    def _obeys(self, peer: str) -> Callable[[Message], None]:
        def heard(message: Message) -> None:
            if message.retain:
                return
            with self._lock:
                printer = self.printers[peer, message.topic.split("/")[1]]
                now = time.time()
                printer.pause(now) if message.payload == b"pause" else printer.resume(now, "an order")

        return heard

    def _run(self) -> None:
        while not self._stopping.wait(TICK_S):
            for (peer, name), printer in self.printers.items():
                with self._lock:
                    printer.tick(time.time())
                    state = printer.state
                if self._said.get((peer, name)) != state and self._links[peer].connected:
                    self._said[peer, name] = state
                    self._links[peer].publish(f"shop/{name}/is", state, retain=True)
