"""Take back a message that the broker has not acknowledged.

The one place that touches what paho keeps to itself (checked with paho 2.1 and 2.2). Its public
``drop_out_messages``, of 2.2, drops everybody's messages, and those that were under way keep their places.
tests/mqtt/test_withdrawal.py fails when paho changes.
"""

import paho.mqtt.client as paho
from paho.mqtt.enums import MessageState


def withdraw(client: paho.Client, number: int) -> bool:
    """Have paho forget a message of QoS 1, so that no later connection sends it again; False when it was answered.

    Waits while paho handles an answer: after False, ``on_publish`` has been called. So hold no lock that it needs.
    """
    with client._out_message_mutex:
        message = client._out_messages.pop(number, None)
        if message is None:
            return False
        if message.state == MessageState.MQTT_MS_WAIT_FOR_PUBACK:
            client._inflight_messages -= 1
            if client.is_connected():
                client._update_inflight()  # its place is free for one that waits
        return True
