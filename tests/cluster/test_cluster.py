"""Nodes as processes, on three real NATS servers: one owner a printer, whatever is killed, suspended or cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import uptime_s
from tests.cluster.relay import Relay
from tests.cluster.servers import NatsServer, nats_servers
from tests.cluster.stage import PATIENCE_S, SWIFT, NodeProcess, stage
from tests.support import wait_until


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[NatsServer]]:
    """Three servers that all tests of this file share, each with a bucket as the one before left it."""
    with nats_servers(tmp_path_factory.mktemp("nats")) as running:
        yield running


def urls(servers: list[NatsServer]) -> list[str]:
    """Where all of them are."""
    return [server.url for server in servers]


def test_a_node_that_is_killed_is_taken_over_from_and_one_that_hangs_acts_no_more(
    tmp_path: Path, servers: list[NatsServer]
) -> None:
    """SIGKILL of one, its return, then SIGSTOP and SIGCONT of another."""
    with stage(tmp_path, "abc", urls(servers)) as nodes:
        at = nodes.nodes["a"].kill()
        nodes.wait_owned({"b", "c"})
        assert max(nodes.taken_over("a", at).values()) < SWIFT.silent_s + 5.0
        nodes.nodes["a"].start()
        nodes.wait_owned({"a", "b", "c"})
        nodes.nodes["b"].suspend()
        nodes.wait_owned({"a", "c"})
        nodes.nodes["b"].resume()
        nodes.wait_owned({"a", "b", "c"})
        nodes.assert_one_owner()


def test_a_node_that_is_cut_off_acts_no_more_and_comes_back_by_itself(
    tmp_path: Path, servers: list[NatsServer]
) -> None:
    """Its line lets nothing through and tells nobody; it says what is wrong."""
    with Relay(servers[0].port) as line, stage(tmp_path, "ab", urls(servers)) as nodes:
        far = NodeProcess(tmp_path, "far", [line.url], nodes.printers)
        nodes.nodes["far"] = far
        far.start()
        nodes.wait_owned({"a", "b", "far"})
        line.cut()
        nodes.wait_owned({"a", "b"})
        assert wait_until(lambda: "is not certain of its printers" in far.problem, PATIENCE_S, 0.05)
        line.heal()
        nodes.wait_owned({"a", "b", "far"})
        assert wait_until(lambda: far.problem == "", PATIENCE_S, 0.05)
        nodes.assert_one_owner()


def test_two_nodes_of_one_name_are_refused(tmp_path: Path, servers: list[NatsServer]) -> None:
    """The second one ends with a message that says what to do; the first one goes on."""
    with stage(tmp_path, "ab", urls(servers)) as nodes:
        twin = NodeProcess(tmp_path, "a", urls(servers), nodes.printers, alias="twin")
        twin.start()
        assert wait_until(lambda: not twin.program.is_running, PATIENCE_S, 0.05)
        assert 1 == twin.program.exit_status
        assert "two monitors are called node a: the other one on here is at work" in twin.program.said()
        assert "cluster.node" in twin.program.said()
        nodes.wait_owned({"a", "b"})
        nodes.nodes["twin"] = twin
        nodes.assert_one_owner()


def test_a_node_that_is_stopped_hands_over_without_a_gap(tmp_path: Path, servers: list[NatsServer]) -> None:
    """SIGTERM, as for an upgrade: nobody waits for a lease to run out."""
    with stage(tmp_path, "abc", urls(servers), printers=60) as nodes:
        settled_at = uptime_s() + SWIFT.steady_s  # who is given printers was there for a while
        assert wait_until(lambda: uptime_s() > settled_at, PATIENCE_S, 0.05)
        at = uptime_s()
        nodes.nodes["a"].program.process.terminate()
        nodes.wait_owned({"b", "c"})
        assert max(nodes.gaps(at).values()) < SWIFT.lease_s
        nodes.assert_one_owner()


def test_clocks_that_are_five_minutes_apart_change_nothing_and_are_told(
    tmp_path: Path, servers: list[NatsServer]
) -> None:
    """One is ahead, one behind; printers change hands in all directions, and epochs grow whoever gives them."""
    with stage(tmp_path, "a", urls(servers)) as nodes:
        for name, ahead_s in (("fast", 300.0), ("slow", -300.0)):
            nodes.nodes[name] = NodeProcess(tmp_path, name, urls(servers), nodes.printers, clock_skew_s=ahead_s)
            nodes.nodes[name].start()
        nodes.wait_owned({"a", "fast", "slow"})
        said = "the clock of node fast is 300 s ahead of this machine's: set all clocks by NTP"
        assert wait_until(lambda: said in nodes.nodes["a"].problem, PATIENCE_S, 0.05), nodes.nodes["a"].problem
        assert wait_until(lambda: "a is 300 s behind" in nodes.nodes["fast"].problem, PATIENCE_S, 0.05)
        assert wait_until(lambda: "a is 300 s ahead of" in nodes.nodes["slow"].problem, PATIENCE_S, 0.05)
        nodes.nodes["fast"].kill()
        nodes.wait_owned({"a", "slow"})
        nodes.nodes["a"].program.process.terminate()
        nodes.wait_owned({"slow"})
        nodes.assert_one_owner()


def test_a_node_that_does_not_hear_the_broker_hands_over_and_comes_back(
    tmp_path: Path, servers: list[NatsServer]
) -> None:
    """Without a gap; when nobody hears it, nothing moves, and all say so."""
    with stage(tmp_path, "ab", urls(servers)) as nodes:
        a, b = nodes.nodes["a"], nodes.nodes["b"]
        at = uptime_s()
        a.deafen()
        nodes.wait_owned({"b"})
        assert max(nodes.gaps(at).values()) < SWIFT.lease_s
        assert wait_until(lambda: "is deaf, as the test wants it; other nodes can" in a.problem, PATIENCE_S, 0.05)
        epochs = b.epochs
        b.deafen()
        assert wait_until(lambda: "so nothing changes hands" in b.problem, PATIENCE_S, 0.05)
        assert epochs == b.epochs
        a.deafen(deaf=False)
        nodes.wait_owned({"a"})
        b.deafen(deaf=False)
        nodes.wait_owned({"a", "b"})
        nodes.assert_one_owner()


def test_nodes_whose_lists_differ_say_so(tmp_path: Path, servers: list[NatsServer]) -> None:
    """Both name each other; nobody loses a printer for it."""
    with stage(tmp_path, "ab", urls(servers)) as nodes:
        other = NodeProcess(tmp_path, "c", urls(servers), [*nodes.printers, "extra"])
        other.start()
        try:
            assert wait_until(lambda: "extra" in other.epochs, PATIENCE_S, 0.05)
            assert "the list of printers of node a, b differs from ours" in other.problem
            assert wait_until(lambda: "node c differs" in nodes.nodes["a"].problem, PATIENCE_S, 0.05)
            nodes.wait_owned({"a", "b"})
        finally:
            other.program.kill()
