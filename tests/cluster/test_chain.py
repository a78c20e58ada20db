"""monitor/cluster/chain.py: which rows hold."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.cluster.chain import HISTORY, Chain


def test_of_two_rows_that_build_on_the_same_one_the_first_holds() -> None:
    """And whoever builds on the other one is void, too."""
    chain = Chain()
    assert chain.take(1, 0)
    assert chain.take(2, 1)
    assert not chain.take(3, 1)
    assert not chain.take(4, 3)
    assert chain.take(5, 2)
    assert (5, 5) == (chain.held, chain.last)


def test_a_row_is_taken_once() -> None:
    """A watch that begins anew tells it again."""
    chain = Chain()
    assert chain.take(7, 0)
    assert not chain.take(7, 0)
    assert not chain.take(3, 0)


def test_what_a_person_writes_holds() -> None:
    """Whatever was before."""
    chain = Chain()
    assert chain.take(7, 0)
    assert chain.take(9, None)
    assert chain.take(10, 9)


def test_who_comes_late_finds_out_that_the_first_row_it_saw_was_void() -> None:
    """Row 20 held and is gone; 21 built on the same one; 22 builds on 20."""
    chain = Chain()
    assert chain.take(21, 11)
    assert not chain.take(23, 11)
    assert chain.take(24, 20)
    assert not chain.take(25, 21)
    assert chain.take(26, 24)


def test_who_missed_rows_finds_out_as_well() -> None:
    """Also when something was built on the void one meanwhile."""
    chain = Chain()
    assert chain.take(5, 0)
    chain.miss()
    assert chain.take(8, 5)
    assert chain.take(9, 8)
    assert chain.take(10, 7)
    assert not chain.take(11, 9)


def test_who_missed_everything_in_between_goes_on_from_what_is_there() -> None:
    """What it builds on was never seen."""
    chain = Chain()
    assert chain.take(5, 0)
    chain.miss()
    assert chain.take(40, 38)
    assert chain.take(41, 40)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=80), st.integers(0, 80))
def test_whoever_begins_to_read_anywhere_agrees_in_the_end(doubles: list[int], stopped: int) -> None:
    """Groups of one to three rows build on the same one; somebody comes late, somebody missed what is gone by then."""
    log, held, revision = list[tuple[int, int]](), 0, 0
    for rows in doubles:
        expected, held = held, revision + 1
        for _ in range(rows):
            revision += 1
            log.append((revision, expected))
    kept = log[max(0, len(log) - HISTORY) :]
    for before in ([], log[:stopped]):
        chain = Chain()
        for row in before:
            chain.take(*row)
        chain.miss()
        for row in kept:
            chain.take(*row)
        assert held == chain.held
