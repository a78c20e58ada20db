"""paho's client as a link needs it."""

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties


class Client(paho.Client):
    """Counts the turns of its network thread while there is a connection."""

    turns = 0

    def loop_misc(self) -> MQTTErrorCode:
        """Do what paho does at the end of each turn: a second apart at most."""
        self.turns += 1
        return super().loop_misc()


def end(client: paho.Client) -> None:
    """Join the network thread; cut the circle of references through the callbacks, so that sockets close now."""
    client.loop_stop()
    client.on_connect = client.on_connect_fail = client.on_disconnect = None
    client.on_subscribe = client.on_message = client.on_publish = None


def packet_properties(packet: int, **values: int) -> Properties:
    """Return properties of a packet of MQTT 5."""
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made
