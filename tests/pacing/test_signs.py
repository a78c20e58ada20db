"""By what an overload is recognised."""

from monitor.pacing import Window
from monitor.pacing.overload import IN_A_ROW, OverloadSigns


def second(done: int, lost: int = 0, waiting: float = 0.0) -> Window:
    """Return what was measured in a second of full work."""
    return Window(1.0, done, lost, waiting, 1.0)


def seconds_until_told(window: Window, most: int = 200) -> int | None:
    """Return after how many such windows it is an overload."""
    signs = OverloadSigns()
    return next((number for number in range(1, most) if signs.tell(window, 1.0)), None)


def test_a_large_farm_tells_in_three_seconds_and_a_small_one_in_as_many_inspections() -> None:
    """A fifth is lost of a hundred inspections a second, of five, and of one every two seconds or so."""
    assert IN_A_ROW == seconds_until_told(second(80, 20))
    assert 3 * 7 == seconds_until_told(second(4, 1))
    assert IN_A_ROW == seconds_until_told(second(80, waiting=60.0))
    assert IN_A_ROW == seconds_until_told(second(0, waiting=2.0))


def test_what_is_no_overload_is_never_told() -> None:
    """Nothing is lost, or one in a hundred, or a single picture waits."""
    for window in (second(100), second(4), second(99, 1), second(4, waiting=1.0), second(0)):
        assert seconds_until_told(window) is None


def test_a_breath_slows_nobody_and_an_overload_is_over_when_nothing_is_lost() -> None:
    """Two bad seconds are not three."""
    signs = OverloadSigns()
    assert not any(signs.tell(second(80, 20), 1.0) for _ in range(2))
    assert not signs.tell(second(100), 1.0)
    assert [False, False, True, False] == [signs.tell(second(100 - lost, lost), 1.0) for lost in (20, 20, 20, 0)]


def test_two_windows_as_one() -> None:
    """Counts are added; what is a mean is weighed by time."""
    both = Window(1.0, 4, 1, 2.0, 1.0, 0.5) + Window(3.0, 8, 0, 0.0, 0.6, 0.1)
    assert (4.0, 12, 1, 0.5) == (both.seconds, both.done, both.lost, both.waiting)
    assert (0.7, 0.2) == (round(both.busy_share, 6), round(both.loop_share, 6))
