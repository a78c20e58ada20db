"""This monitor as a peer of others: one session at the broker, what is told over it and what is asked."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.board import Board
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.history import History
from monitor.mqtt import Endpoint, Link
from monitor.peers.asked import Desk
from monitor.peers.teller import TICK_S, Condition, Teller
from monitor.peers.uplink import Uplink
from monitor.peers.watched import Watched
from monitor.peers.wire import PeerTopics
from monitor.peers.wished import Wishes
from monitor.periodic import Periodic
from monitor.records import Answer, PersonCommand
from monitor.records.telling import Telling
from monitor.tiles import Tiles


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a peer tells of, and what it does when it is asked. Each may be called from any thread."""

    board: Board
    config: LiveConfig
    history: History
    tiles: Tiles
    act: Callable[[PersonCommand], Answer]
    condition: Callable[[], Condition]
    clock: Clock
    owned: Callable[[], Mapping[str, int] | None] = lambda: None  # in a cluster: what this node owns, with the epochs

    def rotation(self, printer: str) -> int:
        """Return by how many degrees clockwise others must see a printer's pictures turned.

        The nodes of a cluster know the cameras themselves, and turn what they show.
        """
        if self.owned() is not None or not self.config.knows(printer):
            return 0
        return self.config.printer(printer).settings.rotate

    def has(self, printer: str) -> bool:
        """Tell whether a printer is ours."""
        owned = self.owned()
        return self.config.knows(printer) and (owned is None or printer in owned)


class Peer:
    """Runs from :meth:`start` to :meth:`stop`."""

    def __init__(self, name: str, kbit_per_s: float, endpoint: Endpoint, around: Surroundings) -> None:
        """``name`` tells this monitor from its peers; ``kbit_per_s`` bounds what can wait: tiles, pages, pictures."""
        self.name, self.instance = name, uuid.uuid4().hex
        config, clock = around.config, around.clock
        topics = PeerTopics(config.current.messaging.base, name)
        self._link = Link(endpoint, f"{config.current.messaging.client_id}-peer")
        self.uplink = Uplink(self._link, kbit_per_s, clock)
        watched = Watched()
        teller = Teller(
            name,
            self.instance,
            topics,
            self.uplink,
            around.board,
            config,
            around.history.reader,
            around.tiles,
            watched,
            around.condition,
            clock,
            around.owned,
        )
        wishes = Wishes(around.history, around.history.reader, around.has, around.act, clock)
        self._desk = Desk(
            self._link,
            topics,
            self.uplink,
            around.history.reader,
            watched,
            wishes,
            teller.ask_all,
            around.rotation,
            clock,
        )
        self._link.on_connect(teller.connected)
        self._telling = Periodic("peers-teller", teller.tick, TICK_S, clock)

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._desk.ignored

    @property
    def telling(self) -> Telling:
        """How it goes; bytes are with what a network puts around them, about."""
        return Telling(self._link.problem, self.uplink.sent_bytes)

    def start(self) -> None:
        """Connect, in the background, and begin to tell and to answer."""
        self._desk.start()
        self._link.start()
        self._telling.start()

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the broker listens to us and lets us listen; tell whether it does."""
        return self._link.wait_connected(timeout_s)

    def stop(self) -> None:
        """End in the reverse order. Idempotent."""
        self._telling.stop()
        self._desk.stop()
        self._link.stop()
