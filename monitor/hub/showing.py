"""The region's board: what the sites tell of their printers, put where the wall reads it. One thread calls it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from monitor.board import Board
from monitor.clock import Clock
from monitor.config.hub_file import HubFile
from monitor.config.live import LiveConfig
from monitor.errors import BadPayload
from monitor.hearing.told_tiles import ToldTiles
from monitor.hearing.views import view_of
from monitor.hub.desk import Desk
from monitor.hub.names import at_hub
from monitor.hub.region import clash_of, empty, region_of, sites_of
from monitor.peers.records import CompactView, Farm, PeerTile
from monitor.records import Incident, IncidentStatus

log = logging.getLogger(__name__)

NO_THRESHOLD = 0.5  # of a printer that nobody has told of


class Showing:
    """Keeps a board and a configuration of the whole region."""

    def __init__(self, hub: HubFile, clock: Clock, on_farms: Callable[[Mapping[str, Farm]], object]) -> None:
        """``on_farms`` is called with all farms by peer, whenever one has changed."""
        self._hub, self._clock, self._on_farms = hub, clock, on_farms
        self.config = LiveConfig(empty(hub))
        self.board = Board(self.config.current, NO_THRESHOLD, clock.now())
        self._farms: dict[str, Farm] = {}
        self._open: dict[str, Incident] = {}  # by id, with the hub's names of printers
        self._tiles = ToldTiles(self.board)

    def remember(self, incidents: Iterable[Incident]) -> None:
        """Take in the incidents that were open when the hub was last told of them."""
        self._open |= {incident.id: incident for incident in incidents}

    def farm(self, desk: Desk, farm: Farm) -> None:
        """Show the printers that a site tells of; raises BadPayload when that cannot be."""
        if desk.farm is not None and desk.farm.digest == farm.digest:
            return
        sites_of(desk.known, farm)
        other = clash_of(desk.peer, farm, self._farms)
        if other:
            desk.farm_trouble = f"{other} tells of a site with the same id: give it another id in one of the two files"
            raise BadPayload(f"farm payload: {other} tells of a site of the same id")
        former = desk.farm
        desk.tells_of(farm)
        self._farms[desk.peer] = farm
        config, now = region_of(self._hub, self._farms), self._clock.now()
        self.config.replace(config)
        self.board.follow(config, (), now)
        known = {printer.id for printer in former.printers} if former is not None else set()
        for printer in farm.printers:
            if printer.id not in known:
                self._begin(at_hub(desk.peer, printer.id), now)
        for view in list(desk.views.values()):
            self.view(desk, view)
        self._on_farms(self._farms)
        log.info("%s tells of %d printers", desk.peer, len(farm.printers))

    def view(self, desk: Desk, told: CompactView) -> None:
        """Show a printer as its site tells it."""
        if not desk.keep(told):
            return
        before = self.board.view(at_hub(desk.peer, told.printer))
        incident = self._open.get(told.incident or "")
        threshold = desk.thresholds[told.printer]
        seen = view_of(before, told, incident, desk.heard.skew_s, threshold, desk.heard.named)
        self.board.told(seen, self._clock.now())

    def incident(self, desk: Desk, told: Incident) -> bool:
        """Take in how an incident is, as its site tells it; tell whether the newest view knows it so.

        A view that was lost on the way is told again within a minute: too late for an alarm.
        """
        incident = replace(told, printer=at_hub(desk.peer, told.printer))
        is_open = incident.status is not IncidentStatus.CLOSED
        if is_open:
            self._open[incident.id] = incident
        else:
            self._open.pop(incident.id, None)
        view = desk.views.get(told.printer)
        if view is None:
            return True
        self.view(desk, view)
        return (view.incident == incident.id) is is_open

    def tile(self, desk: Desk, printer: str, tile: PeerTile) -> None:
        """Show a picture, unless a newer one is shown."""
        self._tiles.show(at_hub(desk.peer, printer), tile, desk.heard.skew_s)

    def _begin(self, printer: str, now: float) -> None:
        """Show a printer of which nothing was told yet: what is known of it is an incident that was open."""
        open_ = next((one for one in self._open.values() if one.printer == printer), None)
        if open_ is not None:
            self.board.incident(open_, now)
        view = self.board.view(printer)
        since = open_.opened_at if open_ is not None else now
        self.board.told(replace(view, is_known=False, since=since), now)
