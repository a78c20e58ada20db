"""Who takes over the hub's machine reaches the line brokers of the sites, and nothing behind them."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.bench.bridged import Bridged
from monitor.mqtt import DeliveryOutcome
from monitor.peers.wire import PeerTopics
from monitor.wire import encode_person_command
from tests.bridging.conftest import Make
from tests.bridging.onlooker import Onlooker, in_the_line
from tests.bridging.taken_hub import TakenHub
from tests.peers.site import command, site
from tests.support import wait_until

Hears = Callable[..., Onlooker]
TOPICS = PeerTopics("vigie", "lille")
ORDERS = (
    "vigie/lille/p1/pause",
    "vigie/lille/p1/command",
    "vigie/lille/p1/state",
    "vigie/lille/p1/pause/result",
    "vigie-asks/lens/command",
    "vigie-peers/lille/answer",
    "klipper-k3/moonraker/api/request",
)
"""What no bridge has subscribed to."""
MARK = "vigie/mark"


def begin(made: Bridged, running: ExitStack) -> TakenHub:
    """Start a site, and what stands in its hub's place; the bridge is up."""
    hub = running.enter_context(TakenHub(made))
    lille = made.sites["lille"]
    running.callback(made.close)
    lille.tunnel.start()
    for broker in lille.brokers:
        broker.start()
    assert hub.wait_subscribed(), lille.said()
    return hub


@pytest.mark.parametrize("one_broker", [False, True])
def test_a_taken_hub_orders_nothing_in_the_sites_own_broker(bridged: Make, hears: Hears, one_broker: bool) -> None:
    """The broker that has the bridge takes whatever is sent, on any topic, and passes it on to whoever listens there.

    So with one broker, orders arrive among the site's own; with a line broker none does.
    """
    made = bridged(("lille",), one_broker=one_broker)
    with ExitStack() as running:
        hub = begin(made, running)
        at_own, in_line = hears(made.sites["lille"].own.endpoint), hears(in_the_line(made, "lille"))
        for topic in (*ORDERS, TOPICS.ask_views):
            hub.sends(topic, b"{}", retain=True)
        assert in_line.hears(TOPICS.ask_views)
        assert {*ORDERS, TOPICS.ask_views} == set(in_line.topics()), "mosquitto has no access list for its bridge"
        at_own.says(MARK)
        assert at_own.hears(MARK)
        arrived = set(at_own.topics()) - {MARK}
        assert arrived == ({*ORDERS, TOPICS.ask_views} if one_broker else set())


def test_vigie_hears_its_own_questions_at_the_line_broker_and_may_write_its_own_tree(
    bridged: Make, hears: Hears
) -> None:
    """By the access list, whatever it subscribes to; nobody else is let in at all."""
    made = bridged(("lille",))
    with ExitStack() as running:
        hub = begin(made, running)
        at = made.sites["lille"].broker.endpoint
        vigie = hears(at, "#", "vigie/#", "vigie-asks/#", "vigie-peers/#", "$SYS/#")
        for topic in (*ORDERS, TOPICS.ask_views):
            hub.sends(topic, b"{}")
        assert vigie.hears(TOPICS.ask_views)
        assert {TOPICS.ask_views} == set(vigie.topics())
        own, others = ("vigie-peers/lille/pulse",), ("vigie/lille/p1/pause", "vigie-peers/lens/pulse", TOPICS.ask_views)
        refused = [one for one in (*own, *others) if vigie.says(one).outcome is DeliveryOutcome.FAILED]
        assert list(others) == refused
        for nobody in (replace(at, username="", password=""), replace(at, password="guessed")):
            stranger = Onlooker(nobody)
            running.callback(stranger.link.stop)
            stranger.link.start()
            assert wait_until(lambda one=stranger: one.link.is_refused)  # type: ignore[misc]  # bound on purpose


def test_a_monitor_does_nothing_of_what_a_taken_hub_sends_beside_its_questions(bridged: Make, tmp_path: Path) -> None:
    """The same command, on the topic for people at the site or for another site, is not done."""
    made = bridged(("lille",))
    with ExitStack() as running:
        hub = begin(made, running)
        here = running.enter_context(site(made.sites["lille"].broker, tmp_path))
        pause = encode_person_command(command("w1"))
        for topic in ORDERS:
            hub.sends(topic, pause)
        hub.sends(TOPICS.ask_command, encode_person_command(command("w2")))
        assert wait_until(lambda: bool(here.done))
        assert ["w2"] == [one.id for one in here.done], "what people at the hub may do, who has taken it may do"
