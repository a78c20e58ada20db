"""Has the broker forget printers that were taken out of cameras.yaml while Vigie did not run."""

import logging
from collections.abc import Mapping

from monitor.incidents.messages import RETAINED
from monitor.mqtt import Link, Message
from monitor.wire import Topics

log = logging.getLogger(__name__)


class Sweeper:
    """Looks once, at what the broker retains of each site when its link connects: a site's topics are its monitor's."""

    def __init__(self, base: str, site_of: Mapping[str, str], links: Mapping[str, Link]) -> None:
        """``site_of``: the site of each printer, by id. The links are not started yet."""
        self._base, self._site_of = base, site_of
        for site, link in links.items():
            link.subscribe(Topics(base, site).state("+"), _Look(self, site, link))

    def clear(self, site: str, link: Link, message: Message) -> None:
        """Clear all that is retained of a printer, if the file does not have it at this site."""
        parts = Topics(self._base, "+").parse(message.topic)
        if parts is None or self._site_of.get(parts.printer) == site:
            return
        log.info("%s/%s is not in cameras.yaml any more: the broker is to forget it", site, parts.printer)
        for leaf in RETAINED:
            link.publish(Topics(self._base, site).leaf(parts.printer, leaf), b"", retain=True)


class _Look:
    """One site's look: over with the first state that is news, for what is retained comes before."""

    def __init__(self, sweeper: Sweeper, site: str, link: Link) -> None:
        self._sweeper, self._site, self._link = sweeper, site, link

    def __call__(self, message: Message) -> None:
        """Take a message of the site's states."""
        if message.retain and message.payload:
            self._sweeper.clear(self._site, self._link, message)
        elif not message.retain:
            base, _, _ = message.topic.rpartition(f"/{self._site}/")
            self._link.unsubscribe(Topics(base, self._site).state("+"), self)
