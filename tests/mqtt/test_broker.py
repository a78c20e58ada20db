"""The embedded broker, with the same links as in production."""

import socket

import pytest

from monitor.broker import EmbeddedBroker, Subscriptions
from monitor.errors import PortInUse
from monitor.mqtt import DeliveryOutcome, Link
from tests.mqtt.support import deliver, listening, running


def test_messages_pass_and_retained_ones_wait(caplog: pytest.LogCaptureFixture) -> None:
    """Two links talk; somebody who comes later gets what was retained, a picture included; start-up says what it is."""
    broker = EmbeddedBroker()
    endpoint = broker.start()
    picture = bytes(range(256)) * 1200  # 300 kB, a large 1080p JPEG
    try:
        with running(Link(endpoint, "sender")) as link:
            assert deliver(link, "kept", picture, retain=True).outcome is DeliveryOutcome.DELIVERED
            with listening(endpoint, "kept") as heard:
                assert heard.wait(1)
                assert heard.messages[0].retain
                assert picture == heard.messages[0].payload
    finally:
        broker.stop()
    assert "one user on this machine" in caplog.text


def test_a_taken_port_is_named() -> None:
    """A port in use is an error that says so, and leaves no thread."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=f"127.0.0.1:{port} is taken"):
            EmbeddedBroker(port).start()


def test_it_can_be_stopped_before_it_started() -> None:
    """Stopping is always allowed, twice too."""
    broker = EmbeddedBroker()
    broker.stop()
    broker.start()
    broker.stop()
    broker.stop()


def test_who_subscribes_while_another_one_connects_throws_nobody_out() -> None:
    """amqtt walks through the subscriptions while it waits for the network; they may grow meanwhile."""
    subscriptions = Subscriptions(a=1, b=2)
    for topic in subscriptions:
        subscriptions[f"{topic}/more"] = 3
    for topic, number in subscriptions.items():
        subscriptions[f"{topic}/most"] = number
    assert 8 == len(subscriptions)
