"""What the tests of the hub share."""

from tests.brokers import mosquitto_broker

__all__ = ["mosquitto_broker"]
