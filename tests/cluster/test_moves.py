"""monitor/cluster/moves.py: who listens is told of everything, one at a time."""

import threading
from collections.abc import Callable, Iterator

import pytest

from monitor.cluster.moves import Mover
from monitor.cluster.records import Moves
from tests.support import wait_until

Has = dict[str, int]


@pytest.fixture
def mover() -> Iterator[Mover]:
    """A mover at work."""
    made = Mover(lambda: None)
    made.start()
    yield made
    made.stop()


def taking(has: Has) -> Callable[[Moves], None]:
    """Somebody who notes what he has."""

    def take(moves: Moves) -> None:
        for printer in moves.lost:
            del has[printer]
        has.update(moves.gained)

    return take


def test_each_is_told_of_what_is_ours_and_of_what_changes(mover: Mover) -> None:
    """Also who comes late; a printer that came back with another epoch is lost and gained."""
    first, late = Has(), Has()
    mover.listen(taking(first))
    mover.show({"p01": 1, "p02": 1})
    assert wait_until(lambda: first == {"p01": 1, "p02": 1})
    mover.listen(taking(late))
    mover.show({"p02": 3})
    assert wait_until(lambda: first == late == {"p02": 3})


def test_what_is_being_told_counts_as_had_until_it_was_dealt_with(mover: Mover) -> None:
    """So that a printer is not given away under the hands of who has just begun to take it."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(moves: Moves) -> None:
        del moves
        begun.set()
        go_on.wait(20)

    assert not mover.has("p01", 1)
    mover.listen(slow)
    mover.show({"p01": 1})
    assert begun.wait(20)
    mover.show({})
    assert mover.has("p01", 1)
    assert mover.busy_s >= 0.0
    go_on.set()
    assert wait_until(lambda: not mover.has("p01", 1))


def test_somebody_who_fails_keeps_nothing_from_the_others(mover: Mover, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged."""

    def fail(moves: Moves) -> None:
        raise RuntimeError(f"cannot take {moves.gained}")

    has = Has()
    mover.listen(fail)
    mover.listen(taking(has))
    mover.show({"p01": 1})
    assert wait_until(lambda: has == {"p01": 1})
    assert "was not taken in" in caplog.text


def test_all_is_told_before_it_stops() -> None:
    """And to stop one that never ran is nothing."""
    has = Has()
    made = Mover(lambda: None)
    made.listen(taking(has))
    made.start()
    made.show({"p01": 1})
    made.stop()
    assert {"p01": 1} == has
    Mover(lambda: None).stop()
