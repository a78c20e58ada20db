"""Send one message to a printer over MQTT and wait until the broker has it."""

import threading

from monitor.errors import PrinterUnreachable
from monitor.mqtt import Delivery, DeliveryOutcome, Link

ACKNOWLEDGE_S = 3.0
EXPIRY_S = 30  # on MQTT 5, an order that waits longer at the broker is dropped there


def deliver(link: Link, topic: str, payload: bytes) -> None:
    """Publish with QoS 1, not retained; raises PrinterUnreachable when nobody can have received it."""
    if not link.connected:  # publishing now would queue an order that nobody waits for any more
        raise PrinterUnreachable(f"no connection to the broker: {topic} was not sent")
    done = threading.Event()
    deliveries: list[Delivery] = []

    def on_done(delivery: Delivery) -> None:
        deliveries.append(delivery)
        done.set()

    link.publish(topic, payload, qos=1, expiry_s=EXPIRY_S, on_done=on_done)
    if not done.wait(ACKNOWLEDGE_S):
        raise PrinterUnreachable(f"the broker did not acknowledge {topic} within {ACKNOWLEDGE_S:g} s")
    if deliveries[0].outcome is not DeliveryOutcome.DELIVERED:
        raise PrinterUnreachable(f"{topic}: {deliveries[0].reason}")
