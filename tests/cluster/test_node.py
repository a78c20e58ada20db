"""monitor/cluster/node.py: the promise of one owner, against everything that goes wrong."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.cluster.lease import Timing
from monitor.cluster.rows import DrainRow
from tests.cluster.simulated_cluster import SimulatedCluster, SimulatedNode

TIMING = Timing()
STARTED_S = TIMING.silent_s + 4.0
OWNED_AGAIN_S = 2 * TIMING.silent_s + TIMING.measure_s + 3 * TIMING.stand_in_s + 8.0

NAMES = "abc"
DISTURBANCES = (
    "suspend",
    "resume",
    "cut",
    "cut requests",
    "cut answers",
    "heal line",
    "slow",
    "fast",
    "kill",
    "start",
    "close",
    "wall clock jumps",
    "drain",
    "end drain",
    "store down",
    "store up",
    "other list",
    "key removed",
    "deaf",
    "hears",
    "broker down",
    "broker up",
)

disturbances = st.lists(
    st.tuples(st.sampled_from(DISTURBANCES), st.sampled_from(NAMES), st.integers(0, 60)), min_size=1, max_size=14
)


def started(printers: int = 6, seed: int = 1, names: str = NAMES) -> SimulatedCluster:
    """A cluster that has come up."""
    cluster = SimulatedCluster(names, printers, seed)
    for node in cluster.nodes.values():
        node.start()
    cluster.run(STARTED_S)
    return cluster


def disturb(cluster: SimulatedCluster, what: str, node: SimulatedNode) -> None:
    """Do one of ``DISTURBANCES``."""
    if what in ("cut", "cut requests", "cut answers", "heal line"):
        node.requests_cut, node.answers_cut = what in ("cut", "cut requests"), what in ("cut", "cut answers")
    elif what in ("store down", "store up"):
        cluster.store.is_up = what == "store up"
    elif what in ("drain", "end drain"):
        cluster.store.put(DrainRow(node.name, what == "drain", f"person/{cluster.now}"), cluster.now)
    elif what == "key removed":
        cluster.store.remove(f"nodes.{node.name}", cluster.now)
    elif what in ("deaf", "hears"):
        node.is_deaf = what == "deaf"
    elif what in ("broker down", "broker up"):
        cluster.has_broker = what == "broker up"
    elif what in ("slow", "fast"):
        node.delay_s = 3.0 if what == "slow" else 0.1
    elif what == "wall clock jumps":
        node.unix_from += 300.0
    else:
        disturb_process(cluster, what, node)


def disturb_process(cluster: SimulatedCluster, what: str, node: SimulatedNode) -> None:
    """Do what befalls a process."""
    if what in ("suspend", "resume"):
        node.suspended = what == "suspend"
    elif what == "start" and not node.alive:
        node.start()
    elif what == "kill":
        node.alive = False
    elif what == "close" and node.alive:
        node.node.close()
    elif what == "other list" and node.alive:
        node.printers = node.printers[1:] or list(cluster.printers)
        node.node.follow(node.printers, f"digest of {len(node.printers)}")


@example([("cut", "a", 0), ("key removed", "a", 16)], 0)
@example([("cut requests", "a", 30), ("key removed", "a", 0), ("heal line", "a", 16)], 1)
@given(disturbances, st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_never_two_may_act_and_every_printer_is_owned_again(story: list[tuple[str, str, int]], seed: int) -> None:
    """Whatever happens to nodes, lines, clocks and the store, in any order; and then all is well within a bound."""
    cluster = started(seed=seed)
    for what, name, quarters in story:
        disturb(cluster, what, cluster.nodes[name])
        cluster.run(quarters * 0.25)
    for node in cluster.nodes.values():
        disturb(cluster, "end drain", node)
        node.printers = list(cluster.printers)
        if node.alive:
            node.node.follow(node.printers, f"digest of {len(node.printers)}")
    cluster.heal()
    cluster.run(OWNED_AGAIN_S)
    acted_on = set[str]()
    for _ in range(16):  # one may be on its way at any moment, for the sake of the balance
        cluster.run(0.25)
        acted_on |= cluster.acting().keys()
    assert set(cluster.printers) == acted_on


def test_a_cluster_that_starts_shares_the_printers_out() -> None:
    """Each has one owner, and each node has some."""
    cluster = started(printers=30)
    assert 30 == len(cluster.acting())
    assert set(NAMES) == set(cluster.acting().values())


def test_a_node_that_died_is_taken_over_from() -> None:
    """Within the silence that shuts it out, and a step or two; not a printer of the others has moved."""
    cluster = started(printers=30)
    before = cluster.acting()
    cluster.nodes["a"].alive = False
    cluster.run(TIMING.silent_s + 1.0)
    after = cluster.acting()
    assert 30 == len(after)
    assert {p for p, node in before.items() if node == "a"} == {p for p in before if before[p] != after[p]}


def test_a_node_that_hangs_for_a_moment_keeps_what_it_has() -> None:
    """It was not silent for long enough to be shut out: the same epochs, no moves."""
    cluster = started(printers=9)
    before, epochs = cluster.acting(), dict(cluster.highest)
    cluster.nodes["b"].suspended = True
    cluster.run(TIMING.lease_s - TIMING.renew_s - 1.0)
    cluster.nodes["b"].suspended = False
    cluster.run(10.0)
    assert before == cluster.acting()
    assert epochs == dict(cluster.highest)


def test_when_the_store_is_gone_nobody_may_act_and_when_it_is_back_nothing_has_moved() -> None:
    """The silence was the store's: nobody shuts anybody out for it."""
    cluster = started(printers=9)
    before, epochs = cluster.acting(), dict(cluster.highest)
    cluster.store.is_up = False
    cluster.run(TIMING.lease_s + TIMING.renew_s)
    assert {} == cluster.acting()
    cluster.run(60.0)
    cluster.store.is_up = True
    cluster.run(12.0)
    assert before == cluster.acting()
    assert epochs == dict(cluster.highest)


def test_a_node_that_joins_is_given_its_share_and_nothing_else_moves() -> None:
    """By handing over: no printer waits for a lease to run out."""
    cluster = SimulatedCluster(NAMES, 30, 1)
    cluster.nodes["a"].start()
    cluster.nodes["b"].start()
    cluster.run(STARTED_S)
    before = cluster.acting()
    cluster.nodes["c"].start()
    least: int = 30
    for _ in range(160):
        cluster.run(0.25)
        least = min(least, len(cluster.acting()))
    after = cluster.acting()
    assert 30 == len(after)
    assert 8 <= sum(node == "c" for node in after.values()) <= 11
    assert sum(after[p] not in ("c", before[p]) for p in before) <= 3  # nobody is to have a tenth above its share
    assert least >= 30 - 25  # those that were on their way


def test_a_drained_node_hands_everything_over_and_takes_nothing_until_it_may_again() -> None:
    """As before maintenance."""
    cluster = started(printers=12)
    cluster.store.put(DrainRow("a", True, "person/1"), cluster.now)
    cluster.run(8.0)
    assert {"b", "c"} == set(cluster.acting().values())
    assert 12 == len(cluster.acting())
    cluster.store.put(DrainRow("a", False, "person/2"), cluster.now)
    cluster.run(8.0)
    assert set(NAMES) == set(cluster.acting().values())


def test_a_second_process_of_a_name_does_not_come_in_while_the_first_is_at_work() -> None:
    """It sees the first one sign again and says who it is."""
    cluster = started(printers=6)
    twin = SimulatedNode("a", 5_000.0, 1_585_000_000.0, list(cluster.printers), instances=7)
    cluster.nodes["twin"] = twin
    twin.start()
    cluster.run(30.0)
    namesake = twin.node.namesake()
    assert namesake is not None
    assert "a-1" == namesake.instance
    assert "" == twin.node.session
    assert set(NAMES) == set(cluster.acting().values())


def test_a_node_whose_list_differs_is_given_nothing_and_told_of() -> None:
    """What it alone has on its list is its own; the others' stay where they are."""
    cluster = SimulatedCluster(NAMES, 6, 1)
    cluster.nodes["c"].printers = [*cluster.printers, "extra"]
    for node in cluster.nodes.values():
        node.start()
    cluster.run(STARTED_S + 30.0)
    strangers: Any = [row.node for row in cluster.nodes["a"].node.strangers()]
    assert ["c"] == strangers
    assert cluster.nodes["c"].can_act("extra", cluster.now) is not None
    assert 6 == len(cluster.acting())


def test_a_printer_that_is_on_nobodys_list_is_nobodys() -> None:
    """Its owner gives it up when it is taken off the list."""
    cluster = started(printers=3)
    for node in cluster.nodes.values():
        node.node.follow(cluster.printers[1:], "digest of 2")
    cluster.run(10.0)
    assert {"p01", "p02"} == cluster.acting().keys()
    assert "p00" not in cluster.nodes["a"].node.owners()
