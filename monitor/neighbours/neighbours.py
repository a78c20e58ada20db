"""The one thread that hears the other nodes: shows what they tell on our board, and pulls what must not be lost."""

import contextlib
import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from monitor.board import Board, Tile, derive_state
from monitor.clock import Clock
from monitor.errors import BadPayload, NewerPayload, StorageError
from monitor.history import History
from monitor.hub.acting import Acting
from monitor.hub.looking import LASTS_S
from monitor.hub.views import view_of
from monitor.ids import uuid7
from monitor.ignored import IgnoredMessages
from monitor.judge import Phase
from monitor.mqtt import Link, Message
from monitor.neighbours.neighbour import Neighbour
from monitor.peers.line import LineKind, LineState
from monitor.peers.records import CompactView, EvidenceAsk, Look, PeerTile
from monitor.peers.wire import (
    EVIDENCE_BYTES,
    PeerTopics,
    decode_answer,
    decode_page,
    decode_pulse,
    decode_tile,
    decode_views,
    encode_evidence_ask,
    encode_look,
    encode_page_ask,
)
from monitor.records import Answer, Incident, PersonCommand, Reception
from monitor.records.journal import Page
from monitor.tiles import Tiles

log = logging.getLogger(__name__)

TICK_S = 0.25
WAITING_MESSAGES = 5_000
NODES_AT_MOST = 32
DIM_EVERY_S = 1.0
SCAN_S = 30.0  # for pictures that are missing
PICTURES_LOOKED_FOR = 100
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
        self._ignored = IgnoredMessages(clock, "neighbours")
        self._topics = PeerTopics(base, "+")
        self._known: dict[str, Neighbour] = {}
        self._made = 0  # tiles that were told
        self._inbox: queue.Queue[Message] = queue.Queue(WAITING_MESSAGES)
        self._stopping = threading.Event()
        self._ticked_at = self._dimmed_at = float("-inf")
        self._acting = Acting(link, base, self._line_of, clock, place_of=lambda p: (owners().get(p, ""), p))
        self._thread = threading.Thread(target=self._run, name="neighbours")
        link.subscribe(f"{self._topics.told}/#", self._take)

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._ignored.counts

    def start(self) -> None:
        """Begin to hear; the history is started."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """End, and join the thread. Idempotent."""
        self._stopping.set()
        self._link.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def act(self, command: PersonCommand) -> Answer:
        """Have the node that has a printer do what a person asks for; raises NotAnswered when it does not answer."""
        owner = self._owners().get(command.printer, "")
        if not owner or owner == self._node:
            return Answer(Reception.REFUSED, NOBODYS)
        return self._acting.act(command)

    def _line_of(self, node: str) -> LineState:
        known = self._known.get(node)
        return known.state if known is not None else LineState(LineKind.UNKNOWN, 0.0)

    def _take(self, message: Message) -> None:
        """Take a message from the network's thread."""
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self._ignored.add("too much at once", message.topic, "it is told or asked for again")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with contextlib.suppress(queue.Empty):
                    self._hear(self._inbox.get(timeout=TICK_S))
                now = self._clock.now()
                if now - self._ticked_at >= TICK_S:
                    self._ticked_at = now
                    for neighbour in list(self._known.values()):
                        self._tick(neighbour, now)
                    self._dim(now)
            except Exception:  # the root of the thread: the other nodes must go on being heard
                log.exception("what another node has told met a fault; going on")

    def _hear(self, message: Message) -> None:
        place = self._topics.parse(message.topic)
        if place is None or place.peer == self._node or message.retain:
            return  # our own, or of before: who lives tells it again
        neighbour = self._neighbour(place.peer, is_alive=place.leaf == "pulse")
        if neighbour is None:
            return
        try:
            self._told(neighbour, place.leaf, place.which, message.payload)
        except NewerPayload as exc:
            neighbour.line.newer(str(exc), self._clock.now())
        except BadPayload as exc:
            self._ignored.add("bad payload", message.topic, str(exc))

    def _neighbour(self, node: str, *, is_alive: bool) -> Neighbour | None:
        """Return a node; one that was never heard begins with its pulse."""
        if node not in self._known and is_alive and len(self._known) < NODES_AT_MOST:
            lookup = partial(self._history.reader.cursor, node)
            self._known = {**self._known, node: Neighbour(node, self._base, lookup, self._clock.now())}
        return self._known.get(node)

    def _told(self, neighbour: Neighbour, leaf: str, which: str, payload: bytes) -> None:
        match leaf:
            case "pulse":
                neighbour.pulse(decode_pulse(payload), self._clock.now())
            case "views":
                for view in decode_views(payload).views:
                    self._show(neighbour, view)
            case "tile":
                self._show_tile(neighbour, which, decode_tile(payload))
            case "page":
                self._write(neighbour, decode_page(payload))
            case "evidence":
                self._keep_picture(neighbour, which, payload)
            case "answer":
                self._acting.answered(neighbour.node, decode_answer(payload))

    def _show(self, neighbour: Neighbour, told: CompactView) -> None:
        """Show a printer as its owner tells it; what a node says of one that it has lost is nothing."""
        if self._owners().get(told.printer) != neighbour.node:
            return
        try:
            before = self._board.view(told.printer)
        except KeyError:
            return  # its cameras.yaml has it, ours not yet, or not any more
        incident = self._incident(told.incident, before.incident)
        seen = view_of(before, told, incident, neighbour.skew_s, before.threshold)
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
        if now - self._dimmed_at < DIM_EVERY_S:
            return
        self._dimmed_at, owners = now, self._owners()
        for view in self._board.snapshot().printers:
            owner = self._known.get(owners.get(view.id, ""))
            if view.is_known and not self._is_ours(view.id) and not (owner is not None and owner.is_connected):
                state = derive_state(Phase.BLIND, None, view.incident, view.muted_until)
                self._board.told(replace(view, state=state, phase=Phase.BLIND, is_known=False), now)

    def _show_tile(self, neighbour: Neighbour, printer: str, tile: PeerTile) -> None:
        if self._owners().get(printer) != neighbour.node:
            return
        shown, taken_at = self._board.tile(printer), tile.taken_at + neighbour.skew_s
        if shown is None or shown.taken_at < taken_at:
            self._made += 1
            self._board.tile_told(printer, Tile(tile.jpeg, self._made, taken_at))

    def _write(self, neighbour: Neighbour, page: Page) -> None:
        """Write a page that was asked for into our own history."""
        if not neighbour.pulling.is_answer(page):
            return  # another node has asked
        try:
            written = self._history.import_page(neighbour.node, page)
        except NewerPayload as exc:
            log.warning("%s tells what a newer version wrote, which waits there: %s", neighbour.node, exc)
            written = False
        if written:
            neighbour.pulling.written(page)
        else:
            neighbour.pulling.refused(self._clock.now())

    def _keep_picture(self, neighbour: Neighbour, incident: str, jpeg: bytes) -> None:
        is_wanted = neighbour.wanted.came(incident, self._clock.now(), is_there=bool(jpeg))
        if is_wanted and jpeg.startswith(b"\xff\xd8") and len(jpeg) <= EVIDENCE_BYTES:
            self._history.import_evidence(incident, jpeg)

    def _tick(self, neighbour: Neighbour, now: float) -> None:
        was_connected = neighbour.is_connected
        neighbour.is_connected = neighbour.tick(now).kind in _HEARD
        if neighbour.is_connected and self._link.connected:
            self._ask(neighbour, now, is_back=not was_connected)

    def _ask(self, neighbour: Neighbour, now: float, *, is_back: bool) -> None:
        topics = neighbour.topics
        if is_back:
            neighbour.pulling.line_is_back()
            self._link.publish(topics.ask_views, b"{}", qos=0)
        try:
            page = neighbour.pulling.next(now, uuid7(now))
            if now - neighbour.scanned_at >= SCAN_S:
                neighbour.wanted.want(self._history.reader.unpictured(neighbour.node, PICTURES_LOOKED_FOR))
                neighbour.scanned_at = now
        except StorageError as exc:
            log.debug("%s", exc)  # the history tells it itself
            return
        if page is not None:
            self._link.publish(topics.ask_page, encode_page_ask(page), qos=0)
        incident = neighbour.wanted.next(now)
        if incident is not None:
            self._link.publish(topics.ask_evidence, encode_evidence_ask(EvidenceAsk(incident)), qos=0)
        theirs = [printer for printer, owner in self._owners().items() if owner == neighbour.node]
        looked_at = [printer for printer in theirs if self._tiles.is_looked_at(printer)]
        if neighbour.looks.next(looked_at, now):
            look = Look(tuple(looked_at), now + LASTS_S, now, self._node)
            self._link.publish(topics.ask_look, encode_look(look), qos=0)
