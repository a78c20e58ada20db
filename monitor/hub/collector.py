"""Hears the sites, asks them for what must not be lost, and has it written and shown. On the ear's thread."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from monitor.clock import Clock
from monitor.config.hub_file import HubFile
from monitor.errors import BadPayload
from monitor.hearing.acting import Acting
from monitor.hearing.ear import Ear
from monitor.hearing.heard import HeardPeer
from monitor.history import History
from monitor.hub.desk import Desk
from monitor.hub.names import at_hub, at_site, peer_of
from monitor.hub.shares import Shares
from monitor.hub.showing import Showing
from monitor.mqtt import Link, Message
from monitor.peers.line import LineKind, LineState
from monitor.peers.records import Farm
from monitor.peers.wire import (
    PeerTopic,
    decode_answer,
    decode_farm,
    decode_page,
    decode_pulse,
    decode_tile,
    decode_views,
)
from monitor.records.journal import JournalKind, Page
from monitor.tiles import Tiles
from monitor.wall.region import SiteLine
from monitor.wire import decode_incident

log = logging.getLogger(__name__)

ASK_LOST_EVERY_S = 2.0
ASK_ALL_EVERY_S = 15.0  # while the farm that is known is not the one that the site has


class Collector:
    """Hears the region. ``lines``, ``line_of`` and ``site_of`` may be called from any thread."""

    def __init__(
        self, hub: HubFile, link: Link, history: History, showing: Showing, tiles: Tiles, clock: Clock
    ) -> None:
        """``link`` is not started yet."""
        self._link, self._showing, self._tiles, self._clock = link, showing, tiles, clock
        base, now = hub.mqtt.base, clock.now()
        self.acting = Acting(link, base, self.line_of, lambda printer: (peer_of(printer), at_site(printer)), clock)
        self._desks = {site.peer: Desk(site, base, link, history, now) for site in hub.sites}
        self._kinds = dict.fromkeys(self._desks, LineKind.UNKNOWN)
        self._lines: tuple[SiteLine, ...] = tuple(desk.shown(now) for desk in self._desks.values())
        self._shares = Shares(hub.line.kbit_per_s) if hub.line is not None else None
        self._ear = Ear("hub", base, link, self, clock)
        self._ignored = self._ear.ignored
        self.start, self.stop, self.turns = self._ear.start, self._ear.stop, self._ear.turns

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
        self.tick(self._clock.now())

    def whose(self, place: PeerTopic, message: Message) -> HeardPeer | None:
        """Return the site that speaks, if hub.yaml has it."""
        desk = self._desks.get(place.peer)
        if desk is None:
            self._ignored.add("unknown peer", message.topic, "write it below sites: in the hub's file, as - peer:")
        elif message.retain and place.leaf != "farm":
            self._ignored.add("retained", message.topic, "only a farm is told to whoever comes later")
        else:
            return desk.heard
        return None

    def told(self, peer: HeardPeer, place: PeerTopic, payload: bytes) -> None:
        """Take in what a site tells; raises BadPayload."""
        desk, now = self._desks[place.peer], self._clock.now()
        match place.leaf:
            case "pulse":
                peer.pulse(decode_pulse(payload), now)
            case "farm":
                self._showing.farm(desk, decode_farm(payload))
            case "views":
                views = decode_views(payload)
                peer.line.told(views.instance, views.at, now)
                for view in views.views:
                    self._showing.view(desk, view)
            case "tile":
                self._showing.tile(desk, place.which, decode_tile(payload))
            case "page":
                self._page(desk, decode_page(payload), now)
            case "evidence":
                if not peer.picture(place.which, payload, now):
                    self._ignored.add("unasked picture", peer.topics.evidence(place.which), "nobody waits for it")
            case "answer":
                self.acting.answered(desk.peer, decode_answer(payload))

    def _page(self, desk: Desk, page: Page, now: float) -> None:
        """Write a page that was asked for; how open incidents are is shown also while nothing can be written."""
        if not desk.heard.pulling.is_answer(page):
            self._ignored.add("unasked page", desk.heard.topics.page, f"{page.id}: nobody waits for it")
            return
        desk.heard.write(page, now)
        self._show_incidents(desk, page, now)

    def _show_incidents(self, desk: Desk, page: Page, now: float) -> None:
        """Put how incidents are on the board; where the views say otherwise, one was lost on the way: ask for them."""
        agree = True
        for row in page.rows:
            if row.kind is JournalKind.INCIDENT:
                try:
                    agree &= self._showing.incident(desk, decode_incident(row.body.encode()))
                except BadPayload:
                    continue  # told by whoever imports
        if not agree and now - desk.heard.asked_all_at >= ASK_LOST_EVERY_S:
            desk.heard.ask_all(now)

    def tick(self, now: float) -> None:
        """Say how the lines are, and ask whoever is heard."""
        lines = []
        shares = self._shared_out(now)
        for desk in self._desks.values():
            shown = desk.shown(now)
            lines.append(shown)
            former, self._kinds[desk.peer] = self._kinds[desk.peer], shown.line.kind
            if shown.line.kind is not former:
                log.info("%s: %s%s", desk.peer, shown.line.kind, f" ({shown.line.detail})" if shown.line.detail else "")
            if shown.line.kind is LineKind.CONNECTED and self._link.connected:
                self._ask(desk, now, shares.get(desk.peer), is_back=former is not LineKind.CONNECTED)
        self._lines = tuple(lines)

    def _shared_out(self, now: float) -> Mapping[str, float]:
        """Return the share of our line of each site that is heard, where hub.yaml says what the line carries."""
        if self._shares is None:
            return {}
        heard = [desk for desk in self._desks.values() if self._kinds[desk.peer] is LineKind.CONNECTED]
        busy = [desk.peer for desk in heard if desk.is_busy(now) or self._looked_at(desk)]
        return self._shares.of([desk.peer for desk in heard], busy, now)

    def _looked_at(self, desk: Desk) -> Sequence[str]:
        return [name for name in desk.thresholds if self._tiles.is_looked_at(at_hub(desk.peer, name))]

    def _ask(self, desk: Desk, now: float, share: float | None, *, is_back: bool) -> None:
        """Ask a site for what is due; with a line that is shared, for one picture of all sites at a time."""
        if is_back:
            desk.heard.is_back(now)
        elif desk.lacks_farm() and now - desk.heard.asked_all_at >= ASK_ALL_EVERY_S:
            desk.heard.ask_all(now)
        others = [one.heard.wanted for one in self._desks.values()] if share is not None else []
        pictures = not any(wanted.is_under_way(now) for wanted in others)
        desk.heard.ask(self._looked_at(desk), now, share, pictures=pictures)
