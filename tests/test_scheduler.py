"""The scheduler: most overdue first, never the same frame twice."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from monitor.scheduler import Newest, Scheduler, Tally


def numbers(newest: Mapping[str, int]) -> Newest:
    """Return what tells the number of each printer's newest frame, which has come just now."""
    return lambda printer: (newest.get(printer, -1), float("inf"))


def inspect(scheduler: Scheduler, printer: str, number: int, now: float) -> None:
    scheduler.started(printer, number, now)
    scheduler.finished(printer)


def test_the_most_overdue_printer_comes_first() -> None:
    """Order is by due time, not by the file's order."""
    scheduler = Scheduler({"slow": 10.0, "fast": 1.0}, started_at=0)
    newest = {"slow": 1, "fast": 1}
    for printer in scheduler.due(6.0, numbers(newest), 8):
        inspect(scheduler, printer, 1, 6.0)
    assert ["fast", "slow"] == scheduler.due(20.0, numbers({"slow": 2, "fast": 2}), 8)


def test_a_frame_is_never_inspected_twice() -> None:
    """A camera that sends nothing new is left alone."""
    scheduler = Scheduler({"p01": 1.0}, started_at=0)
    inspect(scheduler, "p01", 7, 0.0)
    assert [] == scheduler.due(5.0, numbers({"p01": 7}), 8)
    assert ["p01"] == scheduler.due(5.0, numbers({"p01": 8}), 8)


def test_a_printer_in_flight_is_not_due() -> None:
    """One camera is with one worker at a time."""
    scheduler = Scheduler({"p01": 1.0}, started_at=0)
    scheduler.started("p01", 1, 0.0)
    assert [] == scheduler.due(5.0, numbers({"p01": 2}), 8)


def test_a_dead_camera_holds_up_nobody() -> None:
    """A printer without a picture is skipped, whatever it is owed."""
    scheduler = Scheduler({"dead": 1.0, "alive": 1.0}, started_at=0)
    assert ["alive"] == scheduler.due(100.0, numbers({"alive": 1}), 1)


def test_lost_inspections_are_counted_and_not_caught_up() -> None:
    """After nine seconds without a worker a printer is inspected once, and eight are told as lost."""
    scheduler = Scheduler({"p01": 1.0}, started_at=0)
    inspect(scheduler, "p01", 1, 0.0)
    inspect(scheduler, "p01", 10, 9.0)
    assert [] == scheduler.due(9.0, numbers({"p01": 11}), 8)
    assert Tally(due=10, done=2) == scheduler.tally(9.0, numbers({"p01": 11}))
    assert 8 == scheduler.lost


def test_what_the_camera_never_sent_was_not_due() -> None:
    """A camera that sends a picture in nine seconds is owed one look at it, and that was not late."""
    scheduler = Scheduler({"p01": 1.0}, started_at=0)
    inspect(scheduler, "p01", 1, 0.0)
    inspect(scheduler, "p01", 2, 9.0)
    assert Tally(due=2, done=2) == scheduler.tally(9.5, numbers({"p01": 2}))
    assert 0 == scheduler.lost


def test_a_look_that_is_made_less_often_than_wanted_counts_as_owed() -> None:
    """Who divides by what was due must see what a stretch costs; that the camera was asked less often is no excuse."""
    scheduler = Scheduler({"p01": 1.0}, started_at=0)
    scheduler.set_every("p01", 2.0, 0.0, wanted_s=1.0, is_asked=True)
    for number in range(6):
        inspect(scheduler, "p01", number, 2.0 * number)
    assert 6 == scheduler.done
    assert 11 == scheduler.tally(10.0, numbers({"p01": 5})).due


def test_a_shorter_interval_takes_effect_at_once() -> None:
    """A printer that starts to print does not wait for the end of its idle interval."""
    scheduler = Scheduler({"p01": 30.0}, started_at=0)
    inspect(scheduler, "p01", 1, 0.0)
    scheduler.set_every("p01", 1.0, now=2.0)
    assert [] == scheduler.due(2.5, numbers({"p01": 2}), 8)
    assert ["p01"] == scheduler.due(3.0, numbers({"p01": 2}), 8)


def test_first_inspections_are_spread_over_the_interval() -> None:
    """A hundred cameras do not all fall due in the first instant."""
    scheduler = Scheduler({f"p{n}": 1.0 for n in range(100)}, started_at=0)
    assert 51 == len(scheduler.due(0.5, numbers({f"p{n}": 1 for n in range(100)}), 100))


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 3)), max_size=80), st.integers(1, 4))
def test_the_limit_holds_and_done_never_exceeds_due(steps: list[tuple[int, float]], limit: int) -> None:
    """Whatever arrives and whenever, the books balance."""
    names = [f"p{n}" for n in range(4)]
    scheduler, now, newest = Scheduler(dict.fromkeys(names, 1.0), started_at=0), 0.0, dict.fromkeys(names, 0)
    for arrival, gap_s in steps:
        now += gap_s
        newest[names[arrival]] += 1
        due = scheduler.due(now, numbers(newest), limit)
        assert len(due) <= limit
        for printer in due:
            inspect(scheduler, printer, newest[printer], now)
        tally = scheduler.tally(now, numbers(newest))
        assert tally.done <= tally.due


def test_a_printer_that_comes_is_due_at_once_and_one_that_goes_never_again() -> None:
    """What was under way when it went ends unheard; the others keep their times."""
    scheduler = Scheduler({"p01": 10.0, "p02": 10.0}, started_at=0)
    inspect(scheduler, "p01", 1, 0.0)
    scheduler.add("p03", 10.0, now=1.0)
    assert ["p03"] == scheduler.due(1.0, numbers({"p01": 2, "p02": 1, "p03": 1}), 8)
    scheduler.started("p03", 1, 1.0)
    scheduler.remove("p03")
    scheduler.finished("p03")
    assert ["p02"] == scheduler.due(5.0, numbers({"p01": 2, "p02": 1, "p03": 2}), 8)
    assert 2 == scheduler.tally(5.0, numbers({"p01": 2, "p02": 1, "p03": 2})).due


def test_who_has_just_lost_an_inspection_goes_before_others() -> None:
    """Its due time is put off by what it cannot make up for, and it does not lose to the same rhythm again."""
    scheduler = Scheduler({"p01": 1.0, "p02": 1.0}, started_at=0)
    for printer, number, now in (("p01", 1, 0.0), ("p02", 1, 0.5), ("p02", 2, 2.0), ("p01", 4, 3.0)):
        inspect(scheduler, printer, number, now)
    assert 2 == scheduler.lost
    assert ["p01", "p02"] == scheduler.due(3.4, numbers({"p01": 5, "p02": 3}), 8)
    inspect(scheduler, "p01", 5, 3.4)
    assert ["p02", "p01"] == scheduler.due(4.4, numbers({"p01": 6, "p02": 3}), 8)


@given(st.floats(0.3, 3.0), st.floats(0.02, 0.5))
def test_what_is_lost_is_what_is_wanted_less_what_is_done(busy_s: float, frame_s: float) -> None:
    """A printer that gets a worker every so often: over minutes the count is right, however the grid is put off."""
    scheduler, now = Scheduler({"p01": 1.0}, started_at=0), 0.0
    for _ in range(200):
        now += busy_s
        for printer in scheduler.due(now, numbers({"p01": int(now / frame_s)}), 1):
            inspect(scheduler, printer, int(now / frame_s), now)
    assert abs(now - scheduler.done - scheduler.lost) <= 3
