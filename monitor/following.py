"""Carries a change of cameras.yaml to all rooms, in the order in which each can keep its promises.

What goes leaves from the front (camera, pipeline, board) to the back (incidents, broker), so that nothing speaks of it
after it was cleared; what comes is known at the back before its first picture arrives.
"""

import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field

from monitor.agent import Agent
from monitor.announcer import Announcer
from monitor.board import Board
from monitor.capture.readers import Readers
from monitor.capture.slot import LatestFrame
from monitor.clock import Clock
from monitor.config.change import Aspect, Change
from monitor.config.live import LiveConfig
from monitor.config.model import Config
from monitor.fleet import groups_of, settings_of
from monitor.homeassistant import HomeAssistantPublisher
from monitor.inbound import Inbound
from monitor.incidents import Incidents
from monitor.inspectors import Inspectors
from monitor.owning import Alone, Owning
from monitor.people import Office
from monitor.pipeline.loop import Pipeline
from monitor.pipeline.watch import Watch
from monitor.publisher import Publisher
from monitor.records import Standing
from monitor.sim.farm import SimulatedFarm
from monitor.site_links import SiteLinks

SETTLED_S = 10.0


@dataclass(frozen=True, slots=True)
class Rooms:
    """All that follows. Home, agent and simulation are None where there is nothing for them to do."""

    config: LiveConfig
    clock: Clock
    inspectors: Inspectors
    board: Board
    pipeline: Pipeline
    slots: MutableMapping[str, LatestFrame]
    readers: Readers
    incidents: Incidents
    stand: Callable[[Standing], None]
    site_of: MutableMapping[str, str]  # each printer's
    sites: SiteLinks
    publisher: Publisher
    inbound: Inbound
    announcer: Announcer
    people: Office
    home: HomeAssistantPublisher | None
    agent: Callable[[Config], Agent | None]
    simulation: Callable[[Config], SimulatedFarm | None]
    owning: Owning = field(default_factory=Alone)
    changing: threading.RLock = field(default_factory=threading.RLock)  # held by who has printers come or go


class Following:
    """Applies changes, one at a time."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def apply(self, change: Change) -> None:
        """Make a change true. What of it concerns other printers is not touched."""
        with self._rooms.changing:
            self._apply(change)

    def _apply(self, change: Change) -> None:
        rooms = self._rooms
        rooms.config.replace(change.now)
        for site in change.new_sites:
            rooms.sites.open(site.id, rooms.publisher, rooms.inbound)
        self._end_service(change)
        self._stop_cameras(change)
        self._take_away(change)
        rooms.people.follow(change.now)
        self._set_up(change)
        if rooms.home is not None:
            rooms.home.follow(change.now)
        agent = rooms.agent(change.now)
        if agent is not None:
            agent.follow(change.now, here(change.now))
        for site in change.old_sites:
            rooms.sites.close(site.id, rooms.publisher, self._wait)

    def _end_service(self, change: Change) -> None:
        """Let the agent say its last word of what goes while there still is somebody to hear it."""
        agent = self._rooms.agent(change.before)
        if agent is not None and change.removed:
            stays = tuple(printer for printer in change.before.printers if printer not in change.removed)
            agent.follow(change.before.model_copy(update={"printers": stays}), here(change.before))

    def _stop_cameras(self, change: Change) -> None:
        rooms = self._rooms
        exchanged = self._exchanged(change)
        rooms.readers.remove([*(printer.id for printer in change.removed), *exchanged])

    def _take_away(self, change: Change) -> None:
        rooms, gone = self._rooms, [printer.id for printer in change.removed]
        removed = [printer for printer in change.removed if rooms.owning.is_ours(printer.id)]
        for printer in removed:
            rooms.pipeline.remove(printer.id)
            rooms.slots.pop(printer.id, None)
        for printer in change.removed:
            rooms.site_of.pop(printer.id, None)
        rooms.pipeline.settle(SETTLED_S)
        rooms.inspectors.follow(change)
        rooms.site_of.update({printer.id: printer.site for printer in change.added})
        rooms.board.follow(change.now, gone, rooms.clock.now())
        rooms.announcer.forget(gone)
        for printer in removed:
            rooms.publisher.forget(printer.site, printer.id)
            rooms.incidents.removed(printer.site, printer.id, rooms.clock.now())

    def _set_up(self, change: Change) -> None:
        rooms, now = self._rooms, self._rooms.clock.now()
        self._simulate(change)
        for one in change.altered:
            if rooms.owning.is_ours(one.now.id):
                rooms.pipeline.follow(one.now, sees_anew=one.sees_anew)
        added = [printer for printer in change.added if rooms.owning.is_ours(printer.id)]
        for printer in added:
            slot = rooms.slots[printer.id] = LatestFrame()
            watch = Watch(printer, rooms.inspectors.threshold, now, rooms.inspectors.healthy)
            rooms.pipeline.add(watch, slot)
            rooms.stand(rooms.incidents.standing(printer.id))
        groups = groups_of(change.now) if change.now.fleet.guard else ()
        settings = settings_of(change.now.fleet)
        rooms.pipeline.with_guard(lambda guard: guard.regroup(groups, settings))
        rooms.readers.add([*(printer.id for printer in added), *self._exchanged(change)])

    def _exchanged(self, change: Change) -> list[str]:
        """Return the printers of ours whose camera is another one now."""
        exchanged = [one.now.id for one in change.altered if Aspect.CAMERA in one.aspects]
        return [printer for printer in exchanged if self._rooms.owning.is_ours(printer)]

    def _simulate(self, change: Change) -> None:
        """Let simulated printers come and go; a camera or a control that is exchanged begins anew."""
        farm = self._rooms.simulation(change.now)
        if farm is None:
            return
        exchanged = [one for one in change.altered if one.aspects & {Aspect.CAMERA, Aspect.CONTROL}]
        for printer in (*change.removed, *(one.before for one in exchanged)):
            farm.remove(printer.id)
        for printer in (*change.added, *(one.now for one in exchanged)):
            farm.add(printer)

    def _wait(self, seconds: float) -> None:
        self._rooms.clock.wait(threading.Event(), seconds)


def here(config: Config) -> set[str]:
    """Return the sites whose printers are paused from here."""
    return {site.id for site in config.sites if site.agent == "here"}
