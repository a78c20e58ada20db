"""A real broker: what is retained there, and what happens while it is away."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from monitor.mqtt import Endpoint, Link, Message
from tests.brokers import Mosquitto
from tests.support import wait_until
from tests.system.running import CLEAN, FAILING_PRINT, Json, RunningVigie, farm, running_vigie, simulated

QUIET_S = 3.0  # how long we look whether nothing happens


class Listener:
    """Everything that is said on a broker, in order; the broker keeps for it what it misses."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._heard: list[Message] = []
        self._lock = threading.Lock()
        self._link = Link(endpoint, "listener", keep_session=True)
        self._link.subscribe("#", self._hear)

    def __enter__(self) -> "Listener":
        self._link.start()
        assert self._link.wait_connected(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._link.stop()

    def heard(self, topic: str) -> list[bytes]:
        """Return all payloads of a topic so far."""
        with self._lock:
            return [message.payload for message in self._heard if message.topic == topic]

    def newest(self, topic: str) -> Any:
        """Return the newest JSON of a topic; empty when there is none."""
        payloads = self.heard(topic)
        return json.loads(payloads[-1]) if payloads and payloads[-1] else {}

    def is_told(self, topic: str, key: str, value: str) -> bool:
        """Wait until the newest JSON of a topic says so; tell whether it does."""
        return wait_until(lambda: self.newest(topic).get(key) == value)

    def _hear(self, message: Message) -> None:
        with self._lock:
            self._heard.append(message)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker, not started."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    yield broker
    broker.stop()


def small_farm(broker: Mosquitto, first_failure_after_s: float) -> Json:
    """Return a farm of three, of which the first fails once."""
    return farm(
        [simulated("bad", FAILING_PRINT), simulated("good"), simulated("fine")],
        mqtt={"host": "127.0.0.1", "port": broker.endpoint.port},
        simulation={"first_failure_after_s": first_failure_after_s, "failure_every_s": 80_000},
    )


def is_paused(vigie: RunningVigie, timeout_s: float = 40.0) -> bool:
    """Wait until the failing printer is seen paused."""
    return vigie.sees(lambda printers: printers["bad"]["state"] == "paused", timeout_s)


def test_states_and_the_incident_are_retained_also_without_a_wall(broker: Mosquitto, tmp_path: Path) -> None:
    """Another program has the wall's port: the printer is paused all the same, and the wall comes when it can.

    Who subscribes late learns everything at once; after the end the status says offline.
    """
    broker.start()
    with socket.create_server(("127.0.0.1", 0)) as other, ExitStack() as stack:
        vigie = RunningVigie(small_farm(broker, 2) | {"wall": {"port": other.getsockname()[1]}}, tmp_path)
        stack.callback(vigie.clean_up)
        vigie.start()
        assert vigie.says("bad: pause.confirmed", timeout_s=40), vigie.said()
        assert vigie.says("another process listens", "set another wall.port", "Everything else runs")
        late = stack.enter_context(Listener(broker.endpoint))
        assert late.is_told("vigie/site/bad/state", "state", "paused")
        assert late.is_told("vigie/site/bad/incident", "status", "paused")
        assert late.is_told("vigie/site/bad/printer", "state", "paused")
        assert wait_until(lambda: bool(late.heard("vigie/site/bad/evidence")))
        assert b"\xff\xd8" == late.heard("vigie/site/bad/evidence")[0][:2]
        for name in ("good", "fine"):
            assert late.is_told(f"vigie/site/{name}/state", "state", "watching")
        assert [] == late.heard("vigie/site/bad/pause")
        other.close()
        vigie.wait_ready()
        assert is_paused(vigie), vigie.states()
        assert vigie.watches("good", "fine"), vigie.states()
        assert wait_until(lambda: late.heard("vigie/site/status") == [b"online"])
        assert CLEAN == vigie.end(), vigie.said()
        assert wait_until(lambda: late.heard("vigie/site/status") == [b"online", b"offline"])


def test_a_broker_that_comes_late_is_waited_for(broker: Mosquitto, tmp_path: Path) -> None:
    """Without it pictures are judged, and the wall says what is missing; with it the pause arrives."""
    with running_vigie(small_farm(broker, 1), tmp_path) as vigie:
        assert vigie.sees(lambda printers: printers["bad"]["state"] == "pausing", 60), vigie.said()
        assert ("degraded", False) == (vigie.health()["status"], vigie.health()["broker_connected"])
        assert vigie.says(f"cannot reach mqtt://127.0.0.1:{broker.endpoint.port}", "check mqtt.host and mqtt.port"), (
            vigie.said()
        )
        broker.start()
        assert is_paused(vigie), vigie.said()
        assert vigie.is_well(), vigie.health()
        assert CLEAN == vigie.end(), vigie.said()


def test_a_pause_survives_the_brokers_death_and_is_carried_out_once(broker: Mosquitto, tmp_path: Path) -> None:
    """The broker dies before the failure is decided, and comes back: one pause reaches the printer."""
    broker.start()
    obeyed = "vigie/sim/bad/command"
    with running_vigie(small_farm(broker, 6), tmp_path) as vigie, Listener(broker.endpoint) as listener:
        assert vigie.watches("bad", "good", "fine"), vigie.said()
        broker.kill()
        assert vigie.sees(lambda printers: printers["bad"]["state"] == "pausing", 60), vigie.said()
        broker.start()
        assert is_paused(vigie), vigie.said()
        assert wait_until(lambda: listener.heard(obeyed) == [b"pause"])
        assert not wait_until(lambda: listener.heard(obeyed) != [b"pause"], QUIET_S)
        (incident,) = vigie.history()
        assert ("bad", "paused") == (incident["printer"], incident["status"])
        assert vigie.watches("good", "fine"), vigie.states()
        assert CLEAN == vigie.end(), vigie.said()
