"""Fixtures of this folder."""

from collections.abc import Iterator

import pytest

from monitor.clock import SystemClock
from tests.agent.mqtt_printer import MqttPrinter
from tests.brokers import Mosquitto, mosquitto_broker
from tests.pause_desk import PauseDesk

__all__ = ["desk", "mosquitto_broker", "p1"]


@pytest.fixture
def desk(mosquitto_broker: Mosquitto) -> Iterator[PauseDesk]:
    """Yield the monitor's side of the conversation."""
    desk = PauseDesk(mosquitto_broker.endpoint, SystemClock())
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def p1(mosquitto_broker: Mosquitto) -> Iterator[MqttPrinter]:
    """Yield a printer that prints."""
    printer = MqttPrinter(mosquitto_broker.endpoint, "p1")
    printer.start()
    yield printer
    printer.stop()
