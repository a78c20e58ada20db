"""One MQTT link a site, because a session has only one will; sites may come and go."""

import logging
from collections.abc import Callable, Iterable

from monitor.inbound import Inbound
from monitor.mqtt import Link
from monitor.publisher import Publisher

log = logging.getLogger(__name__)

CLEARED_S = 5.0
LOOK_S = 0.05


class SiteLinks:
    """The links by site. ``open`` and ``close`` are called from one thread; the rest from any."""

    def __init__(self, make: Callable[[str], Link], sites: Iterable[str]) -> None:
        """``make`` returns a site's link, which is not started yet."""
        self._make = make
        self.links = {site: make(site) for site in sites}

    @property
    def connected(self) -> bool:
        """Whether the broker has all of them."""
        return all(link.connected for link in self.links.values())

    def start(self) -> None:
        """Connect all of them, in the background."""
        for link in self.links.values():
            link.start()

    def stop(self) -> None:
        """Say goodbye on all of them. Idempotent."""
        for link in self.links.values():
            link.stop()

    def open(self, site: str, publisher: Publisher, inbound: Inbound) -> None:
        """Serve one more site."""
        link = self._make(site)
        publisher.add_site(site, link)
        inbound.listen_to(site, link)
        self.links = self.links | {site: link}
        link.start()

    def close(self, site: str, publisher: Publisher, wait: Callable[[float], object]) -> None:
        """Serve a site no more; what makes the broker forget its printers is sent before, if the broker is there."""
        waited_s = 0.0
        while publisher.waits_for(site) and self.links[site].connected and waited_s < CLEARED_S:
            wait(LOOK_S)
            waited_s += LOOK_S
        if publisher.waits_for(site):
            log.warning("site %s is gone, but the broker could not be told: it may keep what it last heard", site)
        link = self.links[site]
        self.links = {name: one for name, one in self.links.items() if name != site}
        publisher.drop_site(site)
        link.stop()
