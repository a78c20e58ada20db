"""The broker of tests/brokers.py for this folder."""

from tests.brokers import mosquitto_broker

__all__ = ["mosquitto_broker"]
