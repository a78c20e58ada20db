"""monitor/sharing/hearing.py: how long ago the broker was heard, over links that pauses can travel."""

from monitor.clock import ManualClock
from monitor.sharing.hearing import Hearing
from tests.sharing.household import Household
from tests.support import wait_until


def test_what_was_never_heard_has_been_silent_for_ever() -> None:
    """A node that comes up without a broker is given no printers."""
    assert float("inf") == Hearing(ManualClock(), lambda: True).silence_s()


def test_what_is_heard_while_a_sites_link_is_down_does_not_count() -> None:
    """Pauses would not arrive."""
    clock, up = ManualClock(), [True]
    hearing = Hearing(clock, lambda: up[0])
    hearing.heard()
    clock.advance(3.0)
    up[0] = False
    hearing.heard()
    assert 3.0 == hearing.silence_s()
    up[0] = True
    hearing.heard()
    assert 0.0 == hearing.silence_s()


def test_a_node_that_is_too_late_for_all_agents_can_pause_nothing() -> None:
    """They would take its orders for too old: others should have its printers."""
    clock, ahead_s = ManualClock(), [0.0]
    hearing = Hearing(clock, lambda: True, lambda: ahead_s[0], 60.0)
    hearing.heard()
    assert hearing.why().startswith("does not hear the broker")
    clock.advance(3.0)
    ahead_s[0] = 300.0
    hearing.heard()
    assert 3.0 == hearing.silence_s()
    assert "a clock that is 300 s behind the agents'" in hearing.why()
    ahead_s[0] = 50.0
    hearing.heard()
    assert 0.0 == hearing.silence_s()


def test_a_node_that_is_alone_hears_itself(household: Household) -> None:
    """So there is always something to be heard, also where no printer says anything."""
    household.begin("north")
    assert wait_until(lambda: household.members["north"].silence() < 5.0)
