"""At whose printers others look."""

from monitor.peers.records import Look
from monitor.peers.watched import AT_MOST_S, LASTS_S, WATCHERS, Watched


def test_a_look_lasts_as_long_as_its_own_times_say_whatever_the_clocks() -> None:
    """The asker's clock is five minutes ahead."""
    watched = Watched()
    watched.look(Look(("p1",), until=1312.0, at=1300.0), now=1000.0)
    assert {"p1"} == watched.printers(1011.9)
    assert set() == watched.printers(1012.0)


def test_a_look_without_its_time_or_for_ever_ends_too() -> None:
    """Whoever looks says so again."""
    watched = Watched()
    watched.look(Look(("p1",), until=9e9), now=1000.0)
    assert {"p1"} == watched.printers(999.0 + LASTS_S)
    assert set() == watched.printers(1000.0 + LASTS_S)
    watched.look(Look(("p1",), until=9e9, at=1000.0), now=1000.0)
    assert set() == watched.printers(1000.0 + AT_MOST_S)


def test_what_one_says_replaces_what_it_said_and_nothing_of_another() -> None:
    """Two walls of a region look at different printers."""
    watched = Watched()
    watched.look(Look(("p1", "p2"), 1010.0, 1000.0, "hub"), 1000.0)
    watched.look(Look(("p3",), 1010.0, 1000.0, "node"), 1000.0)
    watched.look(Look(("p2",), 1010.0, 1000.0, "hub"), 1000.0)
    assert {"p2", "p3"} == watched.printers(1001.0)


def test_a_thousand_that_look_are_too_many() -> None:
    """What they may ask us to remember is bounded."""
    watched = Watched()
    for number in range(1000):
        watched.look(Look((f"p{number}",), 1010.0, 1000.0, f"wall {number}"), 1000.0 + number / 1000)
    assert WATCHERS == len(watched.printers(1001.0))


def test_the_least_that_anybody_can_hear_holds_while_it_is_said() -> None:
    """And never so little that nothing would be told: who asks may be somebody who wants that."""
    watched = Watched()
    watched.look(Look((), 1010.0, 1000.0, "hub", 50.0), 1000.0)
    watched.look(Look(("p1",), 1020.0, 1000.0, "node"), 1000.0)
    watched.look(Look((), 1005.0, 1000.0, "another", 0.0), 1000.0)
    assert [10.0, 50.0, None] == [watched.kbit_per_s(now) for now in (1001.0, 1006.0, 1011.0)]
