"""A hub that runs over a real broker, and what its sites write."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.config.hub_file import HubFile, HubSite
from monitor.config.model import Mqtt, Storage
from monitor.config.wall import Wall
from monitor.hub.hub import Hub
from monitor.ids import uuid7
from monitor.peers.line import LineKind
from monitor.records import Action, Event, EventKind, FailureClass, Incident, IncidentStatus
from monitor.wall.region import SiteLine
from tests.hub.told_site import ToldSite
from tests.support import wait_until


@dataclass
class Region:
    """A hub that runs, and the means to add sites."""

    hub: Hub
    add: Callable[..., ToldSite]

    def line(self, peer: str = "amiens") -> SiteLine:
        """Return how the line to a site is."""
        return next(line for line in self.hub.collector.lines() if line.peer == peer)

    def is_in(self, kind: LineKind, peer: str = "amiens") -> bool:
        """Wait until a line is in a state."""
        return wait_until(lambda: self.line(peer).line.kind is kind)


def hub_file(port: int, folder: Path, *peers: str) -> HubFile:
    """Return a hub's file for these peers."""
    return HubFile(
        mqtt=Mqtt(host="127.0.0.1", port=port),
        storage=Storage(path=str(folder / "hub.db")),
        wall=Wall(port=0, access="open"),
        sites=tuple(HubSite(peer=peer) for peer in peers),
    )


def an_incident(site: ToldSite, status: IncidentStatus = IncidentStatus.PAUSED, printer: str = "p01") -> Incident:
    """Return an incident of a site."""
    now = site.now()
    return Incident(
        uuid7(now), site.peer, printer, now, FailureClass.SPAGHETTI, 0.9, (), "ab" * 32, {}, Action.PAUSE, status
    )


def what_happened(incident: Incident, count: int) -> tuple[Event, ...]:
    """Return events of an incident."""
    return tuple(
        Event(
            uuid7(incident.opened_at + i), incident.site, incident.printer, incident.opened_at + i,
            EventKind.PAUSE_SENT, incident.id,
        )
        for i in range(count)
    )  # fmt: skip
