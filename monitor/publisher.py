"""MQTT out: the outbox, in order for each printer, and the retained states. What comes in is in monitor/inbound.py.

One link a site, because a session has only one will. A message of the outbox is handed to the link only while that
is connected, one at a time for each printer, and leaves the outbox when the broker has acknowledged it. So after
a crash or an outage a message may be sent twice, never not at all; agents know a pause by its id.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from monitor.clock import Clock
from monitor.history import Outgoing
from monitor.mqtt import Delivery, DeliveryOutcome, Endpoint, Link, Message
from monitor.wire import OFFLINE, ONLINE, PrinterState, SiteLoad, Topics, encode_load, encode_state

log = logging.getLogger(__name__)

OnSent = Callable[[Outgoing, Delivery], None]


def site_link(endpoint: Endpoint, client_id: str, base: str, site: str) -> Link:
    """Return the link of one site, which keeps ``status`` true: birth, will and goodbye."""
    status = Topics(base, site).status
    will, birth = Message(status, OFFLINE, retain=True), Message(status, ONLINE, retain=True)
    return Link(endpoint, f"{client_id}-{site}", will=will, birth=birth)


class Publisher:
    """Sends what must arrive. Every method may be called from any thread; none waits for the broker."""

    def __init__(
        self,
        links: Mapping[str, Link],
        base: str,
        clock: Clock,
        on_sent: OnSent,
        may_speak: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """``links`` by site, not started yet. ``may_speak``: whether what is of a printer may be sent at this moment;
        until it may, it waits (see :meth:`go_on`).

        ``on_sent`` hears of every message that left the outbox: acknowledged by the broker, or dropped because it
        had expired (a failed delivery). It is called on a network thread and returns soon.
        """
        self._base = base
        self._links: dict[str, Link] = {}
        self._topics: dict[str, Topics] = {}
        self._clock = clock
        self._on_sent, self._may_speak = on_sent, may_speak
        self._lock = threading.Lock()  # never held while a link is called: paho answers from inside of it
        self._queues: dict[tuple[str, str], deque[Outgoing]] = {}
        self._in_flight: set[tuple[str, str]] = set()
        self._states: dict[tuple[str, str], PrinterState] = {}
        self._loads: dict[str, SiteLoad] = {}
        self._incidents: dict[tuple[str, str], Outgoing] = {}  # open ones, as the broker should retain them
        for site, link in links.items():
            self.add_site(site, link)

    def add_site(self, site: str, link: Link) -> None:
        """Send what is of one more site over its link, which is not started yet."""
        with self._lock:
            self._links, self._topics = self._links | {site: link}, self._topics | {site: Topics(self._base, site)}
        link.on_connect(partial(self._connected, site))

    def drop_site(self, site: str) -> None:
        """Send nothing more of a site; its link is the caller's to stop."""
        with self._lock:
            self._links = {name: link for name, link in self._links.items() if name != site}
            for by_printer in (self._queues, self._states, self._incidents):
                for key in [key for key in by_printer if key[0] == site]:
                    del by_printer[key]
            self._loads.pop(site, None)

    def forget(self, site: str, printer: str) -> None:
        """Publish a printer's state no more, also not after the next connect."""
        with self._lock:
            self._states.pop((site, printer), None)

    def drop(self, printer: str) -> list[Outgoing]:
        """Say nothing more of a printer, of which another monitor speaks now; return what was not sent."""
        dropped: list[Outgoing] = []
        with self._lock:
            for key in [(site, printer) for site in self._links]:
                self._states.pop(key, None)
                self._incidents.pop(key, None)
                dropped += self._queues.pop(key, ())
        return dropped

    def go_on(self, printer: str) -> None:
        """Send what waits of a printer: it may be spoken of again."""
        with self._lock:
            keys = [key for key in self._queues if key[1] == printer]
            states = [(site, state) for (site, name), state in self._states.items() if name == printer]
        for key in keys:
            self._pump(key)
        for site, state in states:
            self._publish_state(site, state)

    def say_again(self, site: str, printer: str) -> None:
        """Publish a printer's state and open incident again: somebody who had no business to has spoken of it."""
        with self._lock:
            incident, state = self._incidents.get((site, printer)), self._states.get((site, printer))
            waiting = self._queues.get((site, printer), ())
            is_news_coming = any(message.leaf == "incident" for message in waiting)
        if self._may_speak(printer) and site in self._links and not is_news_coming:
            payload = incident.payload if incident is not None else b""
            self._links[site].publish(self._topics[site].incident(printer), payload, retain=True)
        if state is not None:
            self._publish_state(site, state)

    def waits_for(self, site: str) -> int:
        """Return how many messages of a site the broker has not acknowledged yet."""
        with self._lock:
            return sum(len(waiting) for (where, _), waiting in self._queues.items() if where == site)

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Send messages that are in the history already, each printer's in order."""
        keys = []
        with self._lock:
            for message in messages:
                if message.site not in self._links:
                    log.error("%s: no such site any more; a message for %s waits", message.site, message.printer)
                    continue
                keys.append((message.site, message.printer))
                self._queues.setdefault(keys[-1], deque()).append(message)
        for key in dict.fromkeys(keys):
            self._pump(key)

    def pending(self, pause: str) -> bool:
        """Whether a pause command with this id still waits to be sent or acknowledged."""
        with self._lock:
            return any(message.pause == pause for waiting in self._queues.values() for message in waiting)

    def withdraw(self, pause: str) -> None:
        """Send a pause command no more, unless it is on its way already; ``on_sent`` hears of it as of a failed one."""
        withdrawn = []
        with self._lock:
            for key, waiting in self._queues.items():
                for message in list(waiting)[key in self._in_flight :]:  # the head may be on its way
                    if message.pause == pause:
                        waiting.remove(message)
                        withdrawn.append(message)
        for message in withdrawn:
            self._on_sent(message, Delivery(DeliveryOutcome.FAILED, "it was withdrawn"))

    def state(self, site: str, state: PrinterState) -> None:
        """Publish a printer's state (retained); the newest one again after every connect, as are open incidents."""
        with self._lock:
            self._states[site, state.printer] = state
        self._publish_state(site, state)

    def load(self, load: SiteLoad) -> None:
        """Publish how a site is looked at (retained); the newest one again after every connect."""
        with self._lock:
            self._loads[load.site] = load
        self._publish_load(load.site)

    @property
    def waiting(self) -> int:
        """Messages that the broker has not acknowledged yet."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    def tick(self) -> None:
        """Try again what a link has refused."""
        with self._lock:
            keys = [key for key, waiting in self._queues.items() if waiting]
        for key in keys:
            self._pump(key)

    def _connected(self, site: str) -> None:
        with self._lock:
            states = [state for (where, _), state in self._states.items() if where == site]
            keys = [key for key in self._queues if key[0] == site]
            incidents = [
                message
                for key, message in self._incidents.items()
                if key[0] == site
                and self._may_speak(key[1])
                and not any(newer.leaf == message.leaf for newer in self._queues.get(key, ()))
            ]
        for key in keys:  # pauses before all that a broker may have forgotten
            self._pump(key)
        for message in incidents:
            topic = self._topics[site].incident(message.printer)
            self._links[site].publish(topic, message.payload, retain=True)
        for state in states:
            self._publish_state(site, state)
        self._publish_load(site)

    def _publish_load(self, site: str) -> None:
        load, link = self._loads.get(site), self._links.get(site)
        if load is not None and link is not None and link.connected:
            link.publish(self._topics[site].load, encode_load(load), retain=True)

    def _publish_state(self, site: str, state: PrinterState) -> None:
        link = self._links.get(site)
        if link is not None and link.connected and self._may_speak(state.printer):
            link.publish(self._topics[site].state(state.printer), encode_state(state), retain=True)

    def _pump(self, key: tuple[str, str]) -> None:
        message, dropped = self._next(key)
        for old in dropped:
            log.warning("%s/%s: a %s expired before the broker could be reached; dropped", *key, old.leaf)
            self._on_sent(old, Delivery(DeliveryOutcome.FAILED, "it expired before the broker could be reached"))
        if message is None:
            return
        expiry_s = None if message.expires_at is None else int(message.expires_at - self._clock.now())
        link = self._links.get(message.site)
        if link is None:
            return  # its site was dropped just now
        link.publish(
            self._topics[message.site].leaf(message.printer, message.leaf),
            message.payload,
            retain=message.retain,
            expiry_s=expiry_s,
            on_done=partial(self._done, key, message),
        )

    def _next(self, key: tuple[str, str]) -> tuple[Outgoing | None, list[Outgoing]]:
        """Take what has expired out of a queue, and claim its head if it can be sent now."""
        now = self._clock.now()
        with self._lock:
            if key in self._in_flight:
                return None, []
            waiting = self._queues.get(key, deque())
            dropped = []
            while waiting and (waiting[0].expires_at or now + 1) <= now:
                dropped.append(waiting.popleft())
            if not waiting or key[0] not in self._links or not self._links[key[0]].connected:
                return None, dropped
            if not self._may_speak(key[1]):
                return None, dropped
            self._in_flight.add(key)
            return waiting[0], dropped

    def _done(self, key: tuple[str, str], message: Outgoing, delivery: Delivery) -> None:
        is_sent = delivery.outcome is not DeliveryOutcome.FAILED
        with self._lock:
            self._in_flight.discard(key)
            waiting = self._queues.get(key)
            if not waiting or waiting[0] is not message:
                waiting = None  # it was dropped meanwhile
            if is_sent and waiting is not None:
                waiting.popleft()
            if is_sent and waiting is not None and message.leaf == "incident":
                self._incidents[key] = message
                if not message.payload:
                    del self._incidents[key]
        if is_sent:
            self._on_sent(message, delivery)
            self._pump(key)  # a refused message waits for the next tick: at once it would be refused again
