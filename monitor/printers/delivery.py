"""Send one message to a printer over MQTT and wait until the broker has it."""

from monitor.errors import PrinterUnreachable
from monitor.mqtt import DeliveryOutcome, Link

ACKNOWLEDGE_S = 3.0
EXPIRY_S = 30  # on MQTT 5, an order that waits longer at the broker is dropped there


def deliver(link: Link, topic: str, payload: bytes) -> None:
    """Publish with QoS 1, not retained; raises PrinterUnreachable when nobody can have received it.

    Or when nobody acknowledged it in time. Then it is withdrawn: the printer may do something else by the time that
    there is a connection again.
    """
    delivery = link.deliver(topic, payload, ACKNOWLEDGE_S, expiry_s=EXPIRY_S)
    if delivery.outcome is not DeliveryOutcome.DELIVERED:
        raise PrinterUnreachable(f"{topic}: {delivery.reason}")
