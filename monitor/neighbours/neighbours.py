"""Hears the other nodes: shows what they tell on our board, and pulls what must not be lost."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.board import Board, derive_state
from monitor.clock import Clock
from monitor.errors import StorageError
from monitor.hearing.acting import Acting
from monitor.hearing.ear import Ear
from monitor.hearing.heard import HeardPeer
from monitor.hearing.told_tiles import ToldTiles
from monitor.hearing.views import view_of
from monitor.history import History
from monitor.judge import Phase
from monitor.mqtt import Link, Message
from monitor.peers.line import LineKind, LineState
from monitor.peers.records import CompactView
from monitor.peers.wire import PeerTopic, decode_answer, decode_page, decode_pulse, decode_tile, decode_views
from monitor.records import Answer, Incident, PersonCommand, Reception
from monitor.records.journal import Page
from monitor.tiles import Tiles

NODES_AT_MOST = 32
DIM_EVERY_S = 1.0
_HEARD = (LineKind.CONNECTED, LineKind.TWO_OF_ONE_NAME)  # the cluster lets only one of a name own anything
NOBODYS = "no node has this printer at present: try again in a moment"


class Neighbours:
    """Runs from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        node: str,
        base: str,
        link: Link,
        board: Board,
        tiles: Tiles,
        history: History,
        owners: Callable[[], Mapping[str, str]],
        is_ours: Callable[[str], bool],
        clock: Clock,
    ) -> None:
        """``node``: ourselves. ``link`` is not started yet. ``owners`` says which node has each printer, ``is_ours``
        whether we watch it."""
        self._is_ours = is_ours
        self._node, self._base, self._link, self._owners = node, base, link, owners
        self._board, self._tiles, self._history, self._clock = board, tiles, history, clock
        self._known: dict[str, HeardPeer] = {}
        self._lines: Mapping[str, LineState] = {}  # as they were a moment ago
        self._told_tiles = ToldTiles(board)
        self._lacking: dict[str, CompactView] = {}  # by printer: views whose incident is not in our history yet
        self._dimmed_at = float("-inf")
        self._acting = Acting(link, base, self._line_of, lambda printer: (owners().get(printer, ""), printer), clock)
        self._ear = Ear("neighbours", base, link, self, clock)

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._ear.ignored.counts

    def start(self) -> None:
        """Begin to hear; the history is started."""
        self._ear.start()
        self._link.start()

    def stop(self) -> None:
        """End, and join the thread. Idempotent."""
        self._link.stop()
        self._ear.stop()

    def act(self, command: PersonCommand) -> Answer:
        """Have the node that has a printer do what a person asks for; raises NotAnswered when it does not answer."""
        owner = self._owners().get(command.printer, "")
        if not owner or owner == self._node:
            return Answer(Reception.REFUSED, NOBODYS)
        return self._acting.act(command)

    def whose(self, place: PeerTopic, message: Message) -> HeardPeer | None:
        """Return the node that speaks; one that was never heard begins with its pulse."""
        node = place.peer
        if node == self._node or message.retain:
            return None  # our own, or of before: who lives tells it again
        if node not in self._known and place.leaf == "pulse" and len(self._known) < NODES_AT_MOST:
            now = self._clock.now()
            self._known[node] = HeardPeer(node, self._base, self._link, self._history, self._node, now)
        return self._known.get(node)

    def told(self, peer: HeardPeer, place: PeerTopic, payload: bytes) -> None:
        """Take in what a node tells; answers to what another one has asked are not ours. Raises BadPayload."""
        now = self._clock.now()
        match place.leaf:
            case "pulse":
                peer.pulse(decode_pulse(payload), now)
            case "views":
                for view in decode_views(payload).views:
                    self._show(peer, view)
            case "tile":
                if self._owners().get(place.which) == peer.peer:
                    self._told_tiles.show(place.which, decode_tile(payload), peer.skew_s)
            case "page":
                self._page(peer, decode_page(payload), now)
            case "evidence":
                peer.picture(place.which, payload, now)
            case "answer":
                self._acting.answered(peer.peer, decode_answer(payload))

    def _page(self, peer: HeardPeer, page: Page, now: float) -> None:
        """Write a page that we have asked for; what was told of its incidents before is shown with them."""
        if peer.pulling.is_answer(page) and peer.write(page, now):
            for view in list(self._lacking.values()):
                self._show(peer, view)

    def tick(self, now: float) -> None:
        """Look at the lines, ask whoever is heard, and show what nobody knows any more."""
        former, self._lines = self._lines, {node: peer.line.state(now) for node, peer in self._known.items()}
        for node, line in self._lines.items():
            if line.kind in _HEARD and self._link.connected:
                self._ask(self._known[node], now, is_back=node not in former or former[node].kind not in _HEARD)
        if now - self._dimmed_at >= DIM_EVERY_S:
            self._dimmed_at = now
            self._dim(now)

    def _ask(self, peer: HeardPeer, now: float, *, is_back: bool) -> None:
        if is_back:
            peer.is_back(now)
        theirs = (printer for printer, owner in self._owners().items() if owner == peer.peer)
        peer.ask([printer for printer in theirs if self._tiles.is_looked_at(printer)], now)

    def _line_of(self, node: str) -> LineState:
        return self._lines.get(node, LineState(LineKind.UNKNOWN, 0.0))

    def _show(self, peer: HeardPeer, told: CompactView) -> None:
        """Show a printer as its owner tells it; what a node says of one that it has lost is nothing."""
        if self._owners().get(told.printer) != peer.peer:
            return
        try:
            before = self._board.view(told.printer)
        except KeyError:
            return  # its cameras.yaml has it, ours not yet, or not any more
        incident = self._incident(told.incident, before.incident)
        self._lacking.pop(told.printer, None)
        if told.incident is not None and incident is None:
            self._lacking[told.printer] = told
        seen = view_of(before, told, incident, peer.skew_s, before.threshold, peer.named)
        self._board.told(seen, self._clock.now())

    def _incident(self, wanted: str | None, shown: Incident | None) -> Incident | None:
        if wanted is None or (shown is not None and shown.id == wanted):
            return shown
        try:
            return self._history.reader.incident(wanted)
        except StorageError:
            return None

    def _dim(self, now: float) -> None:
        """Show that nothing is known of printers that nobody watches, or whose node is silent: that is never fine."""
        owners, heard = self._owners(), {node for node, line in self._lines.items() if line.kind in _HEARD}
        for view in self._board.snapshot().printers:
            if view.is_known and not self._is_ours(view.id) and owners.get(view.id) not in heard:
                state = derive_state(Phase.BLIND, None, view.incident, view.muted_until)
                since = view.since if state is view.state else self._heard_at(owners.get(view.id, ""), now)
                self._board.told(replace(view, state=state, since=since, phase=Phase.BLIND, is_known=False), now)

    def _heard_at(self, node: str, now: float) -> float:
        """Return when a node was heard last; one that was never heard is missing from now on."""
        line = self._lines.get(node)
        return now if line is None or line.heard_at is None else line.heard_at
