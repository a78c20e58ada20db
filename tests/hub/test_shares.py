"""A line of the hub's that all sites share: what each may take of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import SystemClock
from monitor.config.hub_file import LEAST_KBIT_PER_S as LEAST_A_SITE
from monitor.config.hub_file import HubLine
from monitor.hub.hub import Hub
from monitor.hub.shares import STAYS_BUSY_S, USED, Shares
from monitor.mqtt import Link
from monitor.peers.budget import LEAST_KBIT_PER_S
from monitor.peers.records import Look
from monitor.peers.wire import decode_look
from tests.brokers import Mosquitto
from tests.hub.regions import hub_file
from tests.hub.told_site import ToldSite
from tests.support import wait_until

REGION = [f"s{number:02}" for number in range(18)]


@given(
    st.floats(LEAST_A_SITE * len(REGION), 10_000.0),
    st.lists(st.sets(st.sampled_from(REGION)), min_size=1, max_size=20),
    st.sets(st.sampled_from(REGION), min_size=1),
)
def test_all_together_never_have_more_than_the_line(line: float, busy: list[set[str]], heard: set[str]) -> None:
    """Whoever is busy when, and however many are cut off; and each has what a pulse and its states take."""
    shares = Shares(line)
    for now, some in enumerate(busy):
        given_now = shares.of(sorted(heard), some & heard, float(now))
        assert set(given_now) == heard
        assert sum(given_now.values()) <= line * USED + 0.05 * len(heard)  # they are rounded
        assert min(given_now.values()) >= LEAST_KBIT_PER_S


def test_who_is_busy_has_what_the_others_do_not_need_and_keeps_it_for_a_while() -> None:
    """Eighteen that fail at once have 50 kbit/s each; one alone has nearly all."""
    shares = Shares(1000.0)
    assert {50.0} == set(shares.of(REGION, REGION, 0.0).values())
    one = shares.of(REGION, ["s03"], STAYS_BUSY_S)
    assert (900.0 - 17 * LEAST_KBIT_PER_S, LEAST_KBIT_PER_S) == (one["s03"], one["s04"])
    assert one == shares.of(REGION, [], 2 * STAYS_BUSY_S - 1.0)
    assert {LEAST_KBIT_PER_S} == set(shares.of(REGION, [], 2 * STAYS_BUSY_S).values())


@contextmanager
def looks_at(broker: Mosquitto) -> Iterator[dict[str, list[Look]]]:
    """Collect what sites are told of looks, by site."""
    told: dict[str, list[Look]] = {}
    link = Link(broker.endpoint, "looks")
    link.subscribe(
        "vigie-asks/+/look",
        lambda message: told.setdefault(message.topic.split("/")[1], []).append(decode_look(message.payload)),
    )
    link.start()
    assert link.wait_connected(20)
    try:
        yield told
    finally:
        link.stop()


@pytest.mark.parametrize("is_thin", [True, False])
def test_each_site_hears_its_share_of_a_thin_line(mosquitto_broker: Mosquitto, tmp_path: Path, is_thin: bool) -> None:
    """It is told while it is heard, with nobody looking, too; without ``line`` there is no such word."""
    clock = SystemClock()
    file = hub_file(mosquitto_broker.endpoint.port, tmp_path, "amiens", "lens")
    hub = Hub(file.model_copy(update={"line": HubLine(kbit_per_s=200.0)}) if is_thin else file, clock)
    site = ToldSite(mosquitto_broker.endpoint, tmp_path, clock, "amiens")
    with looks_at(mosquitto_broker) as told:
        hub.start()
        site.start()
        try:
            site.tells_farm()
            site.pulse()
            assert wait_until(lambda: hub.collector.lines()[0].line.heard_at is not None)
            if is_thin:
                assert wait_until(lambda: "amiens" in told)
                assert [()] == [look.printers for look in told["amiens"]]
            hub.tiles.look(["amiens.p01"])
            assert wait_until(lambda: any(look.printers for look in told.get("amiens", [])))
            assert {"amiens"} == set(told), "who is not heard has no share"
            last = next(look for look in reversed(told["amiens"]) if look.printers)
            assert last.kbit_per_s == (180.0 if is_thin else None)
        finally:
            hub.stop()
            site.stop()
