"""What is lost and what is doubled is found, and what is neither is not."""

from math import isnan

import pytest

from tests.cluster_rounds.rounds import Fault, Round
from tests.cluster_rounds.table import table
from tests.cluster_rounds.verdict import Outcome, Told, judge, percentile
from tests.crash.printers import CountingPrinter

ROUND = Round(7, Fault.KILL, "north", 15.0, {"m1": 0.0}, "")
ONE = frozenset({"i1"})


def judged(pauses: int, told: Told, healthy: int = 0) -> Outcome:
    """Judge a round in which m1 fails and m2 does not; both were paused once before."""
    outcome = Outcome(ROUND)
    printers = {"m1": CountingPrinter("m1", pauses=1 + pauses), "m2": CountingPrinter("m2", pauses=1 + healthy)}
    judge(outcome, {"m1": 1, "m2": 1}, printers, {"m1": told})
    return outcome


@pytest.mark.parametrize(
    ("pauses", "told", "both"), [(1, Told(ONE, False), 0), (0, Told(ONE, True), 0), (1, Told(ONE, True), 1)]
)
def test_one_pause_or_a_word_to_people_is_right(pauses: int, told: Told, both: int) -> None:
    """Also both, when nobody could prove the pause in time."""
    outcome = judged(pauses, told)
    assert ([], [], both, 1) == (outcome.lost, outcome.doubled, outcome.both, outcome.failures)


def test_what_nobody_noticed_is_lost() -> None:
    """Neither paused nor told."""
    assert 1 == len(judged(0, Told(frozenset(), False)).lost)


@pytest.mark.parametrize(
    ("pauses", "told", "healthy"),
    [(2, Told(ONE, False), 0), (1, Told(ONE | {"i2"}, False), 0), (1, Told(ONE, False), 1)],
)
def test_what_came_twice_or_for_nothing_is_doubled(pauses: int, told: Told, healthy: int) -> None:
    """A second pause, a second incident, a pause of a healthy print."""
    assert 1 == len(judged(pauses, told, healthy).doubled)


def test_the_table_counts_by_fault() -> None:
    """And says how long takeovers took."""
    outcome = judged(1, Told(ONE, False))
    outcome.takeovers_s = [9.0, 11.0]
    lines = table([outcome, Outcome(ROUND)]).splitlines()
    assert ["killed", "2", "1", "1", "0", "0", "0", "0"] == lines[1].split()
    assert "takeover: p50 11.0 s, p99 11.0 s, longest 11.0 s (of 2)" in lines


def test_a_percentile_of_nothing_is_no_number() -> None:
    """And of some, it is one of them."""
    assert isnan(percentile([], 0.5))
    assert (50, 99, 100) == tuple(percentile(range(101), share) for share in (0.5, 0.99, 1.0))
