"""monitor/inbound.py: reports of agents whose clocks differ from ours."""

from monitor.inbound import AgentClocks
from monitor.records import JobState, PrinterReport

NOW = 1_585_000_000.0


def report(at: float) -> PrinterReport:
    """What an agent says, by its own clock."""
    return PrinterReport("p1", JobState.PRINTING, at, can_pause=True)


def heard(behind_s: float, seconds: int, *, every_s: int = 1) -> AgentClocks:
    """A site whose agent has reported for some seconds."""
    clocks = AgentClocks()
    for second in range(0, seconds + 1, every_s):
        clocks.on_ours(report(NOW + second - behind_s), "s", NOW + second, is_live=True)
    return clocks


def test_an_agent_that_is_five_minutes_behind_is_believed_by_when_its_word_came() -> None:
    """Else nothing that it says of a pause would be newer than the pause."""
    clocks = heard(300.0, 12)
    assert NOW + 13 == clocks.on_ours(report(NOW + 13 - 300.0), "s", NOW + 13, is_live=True).reported_at
    late = clocks.on_ours(report(NOW + 13 - 300.0), "s", NOW + 20, is_live=True)
    assert NOW + 13 == late.reported_at  # what was long on its way is still of then


def test_an_agent_that_is_ahead_says_nothing_of_the_future() -> None:
    """No report is of later than its arrival."""
    clocks = heard(-300.0, 12)
    assert NOW + 13 == clocks.on_ours(report(NOW + 313), "s", NOW + 13, is_live=True).reported_at


def test_what_has_waited_for_a_broker_is_of_when_it_was_said() -> None:
    """It comes all at once, which proves nothing of a clock; nor does what was retained."""
    clocks = AgentClocks()
    for _ in range(50):
        assert NOW - 60.0 == clocks.on_ours(report(NOW - 60.0), "s", NOW, is_live=True).reported_at
    clocks = AgentClocks()
    for second in range(60):
        clocks.on_ours(report(NOW - 300.0), "s", NOW + second, is_live=False)
    assert NOW - 300.0 == clocks.on_ours(report(NOW - 300.0), "s", NOW + 60, is_live=True).reported_at


def test_each_site_has_its_own_clock_and_a_clock_that_was_set_is_found_out() -> None:
    """Within two minutes."""
    clocks = heard(300.0, 12)
    assert NOW - 300.0 == clocks.on_ours(report(NOW - 300.0), "other", NOW + 13, is_live=True).reported_at
    assert NOW + 20 == clocks.on_ours(report(NOW + 20), "s", NOW + 20, is_live=True).reported_at
    assert NOW + 21 == clocks.on_ours(report(NOW + 21), "s", NOW + 21, is_live=True).reported_at


def test_how_far_agents_are_ahead_is_that_of_the_least() -> None:
    """A single agent's clock may be wrong itself; and what is not sure is nothing."""
    clocks = heard(-300.0, 12)
    assert 300.0 == clocks.ahead_s
    for second in range(12):
        clocks.on_ours(report(NOW + second), "right", NOW + second, is_live=True)
    assert 0.0 == clocks.ahead_s
    assert 0.0 == heard(-300.0, 5).ahead_s
