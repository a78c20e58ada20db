"""monitor/cluster/serving.py: who cannot pause lets go of what others can, and nothing wanders or flaps for it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.cluster.lease import Timing
from monitor.cluster.node import node_views
from monitor.cluster.rows import DrainRow, NodeRow
from monitor.cluster.serving import LONGEST_BACK_S, Serving
from monitor.cluster.view import View
from monitor.commands.cluster import lines
from tests.cluster.simulated_cluster import SimulatedCluster
from tests.cluster.test_node import NAMES, TIMING, started

DEAF_S = TIMING.unheard_s + TIMING.let_go_s + 2.0  # until its printers are on their way
MOVED_S = 8.0  # until the last one has arrived


def settled(printers: int = 12) -> SimulatedCluster:
    """A cluster of which all nodes have been there for long enough to be given printers."""
    cluster = started(printers=printers)
    cluster.run(TIMING.steady_s)
    return cluster


def test_a_node_that_does_not_hear_the_broker_lets_go_of_all_it_has_and_takes_nothing() -> None:
    """By handing over, long before anybody waits for a lease; the others' printers stay."""
    cluster = settled(printers=30)
    before = cluster.acting()
    cluster.nodes["a"].is_deaf = True
    cluster.run(TIMING.unheard_s + TIMING.let_go_s - 1.0)
    assert before == cluster.acting()
    cluster.run(3.0 + MOVED_S)
    after = cluster.acting()
    assert {"b", "c"} == set(after.values())
    assert {p for p, node in before.items() if node == "a"} == {p for p in before if before[p] != after[p]}
    cluster.run(60.0)
    assert after == cluster.acting()


def test_it_takes_printers_again_when_it_has_heard_the_broker_for_a_while() -> None:
    """Those that it had."""
    cluster = settled()
    before = cluster.acting()
    cluster.nodes["a"].is_deaf = True
    cluster.run(DEAF_S + MOVED_S)
    cluster.nodes["a"].is_deaf = False
    cluster.run(TIMING.back_s - 1.0)
    assert "a" not in cluster.acting().values()
    cluster.run(TIMING.back_s + MOVED_S)  # twice as long as usual at most: it had hardly begun
    assert before == cluster.acting()


def test_a_short_silence_of_the_broker_is_none() -> None:
    """A broker that is restarted costs nothing."""
    cluster = settled()
    before, epochs = cluster.acting(), dict(cluster.highest)
    for _ in range(3):
        cluster.nodes["a"].is_deaf = True
        cluster.run(TIMING.unheard_s)
        cluster.nodes["a"].is_deaf = False
        cluster.run(2.0)
    assert before == cluster.acting()
    assert epochs == dict(cluster.highest)


@given(
    st.lists(st.floats(0.0, 2.5), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 8.0), min_size=3, max_size=3),
    st.integers(40, 400),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_broker_that_is_gone_for_all_moves_nothing(lost: list[float], back: list[float], quarters: int) -> None:
    """However differently the nodes notice it, within what is possible; also not when it comes back."""
    cluster = settled(printers=6)
    before, epochs = cluster.acting(), dict(cluster.highest)
    for delays, is_deaf in ((lost, True), (back, False)):
        from_s = cluster.now
        for delay_s, name in sorted(zip(delays, NAMES, strict=True)):
            cluster.run(from_s + delay_s - cluster.now)
            cluster.nodes[name].is_deaf = is_deaf
        cluster.run(quarters * 0.25)
    assert before == cluster.acting()
    assert epochs == dict(cluster.highest)


def test_a_dead_nodes_printers_are_taken_over_also_by_who_cannot_pause() -> None:
    """People are told of what fails there, which is better than nobody looking."""
    cluster = settled(printers=9)
    cluster.has_broker = False
    cluster.run(DEAF_S)
    cluster.nodes["a"].alive = False
    cluster.run(TIMING.silent_s + 1.0 + MOVED_S)
    assert 9 == len(cluster.acting())
    assert {"b", "c"} == set(cluster.acting().values())


def test_who_alone_hears_the_broker_has_everything_in_the_end() -> None:
    """Two lose it one after the other; what was given to the second goes on."""
    cluster = settled(printers=12)
    cluster.nodes["a"].is_deaf = True
    cluster.run(DEAF_S + MOVED_S)
    cluster.nodes["b"].is_deaf = True
    cluster.run(DEAF_S + MOVED_S)
    assert {"c"} == set(cluster.acting().values())
    cluster.nodes["a"].is_deaf = False
    cluster.nodes["c"].is_deaf = True
    cluster.run(DEAF_S + 2 * TIMING.back_s + MOVED_S)
    assert {"a"} == set(cluster.acting().values())


def test_nothing_goes_to_a_drained_node_for_it() -> None:
    """A person wants it to have none; who cannot pause keeps its printers then."""
    cluster = settled(printers=12)
    cluster.store.put(DrainRow("a", True, "person/1"), cluster.now)
    cluster.run(8.0)
    for name in "bc":
        cluster.nodes[name].is_deaf = True
    before = cluster.acting()
    cluster.run(60.0)
    assert before == cluster.acting()


@pytest.mark.parametrize("older", ["a", "bc"])
def test_versions_that_tell_nothing_of_the_broker_live_along(older: str) -> None:
    """They give nothing to who has let go; and nobody lets go because of one who does not say that it can pause."""
    cluster = SimulatedCluster(NAMES, 12, 1)
    for node in cluster.nodes.values():
        node.is_newer = node.name not in older
        node.start()
    cluster.run(40.0)
    before, epochs = cluster.acting(), dict(cluster.highest)
    cluster.nodes["c" if older == "a" else "a"].is_deaf = True
    cluster.run(60.0)
    if older == "a":
        assert {"a", "b"} == set(cluster.acting().values())
        moved = {p for p, epoch in epochs.items() if cluster.highest[p] != epoch}
        assert {p for p, node in before.items() if node == "c"} == moved
    else:
        assert before == cluster.acting()
        assert epochs == dict(cluster.highest)


def test_a_line_that_comes_and_goes_costs_ever_fewer_moves() -> None:
    """Each time it is lost soon again it must be heard for twice as long."""
    serving, timing = Serving(Timing()), Timing()
    now, heard_at, turns = 0.0, 0.0, list[float]()
    lets_go = False
    while now < 3600.0:
        now += 0.25
        is_up = now % 60.0 < 35.0
        heard_at = now if is_up else heard_at
        serving.look(now - heard_at, now, others_can=True)
        if serving.lets_go != lets_go:
            lets_go = serving.lets_go
            turns.append(now)
    assert 7 == len(turns)  # let go, taken again after 10, 20 and 40 s, and let go for good
    assert lets_go
    while not serving.can_pause:
        now += 0.25
        serving.look(0.0, now, others_can=True)
        assert now < 3600.0 + LONGEST_BACK_S + timing.back_s
    assert not serving.lets_go


def test_people_are_shown_who_cannot_pause_and_why() -> None:
    """By ``vigie cluster``, as the node's own sign of life tells it."""
    view = View()
    view.saw(
        "nodes.a", NodeRow("a", "x.1", "x/1", 4.0, at=1.5e9, can_pause=False, why="does not hear the broker"), 1, 0.0
    )
    view.saw("nodes.b", NodeRow("b", "y.1", "y/1", 4.0, at=1.5e9, can_pause=True), 2, 0.0)
    deaf, well = node_views(view, "")
    assert ("does not hear the broker", False) == (deaf.problem, deaf.can_pause)
    assert ("", True) == (well.problem, well.can_pause)
    said = list(lines([deaf, well], {}, []))
    assert said[0].startswith("a                cannot pause   since")
    assert "  does not hear the broker" == said[1]
    assert said[2].startswith("b                here")


def test_where_nobody_listens_to_a_broker_nothing_is_told_of_it() -> None:
    """As of who only looks on."""
    serving = Serving(Timing())
    serving.look(None, 5.0, others_can=True)
    assert (None, False) == (serving.can_pause, serving.lets_go)


def test_who_has_just_started_says_nothing_until_it_has_had_time_to_hear() -> None:
    """Then it is told like any other that hears nothing, before it would be given printers."""
    serving, timing = Serving(Timing()), Timing()
    now = 0.0
    while now < timing.unheard_s - 0.25:
        now += 0.25
        serving.look(float("inf"), now, others_can=True)
        assert (None, False) == (serving.can_pause, serving.lets_go)
    serving.look(float("inf"), timing.unheard_s + 0.5, others_can=True)
    assert (False, True) == (serving.can_pause, serving.lets_go)
    assert timing.unheard_s + 0.5 < timing.steady_s
    serving.look(0.1, timing.unheard_s + 0.75, others_can=True)
    assert (True, False) == (serving.can_pause, serving.lets_go)


def test_a_suspended_process_looks_before_it_says_that_it_hears_nothing() -> None:
    """What has come meanwhile is read within a moment."""
    serving = Serving(Timing())
    serving.look(0.1, 1.0, others_can=True)
    serving.look(60.0, 61.0, others_can=True)
    serving.look(0.1, 61.25, others_can=True)
    assert (True, False) == (serving.can_pause, serving.lets_go)
