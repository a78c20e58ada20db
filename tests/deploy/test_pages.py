"""docs/deployment: a hospital and a chain as the pages set them up, with real programs; a failing print is paused."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.config.tls import Tls
from tests.deploy.mosquitto import ShippedBroker, password_of, shipped_broker
from tests.deploy.nats import PASSWORD, three_servers
from tests.stacks.processes import Program
from tests.support import wait_until
from tests.system.running import CLEAN, FAILING_PRINT, VIGIE, RunningVigie, farm, running_vigie, simulated, vigie

PRINTERS_OVER_MQTT = "topic readwrite vigie/sim/#"  # the simulated ones; as a Klipper printer's instance in vigie.acl
FAILS_ONCE = {"first_failure_after_s": 4, "failure_every_s": 80_000}


def a_farm(broker: ShippedBroker, folder: Path, **sections: Any) -> dict[str, Any]:
    """Return the file that monitor and agent have alike, as docs/deployment/hospital.md has it."""
    assert isinstance(broker.network.tls, Tls)
    hall = {"id": "hall", "printers": [simulated("bad", FAILING_PRINT), simulated("good")]}
    mqtt = {
        "host": broker.network.host,
        "port": broker.network.port,
        "username": "${MQTT_USER}",
        "password": "${MQTT_PASSWORD}",
        "tls": {"ca": broker.network.tls.ca},
    }
    sites = [{"id": "cochin", "agent": "elsewhere", "rooms": [hall]}]
    storage = {"path": str(folder / "vigie.db")}
    return farm([], mqtt=mqtt, sites=sites, storage=storage, simulation=FAILS_ONCE, **sections)


def secrets_of(user: str) -> dict[str, str]:
    """Return what stands in the ``.env`` of a machine."""
    return {"MQTT_USER": user, "MQTT_PASSWORD": password_of(user), "NATS_PASSWORD": "unused"}


@contextmanager
def an_agent(file: Path, folder: Path) -> Iterator[Program]:
    """Run the agent of the site by its unit's command line, with a name and a password of its own."""
    journal = folder / "agent-cochin.db"
    agent = Program([VIGIE, "agent", "--site", "cochin", "--journal", journal, file], folder / "agent.log", folder)
    agent.start({**os.environ, **secrets_of("agent-cochin")})
    try:
        assert wait_until(lambda: "agent for cochin" in agent.said(), 90), agent.said()
        yield agent
    finally:
        agent.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[ShippedBroker]:
    """The shipped broker."""
    (tmp_path / "broker").mkdir()
    with shipped_broker(tmp_path / "broker", PRINTERS_OVER_MQTT) as running:
        yield running


def test_in_a_hospital_the_agent_pauses_what_fails(
    broker: ShippedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rights of the shipped access list are enough for the whole round: order, obedience, proof."""
    for name, value in secrets_of("vigie").items():
        monkeypatch.setenv(name, value)
    with running_vigie(a_farm(broker, tmp_path), tmp_path) as running, an_agent(running.file, tmp_path) as agent:
        assert _is_paused(running), agent.said()
        assert not running.health()["ignored_messages"]
        assert CLEAN == running.end()
        assert "refuses" not in agent.said()


def _is_paused(running: RunningVigie) -> bool:
    """Wait for the proof."""
    return running.sees(lambda printers: printers["bad"]["state"] == "paused", 90)


def test_in_a_chain_a_node_is_drained_and_takes_its_share_again(
    broker: ShippedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two monitors on the three shipped NATS servers and the shipped broker, by the commands of the page."""
    for name, value in (secrets_of("vigie") | {"NATS_PASSWORD": PASSWORD}).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "nats").mkdir()
    with three_servers(tmp_path / "nats") as (where, *_), ExitStack() as running:
        assert where.tls is not None
        nodes = list[RunningVigie]()
        for node in ("n1", "n2"):
            (folder := tmp_path / node).mkdir()
            cluster = {"urls": list(where.urls), "node": node, "username": "vigie", "password": "${NATS_PASSWORD}"}
            config = a_farm(broker, folder, cluster=cluster | {"tls": {"ca": where.tls.ca}}) | {"simulation": {}}
            nodes.append(running.enter_context(running_vigie(config, folder)))
        running.enter_context(an_agent(nodes[0].file, tmp_path))
        assert wait_until(lambda: {"n1": 1, "n2": 1} == _shares(nodes[0]), 60, 0.5), _told(nodes[0])
        drained = vigie("drain", nodes[0].file)
        assert (0, "node n1 has no printers") == (drained.returncode, drained.stdout.splitlines()[-1][:23]), drained
        assert {"n1": 0, "n2": 2} == _shares(nodes[1])
        assert nodes[0].sees(lambda printers: {"bad", "good"} == set(printers))
        nodes[0].end()
        assert 0 == vigie("cluster", nodes[1].file).returncode, _told(nodes[1])
        nodes[0].start()
        nodes[0].wait_ready()
        assert 0 == vigie("drain", nodes[0].file, "--end").returncode
        assert wait_until(lambda: {"n1": 1, "n2": 1} == _shares(nodes[1]), 60, 0.5), _told(nodes[1])


def _told(node: RunningVigie) -> str:
    return vigie("cluster", node.file, "--printers").stdout + node.said()[-3000:]


def _shares(node: RunningVigie) -> dict[str, int]:
    """Return how many printers each monitor has, as ``vigie cluster`` says."""
    told = json.loads(vigie("cluster", node.file, "--json").stdout)
    return {one["node"]: one["printers"] for one in told["nodes"]}
