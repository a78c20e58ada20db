"""MQTT sessions: the only room that knows paho.

MQTT 5 towards mosquitto and other real brokers, MQTT 3.1.1 towards the embedded one (which knows no message
expiry and no reason codes: expiry therefore also lives in the payloads).
"""

from monitor.mqtt.endpoint import Endpoint, Remedies
from monitor.mqtt.link import Link
from monitor.mqtt.message import Delivery, DeliveryOutcome, Message

__all__ = ["Delivery", "DeliveryOutcome", "Endpoint", "Link", "Message", "Remedies"]
