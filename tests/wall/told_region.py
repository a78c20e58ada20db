"""A region told by hand: the wall of a hub without a hub."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from monitor.clock import Clock
from monitor.peers.line import LineKind, LineState
from monitor.wall import create_app
from monitor.wall.region import SiteLine
from tests.wall.contract import CheckedClient
from tests.wall.farm import Farm


class ToldRegion:
    """Lines that are as a test says."""

    def __init__(self, lines: Sequence[SiteLine]) -> None:
        self.told = {line.peer: line for line in lines}

    def lines(self) -> Sequence[SiteLine]:
        """Return all of them, in order."""
        return tuple(self.told.values())

    def site_of(self, printer: str) -> SiteLine | None:
        """Return the site that a printer stands at: its name says it here."""
        return self.told.get(printer.partition(".")[0])

    def change(self, peer: str, **changes: object) -> None:
        """Change what is told of a site."""
        self.told[peer] = replace(self.told[peer], **changes)  # type: ignore[arg-type]  # the keys are fields

    def line(self, peer: str, kind: LineKind, since: float, heard_at: float | None = None, skew_s: float = 0.0) -> None:
        """Change the state of a line."""
        self.change(peer, line=LineState(kind, since, heard_at, skew_s))


def _id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return plain.replace(" ", "-")


def region_farm(sites: Sequence[str], each: int, clock: Clock) -> tuple[Farm, ToldRegion]:
    """Return a farm of ``each`` printers at each of these sites, shown by the wall of a hub, all connected."""
    places = [f"{_id(site)}/hall" for site in sites]
    names = [f"Prusa {number + 1:02d}" for _ in sites for number in range(each)]
    farm = Farm(len(sites) * each, clock=clock, rooms=places, names=names)
    now = clock.now()
    known = {site.id: site for site in farm.config.sites}
    named = tuple(known[_id(name)].model_copy(update={"name": name}) for name in sites)
    printers = tuple(
        printer.model_copy(update={"id": f"{printer.site}.p{number % each + 1:02d}"})
        for number, printer in enumerate(farm.config.printers)
    )
    farm.config = farm.config.model_copy(update={"sites": named, "printers": printers})
    farm.live.replace(farm.config)
    farm.board.follow(farm.config, [printer.id for printer in farm.config.printers], now)
    lines = [
        SiteLine(site.id, site.name, (site.id,), LineState(LineKind.CONNECTED, now, now), each, "0.1.0")
        for site in named
    ]
    region = ToldRegion(lines)
    farm.services = replace(farm.services, region=region)
    farm.app = create_app(farm.services)
    farm.app.test_client_class = CheckedClient
    return farm, region
