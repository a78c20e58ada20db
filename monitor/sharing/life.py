"""All that living in a cluster takes, put together for one monitor."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Protocol

from monitor.board import Board
from monitor.clock import Clock
from monitor.cluster.joining import digest_of
from monitor.cluster.records import Ownership
from monitor.config.change import Change
from monitor.fleet import Look
from monitor.following import Rooms
from monitor.history import History
from monitor.mqtt import Endpoint, Link
from monitor.neighbours import Neighbours
from monitor.peers.wire import PeerTopics
from monitor.periodic import Periodic
from monitor.publisher import Publisher
from monitor.service.turns import Loop, Turns
from monitor.sharing.elsewhere import EVERY_S, Elsewhere
from monitor.sharing.hearing import Hearing
from monitor.sharing.moving import Moving
from monitor.sharing.sharing import Sharing
from monitor.sharing.voice import Voice
from monitor.tiles import Tiles

FORGOTTEN_S = 2.0  # for the broker to hear that it may forget a printer
LOOK_S = 0.05


class Member(Ownership, Protocol):
    """Our place in the cluster: the :class:`monitor.cluster.keeper.Keeper`."""

    @property
    def turns(self) -> Turns:
        """The loop that keeps our lease."""

    @property
    def is_certain(self) -> bool:
        """Whether what we own is ours at this moment."""

    def start(self, silence: Callable[[], float], why: Callable[[], str]) -> None:
        """Come into the cluster; raises NodeNameTaken.

        ``silence``: seconds since the broker was heard; ``why``: what is the matter when that is long ago.
        """

    def stop(self) -> None:
        """Hand over what is ours, and leave. Idempotent."""

    def follow(self, printers: Collection[str], digest: str) -> None:
        """Take in the list of printers; ``digest`` is the same where the list is."""


class Life:
    """Begins last and ends first of all rooms: what is ours must find everything at work."""

    def __init__(self, member: Member, clock: Clock) -> None:
        """Nothing is started yet."""
        self.sharing = Sharing(member, clock)
        self._member, self._clock = member, clock
        self._publisher: Publisher | None = None
        self._rooms: Rooms | None = None
        self._voice: Voice | None = None
        self._moving: Moving | None = None
        self._neighbours: Neighbours | None = None
        self._elsewhere: Periodic | None = None

    @property
    def node(self) -> str:
        """Our node's name."""
        return self._member.node

    @property
    def loops(self) -> Iterator[Loop]:
        """Those without which no printer is ours."""
        yield self._member.turns

    @property
    def problem(self) -> str:
        """Why printers are not watched or not paused from here, with the remedy; empty when all is well."""
        return self.sharing.problem or (self._moving.problem if self._moving else "")

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing is certain to be ours: nothing is paused from here."""
        return bool(self.problem) and not self._member.is_certain

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason: of an old epoch, or not to be read."""
        return sum((one.ignored for one in (self._voice, self._neighbours) if one is not None), Counter[str]())

    def listen(self, links: Mapping[str, Link], base: str, publisher: Publisher) -> None:
        """Hear who speaks of printers that are ours; the links are not started yet."""
        self._publisher = publisher
        self._voice = Voice(links, base, self.sharing, publisher, self._clock)

    def start(self, rooms: Rooms, history: History, tiles: Tiles, endpoint: Endpoint) -> None:
        """Come into the cluster, and take up what is ours. Raises NodeNameTaken."""
        self._rooms = rooms
        timeout_s, inbound = rooms.config.current.messaging.pause_timeout_s, rooms.inbound
        hearing = Hearing(self._clock, lambda: rooms.sites.connected, lambda: inbound.agents_ahead_s, timeout_s)
        self._meet(rooms, history, tiles, endpoint, hearing)
        self._moving = Moving(self._member, self.sharing, rooms, history)
        self.sharing.shelf.start(partial(_evidence_s, rooms.board), rooms.publisher.go_on)
        self._elsewhere = self._overhear(rooms)
        self._elsewhere.start()
        self._moving.start()
        self._member.start(hearing.silence_s, hearing.why)

    def _meet(self, rooms: Rooms, history: History, tiles: Tiles, endpoint: Endpoint, hearing: Hearing) -> None:
        """Hear what other nodes tell of theirs, and ask them for what people want there."""
        mqtt = rooms.config.current.messaging
        link = Link(endpoint, f"{mqtt.client_id}-neighbours")
        link.subscribe(PeerTopics(mqtt.base, "+").pulse, lambda _: hearing.heard())
        self._neighbours = Neighbours(
            self.node,
            mqtt.base,
            link,
            rooms.board,
            tiles,
            history,
            self._member.owners,
            self.sharing.is_ours,
            self._clock,
        )
        self._neighbours.start()
        self.sharing.meet(self._neighbours.act)

    def _overhear(self, rooms: Rooms) -> Periodic:
        """Return what lets our fleet guard know how printers look that others watch."""

        def tell(looks: Mapping[str, Look]) -> None:
            now = self._clock.now()
            rooms.pipeline.with_guard(lambda guard: guard.overhear(looks, now))

        elsewhere = Elsewhere(rooms.board, rooms.config, self._member.owners, self.sharing.is_ours, tell)
        return Periodic("elsewhere", elsewhere.tick, EVERY_S, self._clock)

    def stop(self) -> None:
        """Hand over what is ours, in order. Idempotent."""
        if self._elsewhere is not None:
            self._elsewhere.stop()
        if self._neighbours is not None:
            self._neighbours.stop()
        self._member.stop()
        if self._moving is not None:
            self._moving.stop()
        self.sharing.stop()
        if self._voice is not None:
            self._voice.stop()

    def following(self, apply: Callable[[Change], None]) -> Callable[[Change], None]:
        """Return what applies a change of cameras.yaml, and shares the printers of the new one afterwards: what is
        removed is ours until the broker was told to forget it."""

        def applied(change: Change) -> None:
            apply(change)
            if self._rooms is not None and self._voice is not None:
                for site in change.new_sites:
                    self._voice.listen_to(site.id, self._rooms.sites.links[site.id])
            for printer in change.removed:
                if self.sharing.is_ours(printer.id):
                    self.sharing.shelf.wait(printer.id, FORGOTTEN_S)
            if self._publisher is not None and change.removed:
                self._wait_for({printer.site for printer in change.removed})
            self._member.follow([printer.id for printer in change.now.printers], digest_of(change.now))

        return applied

    def _wait_for(self, sites: Collection[str]) -> None:
        until = self._clock.now() + FORGOTTEN_S
        while self._publisher is not None and self._clock.now() < until:
            if not any(self._publisher.waits_for(site) for site in sites):
                break
            self._clock.wait(threading.Event(), LOOK_S)


def _evidence_s(board: Board, printer: str) -> float:
    """Return what speaks for a failure of a printer; nothing does where cameras.yaml has it no more."""
    try:
        return board.view(printer).evidence_s
    except KeyError:
        return 0.0
