"""monitor/cluster/scripted.py: the cluster of other rooms' tests keeps the promises of the real one."""

import pytest

from monitor.cluster.records import Case, Moves, Ownership
from monitor.cluster.scripted import ScriptedCluster
from monitor.errors import ClusterAway, NotOwner


def test_a_printer_moves_in_order() -> None:
    """The loser is told while it may still keep, and can act no more."""
    cluster = ScriptedCluster({"p01": "a"})
    first: Ownership = cluster.node("a")
    second: Ownership = cluster.node("b")
    told = list[tuple[str, Moves]]()

    def let_go(moves: Moves) -> None:
        told.append(("a", moves))
        for printer in moves.lost:
            assert first.epoch(printer) is None
            first.keep(Case(printer, 1, evidence_s=3.0))

    first.on_change(let_go)
    second.on_change(lambda moves: told.append(("b", moves)))
    assert 2 == cluster.move("p01", "b")
    assert [
        ("a", Moves(gained={"p01": 1})),
        ("a", Moves(lost=frozenset({"p01"}))),
        ("b", Moves(gained={"p01": 2})),
    ] == told
    assert 2 == second.epoch("p01")
    assert 3.0 == getattr(second.case("p01"), "evidence_s", None)
    assert {"p01": "b"} == second.owners()
    with pytest.raises(NotOwner):
        first.keep(Case("p01", 1))


def test_one_that_is_cut_off_owns_nothing_for_certain() -> None:
    """And can keep nothing, until it is back."""
    cluster = ScriptedCluster({"p01": "a"})
    node = cluster.node("a")
    cluster.cut_off("a")
    assert node.epoch("p01") is None
    assert "cut off" in node.problem
    with pytest.raises(ClusterAway):
        node.keep(Case("p01", 1))
    cluster.reach("a")
    assert 1 == node.epoch("p01")
    assert "" == node.problem


def test_one_that_was_robbed_finds_out_when_it_keeps() -> None:
    """As after a suspension."""
    cluster = ScriptedCluster({"p01": "a"})
    assert 2 == cluster.steal("p01", "b")
    with pytest.raises(NotOwner, match="belongs to b since epoch 2"):
        cluster.node("a").keep(Case("p01", 1))
    assert 3 == cluster.move("p01", "a", in_order=False)
    cluster.node("a").keep(Case("p01", 3))
    assert Case("p01", 3) == cluster.kept("p01")
