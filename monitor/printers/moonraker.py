"""Klipper through Moonraker's own MQTT client: the orders go over MQTT, and Moonraker tells when something changes.

When Klipper dies, MQTT stays silent: the state is asked for, never only listened to.
"""

from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from monitor.config.model import MoonrakerControl
from monitor.mqtt import Link, Message
from monitor.printers.klipper import Klipper
from monitor.printers.moonraker_rpc import MoonrakerRpc


class Moonraker(Klipper):
    """One Klipper behind one Moonraker that is connected to our broker."""

    def __init__(self, control: MoonrakerControl, link: Link, changed: Callable[[], None]) -> None:
        """``changed`` is called from the link's thread when the printer may have changed its state."""
        super().__init__(MoonrakerRpc(link, control.instance, changed))
        self._changed = changed
        self._link = link
        self._topics = [f"{control.instance}/klipper/{leaf}" for leaf in ("status", "state/print_stats/state")]
        for topic in self._topics:
            link.subscribe(topic, self._heard_change)

    def close(self) -> None:
        """Listen no more; the link belongs to the agent."""
        for topic in self._topics:
            self._link.unsubscribe(topic, self._heard_change)
        super().close()

    def _heard_change(self, message: Message) -> None:
        """A hint that it is time to ask; which of its two status topics Moonraker fills is configurable."""
        said = _said(message.payload)
        stats = said.get("status", {}).get("print_stats", {}) if isinstance(said.get("status"), dict) else {}
        if "value" in said or "state" in stats:
            self._changed()


def _said(payload: bytes) -> dict[str, Any]:
    try:
        body = from_json(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
