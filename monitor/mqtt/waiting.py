"""Who waits for the broker's answers."""

import threading
from collections.abc import Callable

from monitor.mqtt.message import Delivery

OnDone = Callable[[Delivery], None]


class Waiting:
    """Whom to tell of the broker's answer to a message, by paho's number for it. Every method from any thread.

    paho answers from its network thread while it holds a lock that its publish() needs: none of ours may be held
    across publish(). So either side may come first, and the second one finds what the first has left.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[OnDone, str]] = {}
        self._retained: dict[str, int] = {}  # by topic: the newest message to be retained, unanswered
        self._early: dict[int, Delivery] = {}  # acknowledged before publish() had returned the message's number

    def register(self, number: int, on_done: OnDone | None, retained_topic: str = "") -> Delivery | None:
        """Have ``on_done`` told of the answer; return the answer if it is there already."""
        with self._lock:
            delivery = self._early.pop(number, None)
            if delivery is None:
                self._waiting[number] = on_done or _ignore, retained_topic
                if retained_topic:
                    self._retained[retained_topic] = number
            return delivery

    def answered(self, number: int, delivery: Delivery) -> OnDone | None:
        """Return whom to tell; None when nobody has registered yet, who will find the answer then."""
        with self._lock:
            if number not in self._waiting:
                self._early[number] = delivery
                return None
            return self._take(number)

    def withdrawn(self, number: int) -> OnDone | None:
        """Return whom to tell that no answer will come."""
        with self._lock:
            return self._take(number) if number in self._waiting else None

    def retained(self, topic: str) -> int | None:
        """Return the number of the newest message that is to be retained on a topic and was not answered."""
        with self._lock:
            return self._retained.get(topic)

    def take_all(self) -> list[OnDone]:
        """Return all who wait, and forget them."""
        with self._lock:
            return [self._take(number) for number in list(self._waiting)]

    def _take(self, number: int) -> OnDone:
        on_done, topic = self._waiting.pop(number)
        if self._retained.get(topic) == number:
            del self._retained[topic]
        return on_done


def _ignore(_: Delivery) -> None:
    """Stand in for a missing ``on_done``."""
