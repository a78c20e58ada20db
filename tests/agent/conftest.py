"""Fixtures of this folder."""

from tests.brokers import mosquitto_broker

__all__ = ["mosquitto_broker"]
