"""monitor/cluster/placement.py: one owner each, shares that follow weights, little movement."""

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.cluster.placement import place, ranked, room_of

printers = st.sets(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), min_size=1, max_size=120)
nodes = st.dictionaries(
    st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.floats(0.5, 64.0, allow_nan=False), min_size=2, max_size=7
)


@given(printers, nodes)
def test_every_printer_has_one_of_the_live_ones_and_nobody_has_much_above_its_share(
    farm: set[str], weights: dict[str, float]
) -> None:
    """A tenth, and what rounding up adds."""
    placed = place(farm, weights)
    assert farm == placed.keys()
    assert set(placed.values()) <= weights.keys()
    total = sum(weights.values())
    for node, weight in weights.items():
        owned = sum(owner == node for owner in placed.values())
        assert owned <= room_of(len(farm), weights)[node] <= len(farm) * weight / total * 1.1 + 1


@given(printers, nodes, st.data())
def test_little_moves_when_a_node_leaves_or_joins(
    farm: set[str], weights: dict[str, float], data: st.DataObject
) -> None:
    """Those of the one that left, or comes, and at most a seventh more than that, and three."""
    gone = data.draw(st.sampled_from(sorted(weights)))
    fewer = {node: weight for node, weight in weights.items() if node != gone}
    with_it, without_it = place(farm, weights), place(farm, fewer)
    moved = sum(with_it[printer] != without_it[printer] for printer in farm)
    least = sum(owner == gone for owner in with_it.values())
    assert moved <= least + math.ceil(len(farm) / 7) + 3


@given(printers, nodes)
def test_every_node_computes_the_same(farm: set[str], weights: dict[str, float]) -> None:
    """In whatever order it knows printers and nodes, and on whatever scale the weights are."""
    backwards = dict(reversed(weights.items()))
    assert place(farm, weights) == place(sorted(farm, reverse=True), backwards)
    assert place(farm, weights).keys() == place(farm, {node: 2 * weight for node, weight in weights.items()}).keys()


def test_shares_follow_weights() -> None:
    """A machine of sixteen cores has four times as many as one of four."""
    farm = [f"p{number}" for number in range(1000)]
    placed = place(farm, {"small": 4.0, "large": 16.0, "other": 16.0})
    counts = {node: sum(owner == node for owner in placed.values()) for node in ("small", "large", "other")}
    assert 1000 == sum(counts.values())
    assert 90 <= counts["small"] <= 123
    assert 400 <= counts["large"] <= 489


def test_the_loss_of_one_of_three_equal_nodes_moves_hardly_more_than_its_printers() -> None:
    """A thousand printers: at most five more than the third that must move."""
    farm = [f"printer-{number}" for number in range(1000)]
    all_three, two = place(farm, {"a": 1, "b": 1, "c": 1}), place(farm, {"a": 1, "b": 1})
    moved = sum(all_three[printer] != two[printer] for printer in farm)
    assert moved <= sum(owner == "c" for owner in all_three.values()) + 5


def test_without_a_node_nothing_is_placed() -> None:
    """Nobody is there."""
    assert {} == place(["p01"], {})
    assert [] == ranked("p01", {})


@given(nodes)
def test_each_stands_in_for_the_others_in_some_order(weights: dict[str, float]) -> None:
    """All of them, each once."""
    assert sorted(weights) == sorted(ranked("p01", weights))
