"""``vigie cluster`` and ``vigie drain``, on one real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.clock import uptime_s
from monitor.cluster.joining import digest_of
from monitor.config.load import load
from tests.cluster.servers import NatsServer, nats_servers
from tests.cluster.stage import SWIFT, Stage, stage

FARM = """\
mqtt: {{host: broker}}
cluster: {{urls: ['{url}'], node: a}}
sites:
  - id: cochin
    agent: elsewhere
    rooms:
      - id: hall
        printers: [{printers}]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """One server for all tests of this file."""
    with nats_servers(tmp_path_factory.mktemp("nats"), count=1) as (running,):
        yield running


def farm(folder: Path, server: NatsServer, printers: int = 12) -> Path:
    """The nodes' file."""
    path = folder / "cameras.yaml"
    entries = ", ".join(f"{{id: p{n:04}, camera: simulated, control: none}}" for n in range(printers))
    path.write_text(FARM.format(url=server.url, printers=entries))
    return path


@pytest.fixture
def nodes(tmp_path: Path, server: NatsServer) -> Iterator[Stage]:
    """Two nodes that share twelve printers."""
    with stage(tmp_path, "ab", [server.url], digest=digest_of(load(farm(tmp_path, server), {}))) as running:
        yield running


def test_a_node_is_drained_and_takes_printers_again(
    tmp_path: Path, server: NatsServer, nodes: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last one cannot be; and all of it is shown."""
    file = str(farm(tmp_path, server))
    at = uptime_s()
    assert 0 == main(["drain", file, "--by", "marie"])
    assert "node a has no printers; it takes none until vigie drain --end --node a" in capsys.readouterr().out
    nodes.wait_owned({"b"})
    assert max(nodes.gaps(at).values()) < SWIFT.renew_s  # nobody has waited for a lease to run out
    assert 0 == main(["cluster", file, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [("a", True, 0), ("b", False, 12)] == [(n["node"], n["draining"], n["printers"]) for n in told["nodes"]]
    assert 12 == len(told["owners"])
    assert 1 == main(["drain", file, "--node", "b"])
    assert "no other node is there that could take its printers" in capsys.readouterr().err
    assert 0 == main(["drain", file, "--end"])
    nodes.wait_owned({"a", "b"})
    assert 0 == main(["cluster", file, "--printers"])
    shown = capsys.readouterr().out
    assert "a                here" in shown
    assert "p0011" in shown
    nodes.assert_one_owner()


def test_a_node_that_is_not_there_cannot_be_drained(
    tmp_path: Path, server: NatsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names those that are."""
    assert 1 == main(["drain", str(farm(tmp_path, server)), "--node", "gone"])
    assert "the cluster has no node 'gone'" in capsys.readouterr().err


def test_printers_of_nobody_are_told(tmp_path: Path, server: NatsServer, capsys: pytest.CaptureFixture[str]) -> None:
    """There are more of them in the file than anybody has."""
    assert 1 == main(["cluster", str(farm(tmp_path, server, 14))])
    assert "nobody's: " in capsys.readouterr().out


def test_servers_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the remedy."""
    path = tmp_path / "cameras.yaml"
    path.write_text(FARM.format(url="nats://127.0.0.1:9", printers="{id: p01, camera: simulated, control: none}"))
    assert 1 == main(["cluster", str(path)])
    assert "check cluster.urls" in capsys.readouterr().err


def test_a_farm_that_shares_nothing_has_no_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which section is missing."""
    path = tmp_path / "cameras.yaml"
    text = FARM.format(url="nats://a", printers="{id: p01, camera: simulated, control: none}")
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("cluster")))
    assert 1 == main(["drain", str(path)])
    assert "no section cluster" in capsys.readouterr().err
