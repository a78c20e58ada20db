"""The ``home_assistant`` section of cameras.yaml: printers as devices of Home Assistant, found over MQTT."""

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.section import Section
from monitor.config.values import Number

Discovery = Literal["device", "component", "none"]
TopicLevels = Annotated[str, Field(pattern=r"^[^+#/\s$]+(/[^+#/\s]+)*$")]


class HomeAssistant(Section):
    """How printers appear in Home Assistant. Without this section they do not, and nothing of its topics is touched."""

    discovery: Discovery = "device"
    """device; component for a Home Assistant older than 2024.11; none to take everything back"""
    prefix: TopicLevels = "homeassistant"
    """the discovery prefix as in Home Assistant's MQTT settings, such as homeassistant"""
    birth_topic: TopicLevels = "homeassistant/status"
    """the topic of the birth message as in Home Assistant's MQTT settings, such as homeassistant/status"""
    pictures_every_s: Annotated[Number, Field(ge=1.0, le=3600.0)] | None = None  # None: no pictures but the evidence
    """seconds between two pictures of a printer, such as 10, or remove the key for none"""
