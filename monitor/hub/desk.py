"""What the hub knows of one site. Owned by the collector's thread."""

from functools import partial

from monitor.config.hub_file import HubSite
from monitor.hearing.heard import HeardPeer
from monitor.history import History
from monitor.hub.names import at_hub
from monitor.mqtt import Link
from monitor.peers.budget import URGENT
from monitor.peers.records import CompactView, Farm, Pulse
from monitor.records.load import LoadState
from monitor.wall.region import SiteLine

VIEWS_AT_MOST = 5_000  # kept of a site whose farm has not come yet

_LOADS = {
    LoadState.SLOWED: "too many cameras for its machine: printers are looked at less often",
    LoadState.TOO_MANY: "far too many cameras for its machine: failures are seen late",
}


class Desk:
    """One site."""

    def __init__(self, known: HubSite, base: str, link: Link, history: History, now: float) -> None:
        """``history``: the hub's."""
        self.known, self.peer = known, known.peer
        self.heard = HeardPeer(known.peer, base, link, history, "hub", now, partial(at_hub, known.peer))
        self.farm: Farm | None = None
        self.thresholds: dict[str, float] = {}  # by the site's own name of the printer
        self.views: dict[str, CompactView] = {}  # the newest, by the site's own name of the printer
        self.farm_trouble = ""  # why its farm cannot be shown

    def lacks_farm(self) -> bool:
        """Tell whether the site has another farm than is known here: the retained one was lost, or is old."""
        told = self.heard.line.newest.digest if self.heard.line.newest is not None else ""
        return bool(told) and not self.farm_trouble and (self.farm is None or self.farm.digest != told)

    def is_busy(self, now: float) -> bool:
        """Tell whether there is something to be told that can wait: a print that fails, a past, pictures."""
        is_wanted = self.heard.pulling.is_behind(now) or self.heard.wanted.is_any()
        return is_wanted or any(view.state in URGENT for view in self.views.values())

    def keep(self, view: CompactView) -> bool:
        """Take in a view; tell whether its printer is one that the farm has."""
        if self.farm is not None and view.printer not in self.thresholds:
            return False
        if view.printer in self.views or len(self.views) < VIEWS_AT_MOST:
            self.views[view.printer] = view
        return self.farm is not None

    def tells_of(self, farm: Farm) -> None:
        """Take in what it watches."""
        self.farm, self.farm_trouble = farm, ""
        self.thresholds = {printer.id: printer.threshold for printer in farm.printers}
        self.views = {printer: view for printer, view in self.views.items() if printer in self.thresholds}

    def shown(self, now: float) -> SiteLine:
        """Return what the wall shows of it."""
        pulse, farm = self.heard.line.newest, self.farm
        names = [site.name for site in farm.sites] if farm is not None else []
        return SiteLine(
            peer=self.peer,
            name=self.known.name or (names[0] if len(names) == 1 else "") or self.peer,
            sites=tuple(site.id for site in farm.sites) if farm is not None else (),
            line=self.heard.line.state(now),
            printers=len(farm.printers) if farm is not None else 0,
            software=pulse.software if pulse is not None else "",
            problems=self._problems(pulse),
            is_behind=self.heard.pulling.is_behind(now),
            wall=(self.known.wall or "").rstrip("/"),
        )

    def _problems(self, pulse: Pulse | None) -> tuple[str, ...]:
        told = () if pulse is None else pulse.problems
        load = _LOADS.get(pulse.load, "") if pulse is not None else ""
        return tuple(text for text in (self.farm_trouble, self.heard.history_trouble, *told, load) if text)
