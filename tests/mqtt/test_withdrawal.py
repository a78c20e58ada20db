"""What withdrawing relies on in paho, whose own it touches."""

from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from monitor.mqtt.withdrawal import withdraw
from tests.brokers import Mosquitto
from tests.support import wait_until

AT_ONCE = 5  # messages that may be under way


@contextmanager
def connected(broker: Mosquitto) -> Iterator[paho.Client]:
    """Run a client of paho; it is no fixture, because its sockets close with its last reference."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.max_inflight_messages_set(AT_ONCE)
    client.connect_async(broker.endpoint.host, broker.endpoint.port)
    client.loop_start()
    try:
        assert wait_until(client.is_connected)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_message_is_withdrawn_once(mosquitto_broker: Mosquitto) -> None:
    """And no more when the broker has answered."""
    with connected(mosquitto_broker) as client:
        mosquitto_broker.freeze()
        late = client.publish("t", b"late", qos=1)
        assert withdraw(client, late.mid)
        assert not withdraw(client, late.mid)
        mosquitto_broker.thaw()
        kept = client.publish("t", b"kept", qos=1)
        assert wait_until(kept.is_published)
        assert not withdraw(client, kept.mid)
        assert not late.is_published()


def test_what_is_withdrawn_makes_room_for_what_waits_behind_it(mosquitto_broker: Mosquitto) -> None:
    """All that may be under way is given up; what waits then goes out, though none of them is ever answered."""
    with connected(mosquitto_broker) as client:
        mosquitto_broker.freeze()
        orders = [client.publish("t", b"order", qos=1) for _ in range(AT_ONCE)]
        reports = [client.publish("t", b"report", qos=1) for _ in range(AT_ONCE)]
        assert all(withdraw(client, order.mid) for order in orders)
        mosquitto_broker.thaw()
        assert wait_until(lambda: all(report.is_published() for report in reports))


def test_what_waits_is_withdrawn_before_it_was_ever_sent(mosquitto_broker: Mosquitto) -> None:
    """Those that are under way are answered, and room is left for more."""
    with connected(mosquitto_broker) as client:
        mosquitto_broker.freeze()
        orders = [client.publish("t", b"order", qos=1) for _ in range(2 * AT_ONCE)]
        assert all(withdraw(client, order.mid) for order in orders[AT_ONCE:])
        mosquitto_broker.thaw()
        assert wait_until(lambda: all(order.is_published() for order in orders[:AT_ONCE]))
        assert wait_until(client.publish("t", b"report", qos=1).is_published)
        assert not any(order.is_published() for order in orders[AT_ONCE:])
