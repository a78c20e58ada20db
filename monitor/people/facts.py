"""Turns what is known about a matter into what a message says."""

from monitor.config.model import Config
from monitor.people.escalation import Matter
from monitor.people.farm_watch import Sighting
from monitor.people.wording import Fact, code
from monitor.records import Incident


class Facts:
    """Names of printers and places, by the configuration."""

    def __init__(self, config: Config) -> None:
        sites = self._sites = {site.id: site.name for site in config.sites}
        rooms = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
        self._names = {printer.id: printer.name for printer in config.printers}
        self._places = {p.id: f"{rooms[p.site, p.room]}, {sites[p.site]}" for p in config.printers}

    def of_incident(self, matter: Matter, incident: Incident) -> Fact:
        """Return what to say about an incident."""
        return Fact(
            step=matter.step,
            printer=self._names.get(matter.printer, matter.printer),
            where=self._places.get(matter.printer, incident.site),
            since=incident.opened_at,
            code=code(incident.id),
            what=incident.failure_class,
            detail=incident.detail,
            cause=incident.cause,
            until=incident.acts_at,
        )

    def of_sighting(self, matter: Matter, seen: Sighting) -> Fact:
        """Return what to say about a printer on which nothing has failed, or about Vigie itself."""
        name = self._names.get(matter.printer, matter.printer)
        place = self._places.get(matter.printer, self._sites.get(matter.site, ""))
        return Fact(matter.step, name, place, seen.since, what=seen.what, detail=seen.detail)
