"""Servers that die and hang, and how long a takeover takes: with the usual waiting, so these are long tests."""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import pytest

from monitor.clock import uptime_s
from monitor.cluster.lease import Timing
from tests.cluster.servers import NatsServer, nats_servers
from tests.cluster.stage import PATIENCE_S, stage
from tests.support import wait_until

pytestmark = [pytest.mark.scale, pytest.mark.timeout(900)]

TIMING = Timing()
ROUNDS = 20


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[NatsServer]]:
    """Three servers."""
    with nats_servers(tmp_path) as running:
        yield running


def urls(servers: list[NatsServer]) -> list[str]:
    """Where all of them are."""
    return [server.url for server in servers]


def test_one_of_three_servers_may_die_and_when_all_are_gone_nobody_acts(
    tmp_path: Path, servers: list[NatsServer]
) -> None:
    """Nothing changes hands for it; and all is well again when they are back."""
    with stage(tmp_path, "ab", urls(servers), timing=TIMING) as nodes:
        before = nodes.owners()
        for server in servers:
            server.kill()
            assert wait_until(nodes.all_owned, PATIENCE_S, 0.05)
            server.start()
            nodes.wait_owned({"a", "b"})
        assert before == nodes.owners()
        for server in servers:
            server.kill()
        assert wait_until(lambda: not nodes.owners(), TIMING.lease_s + 5.0, 0.05)
        running = nodes.nodes.values()
        assert wait_until(lambda: all("cannot reach" in node.problem for node in running), PATIENCE_S, 0.05)
        for server in servers:
            server.start()
        nodes.wait_owned({"a", "b"})
        nodes.assert_one_owner()


def test_a_server_that_hangs_is_left(tmp_path: Path, servers: list[NatsServer]) -> None:
    """Its connections stay open, and nothing comes."""
    with stage(tmp_path, "ab", urls(servers), timing=TIMING) as nodes:
        servers[1].freeze()
        nodes.wait_owned({"a", "b"})
        quiet_until = uptime_s() + TIMING.lease_s
        assert wait_until(lambda: uptime_s() > quiet_until and nodes.all_owned(), PATIENCE_S, 0.05)
        servers[1].thaw()
        nodes.wait_owned({"a", "b"})
        nodes.assert_one_owner()


def test_takeover_times(tmp_path: Path, servers: list[NatsServer], capsys: pytest.CaptureFixture[str]) -> None:
    """From SIGKILL of a node until the last of its printers can be acted on by another one."""
    taken_s, every_s = list[float](), list[float]()
    with stage(tmp_path, "abc", urls(servers), printers=90, timing=TIMING) as nodes:
        for number in range(ROUNDS):
            victim = nodes.nodes["abc"[number % 3]]
            at = victim.kill()
            nodes.wait_owned(set("abc") - {victim.name})
            taken = nodes.taken_over(victim.name, at).values()
            assert taken, f"round {number}: {victim.name} had nothing at {at}: {nodes.spans()[-9:]}"
            taken_s.append(max(taken))
            every_s += taken
            victim.start()
            nodes.wait_owned(set("abc"))
        nodes.assert_one_owner()
    cuts = quantiles(every_s, n=100)
    text = f"{ROUNDS} nodes killed, {len(every_s)} printers taken over: p50 {cuts[49]:.1f} s, p99 {cuts[98]:.1f} s"
    with capsys.disabled():
        sys.stdout.write(f"\n{text}, the longest {max(taken_s):.1f} s\n")
    assert max(taken_s) < 20.0
