"""monitor/cluster/clocks.py: how far other nodes' clocks are off, as their signs of life tell."""

from collections.abc import Sequence

from monitor.cluster.clocks import SIGNS, Clocks, told
from monitor.cluster.rows import NodeRow


def heard(differences_s: Sequence[float], session: str = "x.1") -> Clocks:
    """What is known after signs of life that came with these differences."""
    clocks = Clocks()
    for number, difference_s in enumerate(differences_s):
        at = 1.5e9 + 2 * number
        clocks.signed(NodeRow("a", session, "x/1", 1.0, at=at), at + difference_s)
    return clocks


def test_a_clock_that_is_off_is_told_with_its_direction_and_the_remedy() -> None:
    """Ahead of ours, or behind."""
    assert [("a", -300.0)] == list(heard([-300.0, -299.5, -299.0, -299.9, -299.9]).apart())
    assert [("a", 300.0)] == list(heard([302.0, 300.0, 305.0, 301.0, 301.0]).apart())
    assert "node a is 300 s ahead of this machine's: set all clocks by NTP" in told("a", -300.0)
    assert "node a is 300 s behind this machine's" in told("a", 300.0)


def test_what_was_long_on_its_way_is_no_wrong_clock() -> None:
    """After servers have hung, what has waited comes at once."""
    assert [] == list(heard([10.0, 8.0, 6.0, 4.0, 2.0]).apart())
    assert [] == list(heard([-300.0] * (SIGNS - 1)).apart())


def test_a_process_that_has_begun_anew_is_measured_anew_and_one_that_has_ended_is_none() -> None:
    """It may have been started again because its clock was set."""
    clocks = heard([-300.0] * SIGNS)
    clocks.signed(NodeRow("a", "y.1", "y/1", 1.0, at=1.5e9), 1.5e9)
    assert [] == list(clocks.apart())
    clocks = heard([-300.0] * SIGNS)
    clocks.signed(NodeRow("a", "x.1", "x/1", 1.0, at=1.5e9, ended=True), 1.5e9)
    assert [] == list(clocks.apart())
