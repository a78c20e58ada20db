"""Prints that fail while a step is measured."""

import threading

import pytest

from monitor.bench.failing import UNCERTAIN, Failures, choose, most_failures
from monitor.bench.figures import Load
from monitor.fleet import GuardSettings
from monitor.sim.load_cameras import can_fail, kind_of
from monitor.sim.prints import load_prints


@pytest.mark.parametrize("cameras", [12, 60, 90, 250, 1000])
def test_failures_come_too_far_apart_for_one_cause(cameras: int) -> None:
    """In the guard's whole window there are fewer than it holds; and from 60 cameras on enough for a quantile."""
    guard = GuardSettings()
    seconds = 30.0
    in_a_window = most_failures(cameras, seconds) * (guard.within_s + guard.lead_s) / seconds
    assert in_a_window < guard.needed(cameras)
    assert cameras < 60 or most_failures(cameras, seconds) >= 10


def test_only_prints_whose_failure_is_certain_are_chosen() -> None:
    """No dead, slow or frozen camera, and no print that the detector is in doubt about."""
    prints = load_prints()
    load = Load(1000, mix="mixed", failures=1000)
    chosen = choose(load)
    assert len(set(chosen)) == len(chosen) == most_failures(1000, load.seconds)
    kinds = [kind_of(number, load.kinds) for number in chosen]
    assert not any(kind.is_dead or kind.is_slow or kind.is_frozen for kind in kinds)
    assert all(can_fail(number) and prints[number % len(prints)].name not in UNCERTAIN for number in chosen)


def test_a_delay_runs_from_the_first_failing_picture_to_the_order() -> None:
    """The first order counts; who waits is told."""
    failures = Failures()
    failures.shown({"camera": 7, "sent_at": 100.0})
    waiting = threading.Thread(target=failures.wait, args=(1,))
    waiting.start()
    failures.ordered({"printer": "p0007", "heard_at": 110.5})
    waiting.join()
    failures.ordered({"printer": "p0007", "heard_at": 120.0})
    failures.ordered({"printer": "p0008", "heard_at": 120.0})  # nothing is known of when it began
    assert [10.5] == failures.delays_s()
