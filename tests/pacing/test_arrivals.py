"""When an inspection is due: with the picture that has just arrived."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.scheduler import SLACK, Newest, Scheduler, Tally

STEP_S = 0.02


class OneCamera:
    """A scheduler with one printer, whose camera sends a picture every ``period_s``."""

    def __init__(self, period_s: Callable[[int], float], every_s: float = 1.0) -> None:
        self.scheduler = Scheduler({"p01": every_s}, 0.0)
        self.looks: list[tuple[float, float]] = []  # when, and how old the picture was
        self._period_s = period_s
        self._newest = (-1, float("-inf"))
        self._next_at = 0.31
        self.now = 0.0

    def run(self, seconds: float) -> Tally:
        """Let time pass; workers are always free."""
        until = self.now + seconds
        while self.now < until:
            self.now += STEP_S
            while self._next_at <= self.now:
                self._newest = (self._newest[0] + 1, self._next_at)
                self._next_at += self._period_s(self._newest[0])
            for printer in self.scheduler.due(self.now, lambda _: self._newest, 8):
                number, taken_at = self._newest
                self.looks.append((self.now, self.now - taken_at))
                self.scheduler.started(printer, number, self.now)
                self.scheduler.finished(printer)
        return self.scheduler.tally(self.now, lambda _: self._newest)

    def median_age_s(self) -> float:
        """Return the middle age of the pictures that were looked at."""
        ages = sorted(age for _, age in self.looks)
        return ages[len(ages) // 2]


@pytest.mark.parametrize("period_s", [1.0, 0.99, 1.01, 0.7, 0.5, 0.2, 1 / 15])
def test_pictures_are_looked_at_while_they_are_new_and_the_rate_is_kept(period_s: float) -> None:
    """Whatever the camera's own rhythm is: new pictures, once a second in the long run, or each that it sends."""
    camera = OneCamera(lambda _: period_s)
    tally = camera.run(200)
    expected = 200 / max(1.0, period_s)
    assert camera.median_age_s() <= 2 * STEP_S
    assert pytest.approx(expected, rel=0.02) == tally.done
    assert pytest.approx(tally.done, abs=2) == tally.due


def test_a_camera_slower_than_the_interval_has_each_picture_looked_at_once() -> None:
    """And owes no look for the pictures that it never sent."""
    camera = OneCamera(lambda _: 3.0)
    tally = camera.run(90)
    assert tally.done == tally.due == 30
    assert camera.median_age_s() <= 2 * STEP_S


def test_the_last_picture_of_a_camera_that_stops_is_looked_at() -> None:
    """It came too early, and no other comes: it is waited for during one interval, not for ever."""
    camera = OneCamera(lambda number: 0.4 if number == 0 else 1000.0)
    camera.run(5)
    assert 2 == len(camera.looks)


@given(st.lists(st.floats(0.02, 2.5), min_size=20, max_size=60), st.floats(0.2, 3.0))
def test_no_rhythm_of_a_camera_breaks_the_rate(gaps_s: list[float], every_s: float) -> None:
    """Never faster than wanted in the long run, no frame twice, and all that was due was done: nobody is in the way."""
    camera = OneCamera(lambda number: gaps_s[number % len(gaps_s)], every_s)
    tally = camera.run(60)
    assert tally.done <= 60 / every_s + 2
    assert tally.done <= tally.due
    gaps = [b - a for (a, _), (b, _) in zip(camera.looks, camera.looks[1:], strict=False)]
    assert min(gaps, default=every_s) >= STEP_S / 2
    assert max(gaps, default=0.0) <= 3 * every_s + 2.5
    assert 0 <= tally.due - tally.done <= 0.2 * tally.due + 3
    assert SLACK < 1


def newest_at(number: int, taken_at: float) -> Newest:
    """Return what tells of one camera's newest picture."""
    return lambda _: (number, taken_at)


def test_a_picture_that_has_waited_too_long_is_left_for_the_next_which_comes_first() -> None:
    """All workers were busy for long: nobody is judged by an old picture, and who has waited longest is next."""
    scheduler = Scheduler({"p01": 1.0, "p02": 1.0}, 0.0)
    assert ["p01", "p02"] == scheduler.due(0.9, newest_at(1, 0.5), 8)
    pictures = {"p01": (1, 0.5), "p02": (1, 1.2)}
    assert ["p02"] == scheduler.due(1.7, pictures.__getitem__, 8)
    assert 1 == scheduler.waiting
    pictures = {"p01": (2, 1.8), "p02": (2, 1.8)}
    assert ["p01", "p02"] == scheduler.due(1.9, pictures.__getitem__, 8)


def test_an_old_picture_is_looked_at_after_all_where_no_other_comes() -> None:
    """The camera has stopped: its last picture counts, once."""
    scheduler = Scheduler({"p01": 1.0}, 0.0)
    scheduler.look(0.6, newest_at(1, 0.5))
    assert [] == scheduler.due(2.0, newest_at(1, 0.5), 8)
    assert [] == scheduler.due(2.9, newest_at(1, 0.5), 8)
    assert ["p01"] == scheduler.due(3.1, newest_at(1, 0.5), 8)


@given(st.floats(0.0, 0.85), st.floats(0.0, 0.9), st.lists(st.floats(1.0, 4.0), max_size=4))
def test_no_picture_is_fetched_in_vain(phase: float, wait_s: float, stretches: list[float]) -> None:
    """A camera is asked as often as it is looked at: each picture counts, though workers are late and paces change."""
    scheduler = Scheduler({"p01": 1.0}, 0.0)
    every_s, taken_at, number = 1.0, phase, 0
    for stretch in [1.0, *stretches]:
        for _ in range(3):
            number += 1
            looked_at = taken_at + min(wait_s, 0.9)
            scheduler.look(taken_at, newest_at(number, taken_at))
            assert ["p01"] == scheduler.due(looked_at, newest_at(number, taken_at), 8)
            scheduler.started("p01", number, looked_at, taken_at)
            scheduler.finished("p01")
            taken_at += every_s
        changed_at = taken_at - every_s * 0.05
        scheduler.set_every("p01", stretch, changed_at, wanted_s=1.0, is_asked=True)
        taken_at = changed_at + (taken_at - changed_at) * stretch / every_s
        every_s = stretch
    assert 0 == scheduler.lost


def test_who_waits_for_the_next_picture_waits_for_as_long_as_that_is_put_off() -> None:
    """The interval doubles meanwhile, so the camera is asked later: its old picture is not taken for want of it."""
    scheduler = Scheduler({"p01": 2.0}, 0.0)
    scheduler.look(0.6, newest_at(1, 0.5))
    assert [] == scheduler.due(2.0, newest_at(1, 0.5), 8)
    scheduler.set_every("p01", 4.0, 2.0, wanted_s=2.0, is_asked=True)
    assert [] == scheduler.due(5.9, newest_at(1, 0.5), 8)
    assert ["p01"] == scheduler.due(5.9, newest_at(2, 5.8), 8)
