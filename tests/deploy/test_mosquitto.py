"""deploy/mosquitto: a real broker with the shipped files, and what its users may do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.bench.bridged import Bridged
from monitor.bridging.plan import Auth
from monitor.mqtt import Endpoint, Link
from tests.brokers import free_port
from tests.deploy.mosquitto import ShippedBroker, of_a_site, password_of, shipped_broker
from tests.support import require_program, wait_until

Connect = Callable[[str], Link]

AGENT_MAY_READ = ("vigie/cochin/p1/pause", "vigie/cochin/p1/command", "vigie/cochin/p1/state")
AGENT_MAY_WRITE = ("vigie/cochin/p1/pause/result", "vigie/cochin/p1/pause/progress", "vigie/cochin/p1/printer")
AGENT_MAY_NOT_WRITE = (
    "vigie/cochin/p1/pause",
    "vigie/cochin/p1/state",
    "vigie/other/p1/printer",
    "vigie-asks/cochin/command",
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedBroker]:
    """The broker, for all tests of this file."""
    with shipped_broker(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture
def connect(broker: ShippedBroker) -> Iterator[Connect]:
    """Connects as a user; all connections end with the test."""
    with ExitStack() as running:

        def connected(user: str, at: Endpoint | None = None) -> Link:
            link = Link(at or broker.endpoint(user), f"test-{user}")
            running.callback(link.stop)
            link.start()
            assert link.wait_connected(20), link.problem
            return link

        yield connected


def test_the_monitor_is_heard_by_the_agent_and_the_agent_by_the_monitor(connect: Connect) -> None:
    """All that docs/mqtt.md has the two say to each other, and nothing of another site."""
    monitor, agent = connect("vigie"), connect("agent-cochin")
    by_agent, by_monitor = set[str](), set[str]()
    for topic in (*AGENT_MAY_READ, "vigie/other/p1/pause"):
        agent.subscribe(topic, lambda message: by_agent.add(message.topic))
    for tree in ("vigie/#", "vigie-asks/#"):
        monitor.subscribe(tree, lambda message: by_monitor.add(message.topic))
    assert wait_until(lambda: _passes(monitor, "vigie/cochin/p1/pause", by_agent))
    for topic in (*AGENT_MAY_READ, "vigie/other/p1/pause"):
        monitor.publish(topic, b"x", qos=1)
    for topic in (*AGENT_MAY_NOT_WRITE, *AGENT_MAY_WRITE):  # in this order: what may not be is refused before
        agent.publish(topic, b"x", qos=1)
    assert wait_until(lambda: set(AGENT_MAY_READ) <= by_agent)
    assert wait_until(lambda: set(AGENT_MAY_WRITE) <= by_monitor)
    assert set(AGENT_MAY_READ) == by_agent
    by_itself = {"vigie/cochin/p1/command", "vigie/cochin/p1/pause", "vigie/cochin/p1/state", "vigie/other/p1/pause"}
    assert set(AGENT_MAY_WRITE) == by_monitor - by_itself


def _passes(link: Link, topic: str, heard: set[str]) -> bool:
    link.publish(topic, b"x", qos=1)
    return wait_until(lambda: topic in heard, 0.5)


def test_who_has_no_name_or_a_wrong_password_is_refused(broker: ShippedBroker) -> None:
    """On both listeners."""
    wrong = replace(broker.network, username="vigie", password="wrong")
    for endpoint in (broker.local, wrong):
        link = Link(endpoint, "test-nobody")
        link.start()
        try:
            assert wait_until(lambda link=link: link.is_refused)  # type: ignore[misc]  # bound on purpose
        finally:
            link.stop()


def test_from_another_machine_it_is_reached_by_tls(broker: ShippedBroker) -> None:
    """With the certificate that the shipped script has made."""
    with _linked(replace(broker.network, username="agent-cochin", password=password_of("agent-cochin"))) as link:
        assert link.connected


def test_a_bridge_to_the_hub_stands_beside_it(tmp_path: Path) -> None:
    """``vigie bridge-config --one-broker`` and the shipped files go together: the monitor tells, and is asked."""
    require_program("mosquitto")
    port, users = free_port(), tmp_path / "users"
    users.mkdir()
    with (
        Bridged(
            tmp_path / "region", ["amiens"], Auth.CERTIFICATE, free_port, of_a_site(users, port), one_broker=True
        ) as made,
        _linked(Endpoint("127.0.0.1", port, "vigie", password_of("vigie"))) as monitor,
        _linked(made.hub.endpoint) as hub,
    ):
        at_hub, at_site = set[str](), set[str]()
        monitor.subscribe("vigie-asks/amiens/#", lambda message: at_site.add(message.topic))
        hub.subscribe("vigie-peers/#", lambda message: at_hub.add(message.topic))
        assert wait_until(lambda: _passes(monitor, "vigie-peers/amiens/pulse", at_hub)), made.hub.said()
        assert wait_until(lambda: _passes(hub, "vigie-asks/amiens/views", at_site))


@contextmanager
def _linked(endpoint: Endpoint) -> Iterator[Link]:
    link = Link(endpoint, f"test-{endpoint.username}")
    link.start()
    try:
        assert link.wait_connected(20), link.problem
        yield link
    finally:
        link.stop()
