"""A printer of the simulated farm (:mod:`monitor.sim`): generic MQTT on the farm's topics."""

from collections.abc import Callable

from monitor.config.model import MqttControl
from monitor.mqtt import Link
from monitor.printers.generic_mqtt import GenericMqtt


def simulated_printer(base: str, printer: str, site: str, link: Link, changed: Callable[[], None]) -> GenericMqtt:
    """Return the adapter of a simulated printer below ``{base}/sim``."""
    topic = f"{base}/sim/{{printer}}"
    control = MqttControl(
        type="mqtt",
        pause_topic=f"{topic}/command",
        pause_payload="pause",
        resume_topic=f"{topic}/command",
        resume_payload="resume",
        state_topic=f"{topic}/state",
        state_path="state",
    )
    return GenericMqtt(control, printer, site, link, changed)
