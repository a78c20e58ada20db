"""One MQTT session, against a real mosquitto."""

import gc
import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.model import Tls
from monitor.errors import BrokerError
from monitor.mqtt import Delivery, DeliveryOutcome, Endpoint, Link, Message
from monitor.mqtt.message import SUPERSEDED
from tests.brokers import Mosquitto, free_port
from tests.mqtt.support import Heard, deliver, listening, running
from tests.support import wait_until


def test_a_message_arrives_and_its_delivery_says_so(mosquitto_broker: Mosquitto) -> None:
    """The broker's PUBACK tells a message that somebody hears from one that nobody hears."""
    with (
        listening(mosquitto_broker.endpoint, "a/+") as heard,
        running(Link(mosquitto_broker.endpoint, "sender")) as link,
    ):
        assert deliver(link, "a/b", b"hello").outcome is DeliveryOutcome.DELIVERED
        assert deliver(link, "c/d", b"hello").outcome is DeliveryOutcome.NO_SUBSCRIBERS
        assert heard.wait(1)
        assert [Message("a/b", b"hello")] == heard.messages


def test_an_exception_in_a_handler_is_counted_and_the_session_goes_on(
    mosquitto_broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    """A handler that raises costs one log entry, not the network thread."""
    heard = Heard()
    link = Link(mosquitto_broker.endpoint, "clumsy")

    def clumsy(message: Message) -> None:
        heard(message)
        raise ValueError("dropped it")

    link.subscribe("t", clumsy)
    with caplog.at_level(logging.CRITICAL, "monitor.mqtt"), running(link):
        deliver(link, "t", b"1")
        deliver(link, "t", b"2")
        assert heard.wait(2)
        assert wait_until(lambda: link.handler_errors == 2)
        assert link.connected


def test_a_broker_that_comes_back_finds_the_subscriptions_and_the_birth_renewed(mosquitto_broker: Mosquitto) -> None:
    """After SIGKILL and restart, the same link hears again and has announced itself again."""
    heard = Heard()
    topic = "vigie/paris/status"
    link = Link(
        mosquitto_broker.endpoint, "vigie", will=Message(topic, b"offline", True), birth=Message(topic, b"online", True)
    )
    link.subscribe("t", heard)
    with running(link):
        mosquitto_broker.kill()
        assert wait_until(lambda: "broke" in link.problem)
        mosquitto_broker.start()
        assert link.wait_connected(20)
        assert not link.problem
        with listening(mosquitto_broker.endpoint, topic) as status:
            assert status.wait(1)
            assert b"online" == status.messages[0].payload
            assert deliver(link, "t", b"again").outcome is DeliveryOutcome.DELIVERED
            assert heard.wait(1)
            link.stop()
            assert status.wait(2)
            assert b"offline" == status.messages[-1].payload


def test_an_absent_broker_is_a_problem_that_names_the_remedy() -> None:
    """Starting without a broker raises nothing; the link says what to check, and keeps messages for later."""
    link = Link(Endpoint("127.0.0.1", free_port()), "lonely")
    link.start()
    try:
        assert wait_until(lambda: "check mqtt.host and mqtt.port" in link.problem)
        assert not link.connected
    finally:
        link.stop()


def test_a_message_that_was_never_sent_fails_when_the_link_stops() -> None:
    """Nobody waits for ever for an answer that cannot come."""
    link = Link(Endpoint("127.0.0.1", free_port()), "lonely")
    answers: list[DeliveryOutcome] = []
    link.start()
    link.publish("t", b"x", on_done=lambda delivery: answers.append(delivery.outcome))
    link.stop()
    assert [DeliveryOutcome.FAILED] == answers


def test_what_was_not_acknowledged_in_time_is_never_sent_again(mosquitto_broker: Mosquitto) -> None:
    """MQTT sends a message of QoS 1 again after every connect until it is acknowledged; this one was withdrawn."""
    heard = Heard()
    listener = Link(mosquitto_broker.endpoint, "listener", keep_session=True)  # misses nothing, whoever is back first
    listener.subscribe("t", heard)
    with running(listener), running(Link(mosquitto_broker.endpoint, "sender")) as link:
        mosquitto_broker.freeze()
        late = link.deliver("t", b"late", 0.3)
        assert (DeliveryOutcome.FAILED, "the broker did not acknowledge it within 0.3 s") == (late.outcome, late.reason)
        link.publish("t", b"kept")
        mosquitto_broker.kill()
        assert wait_until(lambda: not link.connected)
        assert DeliveryOutcome.FAILED is link.deliver("t", b"unsent", 0.3).outcome
        mosquitto_broker.start()
        assert link.wait_connected(20)
        assert DeliveryOutcome.DELIVERED is link.deliver("t", b"fresh", 10).outcome
        assert heard.wait(2, 20)
        assert [b"kept", b"fresh"] == [message.payload for message in heard.messages]


def test_what_was_retained_last_stays(mosquitto_broker: Mosquitto) -> None:
    """What a dying broker did not acknowledge is not sent after what is published on the next connect."""
    link = Link(mosquitto_broker.endpoint, "sender")
    states, taken, superseded = iter([b"old", b"new"]), list[Delivery](), list[Delivery]()
    link.on_connect(lambda: link.publish("state", next(states), retain=True, on_done=taken.append))
    with running(link):
        assert wait_until(lambda: len(taken) == 1)
        mosquitto_broker.freeze()
        link.publish("state", b"stale", retain=True, on_done=superseded.append)
        mosquitto_broker.kill()
        assert wait_until(lambda: not link.connected)
        mosquitto_broker.start()
        assert wait_until(lambda: len(taken) == 2)
        assert DeliveryOutcome.NO_SUBSCRIBERS is link.deliver("end", b"", 10).outcome
        with listening(mosquitto_broker.endpoint, "state") as state:
            assert state.wait(1)
            assert [b"new"] == [message.payload for message in state.messages]
    assert [SUPERSEDED] == superseded


def test_publishing_after_the_stop_fails_at_once(mosquitto_broker: Mosquitto) -> None:
    """A link that has ended says so, also when it is asked to stop twice."""
    link = Link(mosquitto_broker.endpoint, "ended")
    with running(link):
        pass
    link.stop()
    assert deliver(link, "t", b"x").outcome is DeliveryOutcome.FAILED


def test_tls_and_a_password_let_us_in(secured_broker: Mosquitto) -> None:
    """The right certificate and password connect."""
    with running(Link(secured_broker.endpoint, "vigie")) as link:
        assert deliver(link, "t", b"x").outcome is DeliveryOutcome.NO_SUBSCRIBERS


def test_a_wrong_password_is_told_without_the_password(
    secured_broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused connect names the user and the keys to check, once, and never the secret."""
    link = Link(replace(secured_broker.endpoint, password="hunter2"), "vigie")
    link.start()
    try:
        assert wait_until(lambda: "check mqtt.username and mqtt.password" in link.problem)
        assert "user 'vigie'" in link.problem
        assert not link.connected
        assert "hunter2" not in caplog.text
    finally:
        link.stop()


@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_an_unknown_authority_is_told_as_a_tls_problem(secured_broker: Mosquitto) -> None:
    """A certificate that the system's authorities did not sign is refused, and the remedy is mqtt.tls.ca."""
    link = Link(replace(secured_broker.endpoint, tls=Tls()), "vigie")
    link.start()
    try:
        assert wait_until(lambda: "check mqtt.port, and mqtt.tls.ca" in link.problem)
    finally:
        link.stop()
        assert wait_until(lambda: "mqtt-ending" not in {thread.name for thread in threading.enumerate()})
        gc.collect()  # paho leaves the socket of a failed handshake to the garbage collector


def test_a_missing_certificate_file_is_told_at_once(tmp_path: Path) -> None:
    """TLS files are read before anything is connected."""
    with pytest.raises(BrokerError, match="give the paths of PEM files"):
        Link(Endpoint("127.0.0.1", 1, tls=Tls(ca=str(tmp_path / "none.pem"))), "vigie")


def test_a_kept_session_receives_what_was_sent_while_it_was_away(mosquitto_broker: Mosquitto) -> None:
    """A command that the broker queued arrives once we are back, across an orderly restart of the broker."""
    away = Link(mosquitto_broker.endpoint, "agent", keep_session=True)
    away.subscribe("pause", Heard())
    with running(away):
        deliver(away, "ready", b"")  # the broker answers in order: the subscription stands
    with running(Link(mosquitto_broker.endpoint, "sender")) as sender:
        assert deliver(sender, "pause", b"x").outcome is DeliveryOutcome.DELIVERED
    mosquitto_broker.stop()
    mosquitto_broker.start()
    heard = Heard()
    back = Link(mosquitto_broker.endpoint, "agent", keep_session=True)
    back.subscribe("pause", heard)
    with running(back):
        assert heard.wait(1)
        assert [b"x"] == [message.payload for message in heard.messages]


def test_the_endpoint_names_itself_without_its_password() -> None:
    """What is logged of an endpoint holds no secret."""
    endpoint = Endpoint("broker.example", 8883, "vigie", "hunter2", Tls())
    assert "mqtts://vigie@broker.example:8883" == repr(endpoint)


def test_who_listens_no_more_hears_nothing_and_a_successor_does(mosquitto_broker: Mosquitto) -> None:
    """The successor is not silenced by its forerunner, who lets go late; what is retained comes to it anew."""
    first, second = Heard(), Heard()
    with running(Link(mosquitto_broker.endpoint, "link")) as link:
        deliver(link, "a/b", b"kept", retain=True)
        link.subscribe("a/b", first)
        assert first.wait(1)
        link.unsubscribe("a/b", first)
        link.subscribe("a/b", second)
        link.unsubscribe("a/b", first)
        assert second.wait(1)
        deliver(link, "a/b", b"news")
        assert second.wait(2)
    assert 1 == len(first.messages)
