"""The agent's printers come, go and change while it runs."""

from collections.abc import Iterator

import pytest

from monitor.agent import Agent
from monitor.clock import SystemClock
from monitor.records import JobState, PauseOutcome
from tests.agent.farms import BY_HAND, farm
from tests.agent.mqtt_printer import CONTROL, MqttPrinter
from tests.brokers import Mosquitto
from tests.mqtt.support import listening
from tests.pause_desk import PauseDesk
from tests.support import wait_until


@pytest.fixture
def desk(mosquitto_broker: Mosquitto) -> Iterator[PauseDesk]:
    """The monitor's side of the conversation."""
    desk = PauseDesk(mosquitto_broker.endpoint, SystemClock())
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def printers(mosquitto_broker: Mosquitto) -> Iterator[list[MqttPrinter]]:
    """Two printers that print."""
    printers = [MqttPrinter(mosquitto_broker.endpoint, name) for name in ("p1", "p2")]
    for one in printers:
        one.start()
    yield printers
    for one in printers:
        one.stop()


@pytest.fixture
def agent(mosquitto_broker: Mosquitto, printers: list[MqttPrinter]) -> Iterator[Agent]:
    """An agent that serves the first of them."""
    assert printers
    agent = Agent(farm({"p1": CONTROL}), mosquitto_broker.endpoint, SystemClock(), "agent")
    agent.start()
    yield agent
    agent.stop()


def prints(desk: PauseDesk, printer: str) -> bool:
    """Wait until the newest report of a printer says that it prints."""
    return wait_until(lambda: (report := desk.newest(printer)) is not None and report.state is JobState.PRINTING)


def test_a_new_printer_is_served_and_the_others_notice_nothing(
    agent: Agent, desk: PauseDesk, printers: list[MqttPrinter]
) -> None:
    """It can be paused; the one that stays is asked on over the same connection."""
    assert prints(desk, "p1")
    agent.follow(farm({"p1": CONTROL, "p2": CONTROL}))
    assert prints(desk, "p2")
    assert PauseOutcome.PAUSED is desk.pause("p2").outcome
    assert PauseOutcome.PAUSED is desk.pause("p1").outcome
    assert [["pause"], ["pause"]] == [printer.orders for printer in printers]


def test_a_printer_that_is_gone_is_not_paused_and_leaves_no_report(
    agent: Agent, desk: PauseDesk, printers: list[MqttPrinter], mosquitto_broker: Mosquitto
) -> None:
    """Its topic is cleared; served again it reports again."""
    assert prints(desk, "p1")
    agent.follow(farm({"p2": CONTROL}))
    assert prints(desk, "p2")
    with listening(mosquitto_broker.endpoint, "vigie/site/+/printer") as heard:
        assert heard.wait(1)
        assert {"vigie/site/p2/printer"} == {message.topic for message in heard.messages}
    agent.follow(farm({"p1": CONTROL, "p2": CONTROL}))
    assert prints(desk, "p1")
    assert PauseOutcome.PAUSED is desk.pause("p1").outcome
    assert 1 == printers[0].pauses


def test_another_control_is_used_from_then_on(agent: Agent, desk: PauseDesk, printers: list[MqttPrinter]) -> None:
    """From a printer that can be paused to one that cannot, and back."""
    assert prints(desk, "p1")
    agent.follow(farm({"p1": BY_HAND}))
    assert wait_until(lambda: (report := desk.newest("p1")) is not None and not report.can_pause)
    agent.follow(farm({"p1": CONTROL}))
    assert prints(desk, "p1")
    assert PauseOutcome.PAUSED is desk.pause("p1").outcome
    assert 1 == printers[0].pauses
