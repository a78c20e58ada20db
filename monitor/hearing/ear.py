"""The one thread that hears what peers tell. What it is, and whose, says a :class:`Listener`."""

import contextlib
import logging
import queue
import threading
from typing import Protocol

from monitor.clock import Clock
from monitor.errors import BadPayload, NewerPayload
from monitor.hearing.heard import HeardPeer
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Link, Message
from monitor.peers.wire import PeerTopic, PeerTopics
from monitor.service.turns import Turns

log = logging.getLogger(__name__)

TICK_S = 0.25
WAITING_MESSAGES = 5_000


class Listener(Protocol):
    """Who makes something of what is heard; called on the ear's thread only."""

    def whose(self, place: PeerTopic, message: Message) -> HeardPeer | None:
        """Return the peer that is listened to; None: it is not, and why is counted where it should not be."""

    def told(self, peer: HeardPeer, place: PeerTopic, payload: bytes) -> None:
        """Take in what a peer tells; raises BadPayload."""

    def tick(self, now: float) -> None:
        """Look at what time has changed, and ask; every ``TICK_S``."""


class Ear:
    """Listens from :meth:`start` to :meth:`stop`."""

    def __init__(self, name: str, base: str, link: Link, listener: Listener, clock: Clock) -> None:
        """``name``: who listens, for the log. ``link`` is not started yet."""
        self._name, self._listener, self._clock = name, listener, clock
        self.ignored = IgnoredMessages(clock, name)
        self._topics = PeerTopics(base, "+")
        self._inbox: queue.Queue[Message] = queue.Queue(WAITING_MESSAGES)
        self._stopping = threading.Event()
        self._ticked_at = float("-inf")
        self.turns = Turns(name)
        self._thread = threading.Thread(target=self._run, name=name)
        link.subscribe(f"{self._topics.told}/#", self._take)

    def start(self) -> None:
        """Begin to hear."""
        self._thread.start()

    def stop(self) -> None:
        """End, and join the thread. Idempotent."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _take(self, message: Message) -> None:
        """Take a message from the network's thread."""
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self.ignored.add("too much at once", message.topic, "it is told or asked for again")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with contextlib.suppress(queue.Empty):
                    self._hear(self._inbox.get(timeout=TICK_S))
                now = self._clock.now()
                if now - self._ticked_at >= TICK_S:
                    self._ticked_at = now
                    self._listener.tick(now)
                self.turns.turn()
            except Exception:  # the root of the thread: the other peers must go on being heard
                log.exception("%s: what was heard met a fault; going on", self._name)

    def _hear(self, message: Message) -> None:
        place = self._topics.parse(message.topic)
        if place is None:
            self.ignored.add("not of the contract", message.topic, "no such topic")
            return
        peer = self._listener.whose(place, message)
        if peer is None:
            return
        try:
            self._listener.told(peer, place, message.payload)
        except NewerPayload as exc:
            peer.line.newer(str(exc), self._clock.now())
        except BadPayload as exc:
            self.ignored.add("bad payload", message.topic, str(exc))
