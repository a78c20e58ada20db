"""Which number of sessions with which batch is best."""

import os

import pytest

from monitor.bench.tune import BATCHES, Trial, Tried, Window, best_of, candidates, choose
from monitor.config.model import Detector
from monitor.errors import VigieError
from monitor.tuning import Tuning


def _tried(sessions: int, batch: int, per_s: float, cpu_ms: float = 3.0) -> Tried:
    return Tried(sessions, batch, per_s, cpu_ms, sessions * batch / per_s)


def test_up_to_a_session_a_core_is_tried() -> None:
    """From half of the cores on, with every batch; one core has one choice of sessions."""
    assert {2, 3, 4} == {sessions for sessions, _ in candidates(4)}
    assert [(1, batch) for batch in BATCHES] == candidates(1)


def test_the_fastest_is_chosen() -> None:
    """Whatever it costs."""
    assert Tuning(4, 8) == choose([_tried(2, 8, 500, cpu_ms=2.0), _tried(4, 8, 900), _tried(3, 8, 700)])


def test_of_those_that_are_equally_fast_the_cheapest_is_chosen_and_then_the_smallest_batch() -> None:
    """A few in a hundred are noise; a small batch waits less."""
    assert Tuning(4, 8) == choose([_tried(4, 1, 880, cpu_ms=4.0), _tried(4, 8, 900), _tried(4, 16, 905)])
    assert Tuning(3, 4) == choose([_tried(4, 8, 900), _tried(4, 4, 890), _tried(3, 4, 890)])


def test_nothing_is_chosen_of_nothing() -> None:
    """That would be a guess."""
    with pytest.raises(VigieError, match="no combination"):
        choose([])


def test_the_best_stretch_of_a_trial_counts() -> None:
    """What others do only takes away; how much they did is told of all stretches."""
    cores = os.cpu_count() or 1
    quiet, busy = Window(1.0, 400, 1.6, 1.6), Window(1.0, 100, 0.4, 0.4 + cores / 2)
    found = best_of(Trial(2, 8, Detector()), [busy, quiet])
    assert (400.0, 4.0, 0.04) == (found.pictures_per_s, found.cpu_ms_per_picture, found.batch_s)
    assert 0.25 == pytest.approx(found.others_busy)
