"""The agent: takes pause commands off MQTT, pauses the printers, proves it, and reports what printers do."""

from monitor.agent.agent import Agent
from monitor.agent.journal import journal_path

__all__ = ["Agent", "journal_path"]
