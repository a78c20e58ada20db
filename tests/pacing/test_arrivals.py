"""When an inspection is due: with the picture that has just arrived."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.scheduler import SLACK, Scheduler, Tally

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
