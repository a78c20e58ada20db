"""Which inspections of a simulated farm could fall due."""

from monitor.bench.due import can_show, inspections_due
from monitor.bench.figures import Load
from monitor.sim.load_cameras import kind_of

MIXED = Load(100, mix="mixed")


def test_on_a_plain_farm_the_monitors_count_holds() -> None:
    """Also where it is higher: a suspect printer is looked at more often than it was asked for."""
    assert 1000 == inspections_due(Load(100), 1000, 10.0, {})
    assert 1010 == inspections_due(Load(100), 1010, 10.0, {})


def test_a_monitor_that_slows_down_under_its_load_does_not_lower_what_is_due() -> None:
    """What was asked for counts; a failing printer, which is paused soon, is left out of that."""
    assert 1000 == inspections_due(Load(100), 400, 10.0, {})
    assert 970 == inspections_due(Load(100), 400, 10.0, {}, failing=3)


def test_a_dead_camera_has_nothing_due_and_a_slow_one_what_it_sent() -> None:
    """The monitor counts neither as due while nothing new is there."""
    slow = [number for number in range(100) if kind_of(number, MIXED.kinds).is_slow]
    dead = sorted(set(range(100)) - set(can_show(MIXED)))
    assert (2, 1) == (len(slow), len(dead))
    assert 1000 - 10 - 2 * (10 - 4) == inspections_due(MIXED, 900, 10.0, dict.fromkeys(slow, 4))
