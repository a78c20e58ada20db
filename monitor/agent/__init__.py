"""The agent: takes pause commands off MQTT, pauses the printers, proves it, and reports what printers do."""

from monitor.agent.agent import Agent

__all__ = ["Agent"]
