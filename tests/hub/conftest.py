"""What the tests of the hub share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.hub.hub import Hub
from tests.brokers import Mosquitto, mosquitto_broker
from tests.hub.regions import Region, hub_file
from tests.hub.told_site import ToldSite

__all__ = ["mosquitto_broker"]


@pytest.fixture
def region(mosquitto_broker: Mosquitto, tmp_path: Path) -> Iterator[Region]:
    """A hub of amiens and lens; ``add`` starts a site that has told its farm and that it lives."""
    clock, sites = SystemClock(), list[ToldSite]()
    hub = Hub(hub_file(mosquitto_broker.endpoint.port, tmp_path, "amiens", "lens"), clock)

    def add(peer: str = "amiens", **more: float) -> ToldSite:
        site = ToldSite(mosquitto_broker.endpoint, tmp_path, clock, peer, **more)  # type: ignore[arg-type]
        sites.append(site)
        site.start()
        site.tells_farm()
        site.pulse()
        return site

    hub.start()
    assert hub.link.wait_connected(40.0)
    yield Region(hub, add)
    hub.stop()
    for site in sites:
        site.stop()
