"""The contacts in their order: whose business a printer is, and who may be woken now. Pure."""

from collections.abc import Sequence
from datetime import datetime

from monitor.config.model import Config, Contact
from monitor.quiet import quiet_until


class Line:
    """The order in which people are told."""

    def __init__(self, config: Config) -> None:
        """Nobody stands in line where the file names no people."""
        self.contacts: Sequence[Contact] = config.people.contacts if config.people else ()
        self.follow(config)

    def follow(self, config: Config) -> None:
        """Know the printers of another configuration; the contacts stay as they are."""
        self._places = {printer.id: (printer.site, printer.room) for printer in config.printers}

    def of(self, printer: str, site: str = "") -> tuple[str, ...]:
        """Return the ids of those whose business the printer is, in order; without one, the site, or the farm."""
        if not printer:
            return tuple(c.id for c in self.contacts if not (site and c.sites) or site in c.sites)
        place = self._places.get(printer)
        return tuple(contact.id for contact in self.contacts if place and contact.covers(*place))

    def awake(self, now: float) -> frozenset[str]:
        """Return the ids of those who are not in a quiet time."""
        local = datetime.fromtimestamp(now).astimezone()
        return frozenset(contact.id for contact in self.contacts if quiet_until(local, contact.quiet) is None)
