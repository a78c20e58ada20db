"""Home Assistant: every printer is a device there, with what is known of it and what people can do."""

from monitor.homeassistant.publisher import TICK_S, HomeAssistantPublisher

__all__ = ["TICK_S", "HomeAssistantPublisher"]
