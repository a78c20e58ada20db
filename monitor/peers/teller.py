"""Tells other monitors what is the case here: pulse, farm, views, tiles."""

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor import __version__
from monitor.board import Board, PrinterView, Tile
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Config, NoControl, Site
from monitor.decode import TILE_WIDTH, shrunk
from monitor.errors import BadFrame, StorageError
from monitor.peers import showing
from monitor.peers.budget import URGENT, Turns, Urgency, Wanted
from monitor.peers.line import PULSE_EVERY_S
from monitor.peers.records import PROBLEM_LENGTH, PROBLEMS, Farm, FarmPrinter, FarmRoom, FarmSite, PeerTile, Pulse
from monitor.peers.uplink import Uplink
from monitor.peers.watched import Watched
from monitor.peers.wire import TILE_BYTES, PeerTopics, encode_farm, encode_pulse, encode_tile
from monitor.records.journal import Cursor
from monitor.records.load import LoadState

log = logging.getLogger(__name__)

TICK_S = 0.25
HEAD_EVERY_S = 0.5  # how often the history is asked whether it has moved
FARM_EVERY_S = 10.0  # told again at the most, however often it is asked for


class HasNewest(Protocol):
    """A history that says how far it has come."""

    def newest(self) -> Cursor:
        """Return its identity and its newest number; raises StorageError."""


class HasTiles(Protocol):
    """Who has small pictures."""

    def tile(self, printer: str) -> Tile | None:
        """Return the newest one of a printer."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the monitor itself is."""

    load: LoadState = LoadState.NORMAL
    problems: Sequence[str] = ()


def farm_of(peer: str, config: Config, views: Sequence[PrinterView], epochs: Mapping[str, int]) -> Farm:
    """Return what a peer watches; ``epochs``: of the printers that it owns in a cluster."""
    sites = tuple(FarmSite(site.id, site.name, _rooms(site)) for site in config.sites)
    controlled = {printer.id for printer in config.printers if not isinstance(printer.control, NoControl)}
    printers = tuple(
        FarmPrinter(
            view.id,
            view.name,
            view.site,
            view.room,
            view.threshold,
            view.on_failure,
            epochs.get(view.id, 0),
            view.id in controlled,
        )
        for view in views
    )
    farm = Farm(peer, "", sites, printers)
    return replace(farm, digest=hashlib.sha256(encode_farm(farm)).hexdigest()[:16])


def _rooms(site: Site) -> tuple[FarmRoom, ...]:
    return tuple(FarmRoom(room.id, room.name) for room in site.rooms)


class Teller:
    """One thread calls :meth:`tick` again and again; :meth:`ask_all` and :meth:`connected` come from any."""

    def __init__(
        self,
        peer: str,
        instance: str,
        topics: PeerTopics,
        uplink: Uplink,
        board: Board,
        config: LiveConfig,
        history: HasNewest,
        tiles: HasTiles,
        watched: Watched,
        condition: Callable[[], Condition],
        clock: Clock,
        owned: Callable[[], Mapping[str, int] | None] = lambda: None,
    ) -> None:
        """``instance`` tells this process from others of the same name.

        ``owned``: in a cluster the printers that this node owns, with their epochs: it tells of those and no others.
        """
        self._peer, self._instance, self._topics, self._uplink = peer, instance, topics, uplink
        self._board, self._config, self._history, self._tiles = board, config, history, tiles
        self._watched, self._condition, self._clock, self._owned = watched, condition, clock, owned
        self._showing, self._turns = showing.Showing(), Turns()
        self._asked, self._farm_wanted = threading.Event(), threading.Event()
        self._newest, self._head_at = Cursor(), float("-inf")
        self._pulsed, self._pulsed_at = Cursor(), float("-inf")
        self._digest, self._farm_at = "", float("-inf")
        self._views_at = float("-inf")
        self._tile_of: dict[str, float] = {}  # when the tile was taken that was sent last

    def ask_all(self) -> None:
        """Tell all views and the farm soon: somebody has lost what it knew. From any thread."""
        self._asked.set()
        self._farm_wanted.set()

    def connected(self) -> None:
        """Tell everything anew: the broker may have forgotten it. From any thread."""
        self._farm_at = float("-inf")
        self.ask_all()

    def tick(self) -> None:
        """Tell what is due; called every ``TICK_S``."""
        if not self._uplink.connected:
            return
        now, owned = self._clock.now(), self._owned()
        self._uplink.share(self._watched.kbit_per_s(now))
        views = [view for view in self._board.snapshot().printers if owned is None or view.id in owned]
        if now - self._views_at >= showing.NEWS_EVERY_S:
            self._views_at = now
            self._tell_farm(views, owned or {}, now)
            self._tell_views(views, now)
        self._tell_pulse(len(views), now)
        self._tell_tiles(views, now)

    def _tell_farm(self, views: Sequence[PrinterView], epochs: Mapping[str, int], now: float) -> None:
        farm = farm_of(self._peer, self._config.current, views, epochs)
        is_asked = self._farm_wanted.is_set() and now - self._farm_at >= FARM_EVERY_S
        if farm.digest == self._digest and not is_asked:
            return
        self._farm_wanted.clear()
        if self._uplink.send("farm", self._topics.farm, encode_farm(farm), qos=1, retain=True):
            self._digest, self._farm_at = farm.digest, now

    def _tell_views(self, views: Sequence[PrinterView], now: float) -> None:
        if self._asked.is_set():
            self._asked.clear()
            self._showing.ask()
        is_full, news = self._showing.news(views, now)
        for payload in showing.messages(news, is_full, now, self._instance) if news else ():
            self._uplink.send("views", self._topics.views, payload)

    def _tell_pulse(self, printers: int, now: float) -> None:
        if now - self._head_at >= HEAD_EVERY_S:
            self._head_at = now
            try:
                self._newest = self._history.newest()
            except StorageError as exc:
                log.debug("the journal's number is not known: %s", exc)  # the history's own problem tells it
        if now - self._pulsed_at < PULSE_EVERY_S and self._newest == self._pulsed:
            return
        self._pulsed, self._pulsed_at = self._newest, now
        condition = self._condition()
        pulse = Pulse(
            peer=self._peer,
            instance=self._instance,
            at=now,
            history=self._newest.history,
            head=self._newest.seq,
            software=__version__,
            printers=printers,
            load=condition.load,
            problems=tuple(problem[:PROBLEM_LENGTH] for problem in condition.problems[:PROBLEMS]),
            digest=self._digest,
        )
        self._uplink.send("pulse", self._topics.pulse, encode_pulse(pulse))

    def _tell_tiles(self, views: Sequence[PrinterView], now: float) -> None:
        watched = self._watched.printers(now)
        self._tile_of = {view.id: at for view in views if (at := self._tile_of.get(view.id)) is not None}
        wanted = {
            view.id: Wanted(URGENT.get(view.state, Urgency.CALM), view.id in watched)
            for view in views
            if (view.id in watched or view.state in URGENT) and self._has_news(view)
        }
        while wanted and self._uplink.wait_s() == 0.0:
            printer = self._turns.next(wanted, now)
            if printer is None:
                return
            self._send_tile(printer)

    def _has_news(self, view: PrinterView) -> bool:
        return view.frame_taken_at is not None and view.frame_taken_at != self._tile_of.get(view.id)

    def _send_tile(self, printer: str) -> None:
        tile = self._tiles.tile(printer)
        if tile is None or self._tile_of.get(printer) == tile.taken_at:
            return
        self._tile_of[printer] = tile.taken_at
        try:
            jpeg = shrunk(tile.jpeg, TILE_WIDTH, TILE_BYTES)
        except BadFrame as exc:
            log.warning("%s: no tile for other monitors: %s", printer, exc)
            return
        self._uplink.send("tile", self._topics.tile(printer), encode_tile(PeerTile(tile.taken_at, jpeg)))
