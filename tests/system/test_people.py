"""People are told by the whole program, also when it is killed while it tells them."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import Mosquitto
from tests.brokers import mosquitto_broker as mosquitto_broker  # noqa: PLC0414  (a fixture)
from tests.people.simulated_gateway import SimulatedGateway
from tests.support import wait_until
from tests.system.running import FAILING_PRINT, RunningVigie, farm, running_vigie, simulated

FAILS_S = 60.0


@pytest.fixture
def gateway() -> Iterator[SimulatedGateway]:
    """Yield a service that takes messages."""
    server = SimulatedGateway()
    server.start()
    yield server
    server.stop()


def a_farm(broker: Mosquitto, gateway: SimulatedGateway) -> dict[str, Any]:
    """Return a printer that fails and that nobody pauses, and two contacts."""
    config = farm(
        [simulated("p01", FAILING_PRINT)],
        mqtt={"host": "127.0.0.1", "port": broker.endpoint.port, "pause_timeout_s": 2},
        simulation={"first_failure_after_s": 3, "failure_every_s": 3},
        people={"contacts": [{"id": name, "url": gateway.url(name)} for name in "ab"], "escalate_after_s": 3},
    )
    config["sites"][0]["agent"] = "elsewhere"
    return config


def kinds(vigie: RunningVigie) -> list[str]:
    """Return what happened in the oldest incident."""
    incidents = vigie.get("/api/incidents?limit=500")["incidents"]
    return [event["kind"] for event in incidents[-1]["events"]] if incidents else []


def test_a_message_is_sent_after_the_program_was_killed_while_it_was_being_sent(
    mosquitto_broker: Mosquitto, gateway: SimulatedGateway, tmp_path: Path
) -> None:
    """Written first: the next start sends it, once, with its picture; the next contact hears of it in turn."""
    gateway.hangs = {"a"}
    config = a_farm(mosquitto_broker, gateway)
    with running_vigie(config, tmp_path) as vigie:
        assert wait_until(lambda: gateway.tries == 1, FAILS_S)
        vigie.end(signal.SIGKILL)
    gateway.let_go()
    gateway.hangs = set()
    with running_vigie(config, tmp_path) as vigie:
        assert gateway.gets(2, 30)
        assert [("a", "STOP p01 BY HAND"), ("b", "STOP p01 BY HAND")] == gateway.told()
        assert 1 == len(gateway.received[0].pictures)
        assert wait_until(lambda: 2 == kinds(vigie).count("people.told"))
        vigie.end(signal.SIGKILL)
    with running_vigie(config, tmp_path) as vigie:
        assert vigie.says("open from before: 1")
        assert not wait_until(lambda: len(gateway.received) > 2, 4.0)
        assert vigie.is_well(), vigie.health()


def test_people_hear_that_the_broker_is_gone_and_that_it_is_back(
    mosquitto_broker: Mosquitto, gateway: SimulatedGateway, tmp_path: Path
) -> None:
    """Their messages need no broker, and no printer has failed yet. Who was not told of the one is not of the other."""
    config = farm(
        [simulated("p01")],
        mqtt={"host": "127.0.0.1", "port": mosquitto_broker.endpoint.port},
        people={"contacts": [{"id": name, "url": gateway.url(name)} for name in "ab"], "unable_after_s": 2},
    )
    with running_vigie(config, tmp_path) as vigie:
        assert vigie.watches("p01", timeout_s=60), vigie.said()
        mosquitto_broker.kill()
        assert gateway.gets(1, 60), vigie.said()
        assert [("a", "WATCH THE PRINTERS: no MQTT broker")] == gateway.told()
        mosquitto_broker.start()
        assert gateway.gets(2, 60), vigie.said()
        assert ("a", "Works again; it was: no MQTT broker") == gateway.told()[1]
        assert vigie.is_well(), vigie.health()
        assert 2 == len(gateway.received)
