"""The one thread of the hub: hears the sites, asks them for what must not be lost, and writes it down.

What is pushed is replaceable, so a queue that is full loses nothing for good. What is pulled is asked for again until
it is in our history: :mod:`monitor.hub.pulling`.
"""

import contextlib
import logging
import queue
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from monitor.clock import Clock
from monitor.config.hub_file import HubFile
from monitor.errors import BadPayload, NewerPayload, StorageError
from monitor.history import History
from monitor.hub.acting import Acting
from monitor.hub.desk import Desk
from monitor.hub.looking import LASTS_S
from monitor.hub.names import at_hub, at_site, peer_of
from monitor.hub.showing import Showing
from monitor.hub.views import renamed
from monitor.ids import uuid7
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Link, Message
from monitor.peers.line import LineKind, LineState
from monitor.peers.records import EvidenceAsk, Farm, Look, Pulse
from monitor.peers.wire import (
    EVIDENCE_BYTES,
    PeerTopics,
    decode_answer,
    decode_farm,
    decode_page,
    decode_pulse,
    decode_tile,
    decode_views,
    encode_evidence_ask,
    encode_look,
    encode_page_ask,
)
from monitor.records.journal import JournalKind, JournalRow, Page
from monitor.tiles import Tiles
from monitor.wall.region import SiteLine
from monitor.wire import decode_incident

log = logging.getLogger(__name__)

TICK_S = 0.25
WAITING_MESSAGES = 5_000
SCAN_S = 600.0  # for pictures that are missing; also whenever incidents have come
PICTURES_LOOKED_FOR = 500
ASK_LOST_EVERY_S = 2.0
ASK_ALL_EVERY_S = 15.0  # while the farm that is known is not the one that the site has
EMPTY = b"{}"


class Collector:
    """Hears the region. ``lines``, ``line_of`` and ``site_of`` may be called from any thread."""

    def __init__(
        self, hub: HubFile, link: Link, history: History, showing: Showing, tiles: Tiles, clock: Clock
    ) -> None:
        """``link`` is not started yet."""
        self._link, self._history, self._showing = link, history, showing
        self._tiles, self._clock = tiles, clock
        self.acting = Acting(link, hub.mqtt.base, self.line_of, clock)
        self._ignored = IgnoredMessages(clock, "hub")
        now, base = clock.now(), hub.mqtt.base
        self._desks = {
            site.peer: Desk(site, base, partial(history.reader.cursor, site.peer), now) for site in hub.sites
        }
        self._kinds = dict.fromkeys(self._desks, LineKind.UNKNOWN)
        self._lines: tuple[SiteLine, ...] = tuple(desk.shown(now) for desk in self._desks.values())
        self._topics = PeerTopics(base, "+")
        self._inbox: queue.Queue[Message] = queue.Queue(WAITING_MESSAGES)
        self._stopping = threading.Event()
        self._ticked_at = float("-inf")
        self._thread = threading.Thread(target=self._run, name="hub-collector")
        link.subscribe(f"{self._topics.told}/#", self._take)

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._ignored.counts

    def lines(self) -> Sequence[SiteLine]:
        """Return the sites and their lines, as they were a moment ago."""
        return self._lines

    def site_of(self, printer: str) -> SiteLine | None:
        """Return the site that tells of a printer."""
        return next((line for line in self._lines if line.peer == peer_of(printer)), None)

    def line_of(self, peer: str) -> LineState:
        """Return how the line to a peer is."""
        return next((line.line for line in self._lines if line.peer == peer), LineState(LineKind.UNKNOWN, 0.0))

    def remember(self, farms: Mapping[str, Farm]) -> None:
        """Show the printers that sites had when the hub ended; call it before :meth:`start`."""
        for peer, farm in farms.items():
            if peer in self._desks:
                try:
                    self._showing.farm(self._desks[peer], farm)
                except BadPayload as exc:
                    log.warning("%s: %s", peer, exc)
        self._tick(self._clock.now())

    def start(self) -> None:
        """Begin; the history is started."""
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
            self._ignored.add("too much at once", message.topic, "it is told or asked for again")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with contextlib.suppress(queue.Empty):
                    self._hear(self._inbox.get(timeout=TICK_S))
                now = self._clock.now()
                if now - self._ticked_at >= TICK_S:
                    self._ticked_at = now
                    self._tick(now)
            except Exception:  # the root of the thread: the other sites must go on being heard
                log.exception("the hub met a fault; it goes on")

    def _hear(self, message: Message) -> None:
        place = self._topics.parse(message.topic)
        desk = self._desks.get(place.peer) if place is not None else None
        if place is None:
            self._ignored.add("not of the contract", message.topic, "no such topic")
        elif desk is None:
            self._ignored.add("unknown peer", message.topic, "write it below sites: in the hub's file, as - peer:")
        elif message.retain and place.leaf != "farm":
            self._ignored.add("retained", message.topic, "only a farm is told to whoever comes later")
        else:
            try:
                self._told(desk, place.leaf, place.which, message.payload)
            except NewerPayload as exc:
                desk.line.newer(str(exc), self._clock.now())
            except BadPayload as exc:
                self._ignored.add("bad payload", message.topic, str(exc))

    def _told(self, desk: Desk, leaf: str, which: str, payload: bytes) -> None:
        match leaf:
            case "pulse":
                self._pulse(desk, decode_pulse(payload))
            case "farm":
                self._showing.farm(desk, decode_farm(payload))
            case "views":
                for view in decode_views(payload).views:
                    self._showing.view(desk, view)
            case "tile":
                self._showing.tile(desk, which, decode_tile(payload))
            case "page":
                self._page(desk, decode_page(payload))
            case "evidence":
                self._evidence(desk, which, payload)
            case "answer":
                self.acting.answered(desk.peer, decode_answer(payload))

    def _pulse(self, desk: Desk, pulse: Pulse) -> None:
        if pulse.peer != desk.peer:
            raise BadPayload(f"pulse payload: it is of {pulse.peer!r}")
        desk.pulse(pulse, self._clock.now())

    def _page(self, desk: Desk, page: Page) -> None:
        """Write a page that was asked for; how open incidents are is shown also while nothing can be written."""
        if not desk.pulling.is_answer(page):
            self._ignored.add("unasked page", desk.topics.page, f"{page.id}: nobody waits for it")
            return
        incidents = [row for row in page.rows if row.kind is JournalKind.INCIDENT]
        try:
            written = self._history.import_page(desk.peer, page, partial(at_hub, desk.peer))
        except NewerPayload as exc:
            desk.history_trouble = f"its history has entries of a newer version, which wait there: {exc}"
            written = False
        else:
            desk.history_trouble = "" if written else desk.history_trouble
        self._show_incidents(desk, incidents)
        if written:
            desk.pulling.written(page)
            self._ask_page(desk, self._clock.now())
            desk.scanned_at = float("-inf") if incidents else desk.scanned_at
        else:
            desk.pulling.refused(self._clock.now())

    def _show_incidents(self, desk: Desk, rows: Sequence[JournalRow]) -> None:
        """Put how incidents are on the board; where the views say otherwise, one was lost on the way: ask for them."""
        agree = True
        for row in rows:
            try:
                agree &= self._showing.incident(desk, renamed(desk.peer, decode_incident(row.body.encode())))
            except BadPayload:
                continue  # told by whoever imports
        now = self._clock.now()
        if not agree and now - desk.asked_all_at >= ASK_LOST_EVERY_S:
            self._ask_all(desk, now)

    def _ask_all(self, desk: Desk, now: float) -> None:
        desk.asked_all_at = now
        self._link.publish(desk.topics.ask_views, EMPTY, qos=0)

    def _ask_page(self, desk: Desk, now: float) -> None:
        """Ask for the next page, if there is one and none is under way; raises StorageError."""
        page = desk.pulling.next(now, uuid7(now))
        if page is not None:
            self._link.publish(desk.topics.ask_page, encode_page_ask(page), qos=0)

    def _evidence(self, desk: Desk, incident: str, jpeg: bytes) -> None:
        if len(jpeg) > EVIDENCE_BYTES or (jpeg and not jpeg.startswith(b"\xff\xd8")):
            raise BadPayload(f"evidence payload: {len(jpeg)} bytes, a JPEG of at most {EVIDENCE_BYTES} is expected")
        if not desk.wanted.came(incident, self._clock.now(), is_there=bool(jpeg)):
            self._ignored.add("unasked picture", desk.topics.evidence(incident), "nobody waits for it")
        elif jpeg:
            self._history.import_evidence(incident, jpeg)

    def _tick(self, now: float) -> None:
        lines = []
        for desk in self._desks.values():
            shown = desk.shown(now)
            lines.append(shown)
            former, self._kinds[desk.peer] = self._kinds[desk.peer], shown.line.kind
            if shown.line.kind is not former:
                log.info("%s: %s%s", desk.peer, shown.line.kind, f" ({shown.line.detail})" if shown.line.detail else "")
            if shown.line.kind is LineKind.CONNECTED and self._link.connected:
                self._ask(desk, now, is_back=former is not LineKind.CONNECTED)
        self._lines = tuple(lines)

    def _ask(self, desk: Desk, now: float, *, is_back: bool) -> None:
        if is_back:
            desk.pulling.line_is_back()
        if is_back or (desk.lacks_farm() and now - desk.asked_all_at >= ASK_ALL_EVERY_S):
            self._ask_all(desk, now)
        try:
            self._ask_page(desk, now)
            if now - desk.scanned_at >= SCAN_S:
                desk.wanted.want(self._history.reader.unpictured(desk.peer, PICTURES_LOOKED_FOR))
                desk.scanned_at = now
        except StorageError as exc:
            log.debug("%s", exc)  # the history tells it itself
            return
        incident = desk.wanted.next(now)
        if incident is not None:
            self._link.publish(desk.topics.ask_evidence, encode_evidence_ask(EvidenceAsk(incident)), qos=0)
        looked_at = [printer for printer in desk.printers if self._tiles.is_looked_at(printer)]
        if desk.looks.next(looked_at, now):
            look = Look(tuple(map(at_site, looked_at)), now + LASTS_S, now, "hub")
            self._link.publish(desk.topics.ask_look, encode_look(look), qos=0)
