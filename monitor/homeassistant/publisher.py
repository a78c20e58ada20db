"""Tells Home Assistant which printers there are, and takes back those that there are no more."""

import logging
import random
import threading
from collections.abc import Callable, Mapping

from monitor import __version__
from monitor.clock import Clock
from monitor.config.home_assistant import HomeAssistant
from monitor.config.model import Config
from monitor.homeassistant.messages import discovery, node_filter, node_of
from monitor.homeassistant.pictures import Pictures
from monitor.mqtt import Endpoint, Link, Message
from monitor.tiles import Tiles

log = logging.getLogger(__name__)

TICK_S = 0.25
PRINTERS_A_TICK = 10  # nobody else's message waits long behind ours
SETTLE_S = 1.0  # after a connect: until what is to be taken back has arrived
BIRTH_DELAY_S = 3.0  # after a birth message everybody announces: at random within this, not all at once

ONLINE = b"online"


def a_while() -> float:
    """Return how long to wait after a birth message, in seconds; at random, as Home Assistant asks for."""
    return random.uniform(0.2, BIRTH_DELAY_S)  # noqa: S311 - no secret


class HomeAssistantPublisher:
    """Discovery and pictures, over a session of their own: a burst of them never stands before a pause.

    All is published after every connect (a broker may have forgotten it) and after every birth message of Home
    Assistant. :meth:`tick` does the work; the link's thread only notes what is to be done.
    """

    def __init__(
        self,
        config: Config,
        section: HomeAssistant,
        endpoint: Endpoint,
        tiles: Tiles,
        clock: Clock,
        delay_s: Callable[[], float] = a_while,
    ) -> None:
        self._clock, self._delay_s, self._section = clock, delay_s, section
        self._messages: Mapping[str, Mapping[str, bytes]] = discovery(config, section, __version__)
        self._topics = _topics(self._messages)
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}  # printer -> when to announce it
        self._stale: list[str] = []  # topics to be cleared
        self._link = Link(endpoint, f"{config.messaging.client_id}-homeassistant")
        self._link.on_connect(lambda: self._announce_all(SETTLE_S))
        self._link.subscribe(section.birth_topic, self._heard_birth)
        self._link.subscribe(node_filter(section, node_of(config.messaging.client_id)), self._heard_own)
        self._pictures = Pictures(config, section, tiles, self._link)

    def follow(self, config: Config) -> None:
        """Announce what is new or called otherwise, and take back what is not there any more."""
        messages = discovery(config, self._section, __version__)
        self._pictures.follow(config)
        with self._lock:
            news = [printer for printer, told in messages.items() if self._messages.get(printer) != told]
            self._stale += sorted(self._topics - _topics(messages))
            self._messages, self._topics = messages, _topics(messages)
            known = {printer: at for printer, at in self._due.items() if printer in messages}
            self._due = known | dict.fromkeys(news, self._clock.now() + SETTLE_S)

    def start(self) -> None:
        """Connect; an absent broker is retried in the background."""
        self._link.start()

    def stop(self) -> None:
        """Disconnect. What was announced stays: the sites' ``status`` says that nobody is there."""
        self._link.stop()

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the broker listens to us and lets us listen; tell whether it does."""
        return self._link.wait_connected(timeout_s)

    @property
    def waiting(self) -> int:
        """Printers that are still to be announced."""
        with self._lock:
            return len(self._due)

    def tick(self) -> None:
        """Publish what is due; called every ``TICK_S``."""
        if not self._link.connected:
            return
        now = self._clock.now()
        for topic in self._take_stale():
            log.info("%s is taken back from Home Assistant: cameras.yaml does not have it any more", topic)
            self._link.publish(topic, b"", retain=True)
        for printer in self._take_due(now):
            for topic, payload in self._messages.get(printer, {}).items():
                self._link.publish(topic, payload, retain=True)
        self._pictures.tick(now)

    def _take_stale(self) -> list[str]:
        with self._lock:
            stale, self._stale = self._stale, []
        return stale

    def _take_due(self, now: float) -> list[str]:
        with self._lock:
            taken = [printer for printer, at in self._due.items() if at <= now][:PRINTERS_A_TICK]
            for printer in taken:
                del self._due[printer]
        return taken

    def _announce_all(self, after_s: float) -> None:
        at = self._clock.now() + after_s
        with self._lock:
            self._due = dict.fromkeys(self._messages, at)

    def _heard_birth(self, message: Message) -> None:
        """A retained birth is old: what it asks for was done after the connect."""
        if message.payload == ONLINE and not message.retain:
            self._announce_all(self._delay_s())

    def _heard_own(self, message: Message) -> None:
        """Everything below our node is ours; what is retained there but not announced now is of an older file."""
        if not message.retain or not message.payload or message.topic in self._topics:
            return
        with self._lock:
            self._stale.append(message.topic)
            # Home Assistant refuses an entity whose id it still knows under another topic: announce after clearing
            self._due = dict.fromkeys(self._messages, self._clock.now() + SETTLE_S)


def _topics(messages: Mapping[str, Mapping[str, bytes]]) -> set[str]:
    return {topic for of_one in messages.values() for topic in of_one}
