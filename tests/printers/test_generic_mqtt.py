"""Printers behind two topics: what their payloads mean, and what is published to them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.model import MqttControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Link, Message
from monitor.printers.generic_mqtt import GenericMqtt
from monitor.printers.templates import parse_state
from monitor.records import JobState, PauseCommand
from tests.brokers import Mosquitto
from tests.mqtt.support import Heard, running
from tests.support import PATIENCE_S, wait_until

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")


def control(state_path: str = "", resume_topic: str = "") -> MqttControl:
    """Return a control whose payloads are JSON, braces and all."""
    plain = MqttControl(
        type="mqtt",
        pause_topic="{site}/{printer}/do",
        pause_payload='{"do": "pause", "id": "{id}", "why": "{incident}"}',
        state_topic="{site}/{printer}/is",
        state_path=state_path,
    )
    return plain.model_copy(update={"resume_topic": resume_topic, "resume_payload": '{"do": "go on"}'})


@pytest.fixture
def link(mosquitto_broker: Mosquitto) -> Iterator[Link]:
    """Yield the agent's link."""
    link = Link(mosquitto_broker.endpoint, "agent")
    link.start()
    assert link.wait_connected(10)
    yield link
    link.stop()


@pytest.fixture
def heard(mosquitto_broker: Mosquitto) -> Iterator[list[Message]]:
    """Yield what arrives at the printer."""
    messages: list[Message] = []
    printer = Link(mosquitto_broker.endpoint, "printer")
    printer.subscribe("paris/p1/do", messages.append)
    printer.start()
    assert printer.wait_connected(10)
    yield messages
    printer.stop()


def test_the_templates_are_filled_and_json_keeps_its_braces(link: Link, heard: list[Message]) -> None:
    """The printer gets the command's id and the incident, QoS 1, not retained."""
    adapter = GenericMqtt(control(resume_topic="paris/{printer}/do"), "p1", "paris", link, lambda: None)
    assert wait_until(partial(is_paused, adapter))  # at first, the printer may not have subscribed yet
    adapter.resume()
    assert wait_until(lambda: len(heard) >= 2)
    assert b'{"do": "pause", "id": "0190", "why": "0189"}' == heard[0].payload
    assert b'{"do": "go on"}' == heard[-1].payload
    assert (False, 1) == (heard[0].retain, heard[0].qos)


def is_paused(adapter: GenericMqtt) -> bool:
    """Try to deliver a pause."""
    try:
        adapter.pause(COMMAND)
    except PrinterUnreachable:
        return False
    return True


def test_a_pause_that_nobody_hears_is_unreachable(link: Link) -> None:
    """The broker says that nobody subscribes: the printer is off, or the topic is wrong."""
    adapter = GenericMqtt(control(), "p1", "paris", link, lambda: None)
    with pytest.raises(PrinterUnreachable, match="paris/p1/do: nobody listens"):
        adapter.pause(COMMAND)


def test_a_pause_is_not_queued_while_the_broker_is_away(mosquitto_broker: Mosquitto) -> None:
    """It would come out at some later time, when nobody waits for it any more."""
    link = Link(mosquitto_broker.endpoint, "agent")
    adapter = GenericMqtt(control(), "p1", "paris", link, lambda: None)
    with pytest.raises(PrinterUnreachable, match="no connection to the broker"):
        adapter.pause(COMMAND)


def test_an_order_that_no_broker_acknowledged_does_not_arrive_later(mosquitto_broker: Mosquitto, link: Link) -> None:
    """The broker hung when it was ordered, and died: what the printer does afterwards is another matter."""
    heard = Heard()
    printer = Link(mosquitto_broker.endpoint, "printer", keep_session=True)  # the broker holds for it what comes
    printer.subscribe("paris/p1/do", heard)
    adapter = GenericMqtt(control(resume_topic="paris/p1/do"), "p1", "paris", link, lambda: None)
    with running(printer):
        mosquitto_broker.freeze()
        with pytest.raises(PrinterUnreachable, match="did not acknowledge"):
            adapter.pause(COMMAND)
        with pytest.raises(PrinterUnreachable, match="did not acknowledge"):
            adapter.resume()
        mosquitto_broker.restart()
        assert link.wait_connected(20)
        assert printer.wait_connected(20)
        adapter.pause(replace(COMMAND, id="0191"))
        assert heard.wait(1, 20)
        assert [b'{"do": "pause", "id": "0191", "why": "0189"}'] == [message.payload for message in heard.messages]


def test_a_printer_without_a_resume_topic_says_so(link: Link) -> None:
    """People then resume it at the printer."""
    with pytest.raises(PrinterRejected, match="resume_topic"):
        GenericMqtt(control(), "p1", "paris", link, lambda: None).resume()


def test_the_state_is_what_was_heard_last(link: Link) -> None:
    """Unknown before, and every change is told to whoever asked for hints."""
    changed = threading.Event()
    adapter = GenericMqtt(control("now.state"), "p1", "paris", link, changed.set)
    assert JobState.UNKNOWN is adapter.state().state
    payload = b'{"now": {"state": "Printing"}, "job": "visor.gcode", "progress": 0.5}'
    link.publish("paris/p1/is", payload, retain=True)
    assert changed.wait(PATIENCE_S)
    reading = adapter.state()
    assert (JobState.PRINTING, "visor.gcode", 0.5) == (reading.state, reading.job, reading.progress)


def test_what_was_heard_before_the_broker_went_away_says_nothing_any_more(
    mosquitto_broker: Mosquitto, link: Link
) -> None:
    """Unreachable while it is away; afterwards unknown until the printer, or what is retained, speaks."""
    heard = threading.Event()
    adapter = GenericMqtt(control(), "p1", "paris", link, heard.set)
    link.publish("paris/p1/is", b"printing")
    assert heard.wait(10)
    mosquitto_broker.kill()
    assert wait_until(lambda: not link.connected)
    with pytest.raises(PrinterUnreachable, match="no connection to the broker"):
        adapter.state()
    mosquitto_broker.start()
    assert link.wait_connected(10)
    assert JobState.UNKNOWN is adapter.state().state


@pytest.mark.parametrize(
    ("path", "payload", "state"),
    [
        ("", b"printing", JobState.PRINTING),
        ("", b" PAUSED\n", JobState.PAUSED),
        ("", b"complete", JobState.IDLE),
        ("", b"failed", JobState.ERROR),
        ("", b"jammed", JobState.UNKNOWN),
        ("", b"", JobState.UNKNOWN),
        ("state", b"printing", JobState.UNKNOWN),
        ("state", b'{"state": "pausing"}', JobState.PAUSING),
        ("state", b'{"status": "printing"}', JobState.UNKNOWN),
        ("state", b'{"state": null}', JobState.UNKNOWN),
        ("tools.1.state", b'{"tools": [{"state": "idle"}, {"state": "printing"}]}', JobState.PRINTING),
        ("tools.7.state", b'{"tools": [{"state": "idle"}]}', JobState.UNKNOWN),
    ],
)
def test_payloads_become_states(path: str, payload: bytes, state: JobState) -> None:
    """What is not understood is unknown, and the reading says what was said."""
    reading = parse_state(payload, control(path))
    assert state is reading.state
    assert (state is JobState.UNKNOWN) == bool(reading.detail)


@given(st.binary() | st.text().map(str.encode), st.sampled_from(["", "state", "a.0.b"]))
def test_any_bytes_are_read_without_an_exception(payload: bytes, path: str) -> None:
    """A topic carries whatever somebody publishes there."""
    assert isinstance(parse_state(payload, control(path)).state, JobState)
