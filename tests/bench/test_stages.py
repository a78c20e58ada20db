"""CPU time by stage."""

import gc
import threading
import time
from collections.abc import Mapping

import pytest

from monitor.bench.stages import OTHER, STAGES, StageClock
from tests.held import held_bytes
from tests.support import PATIENCE_S


def _burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(1000))


def test_a_thread_is_counted_under_its_name() -> None:
    """What a camera's thread has used is receiving; what nobody claims is other."""
    clock = StageClock()
    clock.start()
    camera = threading.Thread(target=_burn, args=(0.3,), name="camera of p01")
    camera.start()
    ended = threading.Event()

    def write() -> None:
        _burn(0.1)
        ended.wait()

    history = threading.Thread(target=write, name="history-writer")
    history.start()
    _burn(0.2)
    camera.join()
    spent = clock.stop()
    ended.set()
    history.join()
    assert set(STAGES) == set(spent.seconds)
    assert 0.1 == pytest.approx(spent.seconds["store"], rel=0.5)
    # a thread that has ended is out of the kernel's books: its time is there, unclaimed
    assert 0.5 == pytest.approx(spent.seconds[OTHER], rel=0.5)
    assert 0.6 == pytest.approx(spent.total, rel=0.5)


class LookCounter:
    """Waits for looks: a clock tells of every hundred."""

    def __init__(self) -> None:
        self._heard = 0
        self._changed = threading.Condition()

    def __call__(self, spent: Mapping[str, float]) -> None:
        """Take in that a hundred more are done."""
        with self._changed:
            self._heard += 1
            self._changed.notify_all()

    def wait(self, hundreds: int) -> bool:
        """Wait for so many hundreds since the start; tell whether they came."""
        with self._changed:
            return self._changed.wait_for(lambda: self._heard > hundreds, PATIENCE_S)


def test_who_counts_for_long_holds_no_more() -> None:
    """A soak looks a million times in each process: a number kept of each look was 100 MB an hour of its growth."""
    looks = LookCounter()
    clock = StageClock(looks, every_s=0.0002)
    clock.start()
    assert looks.wait(2)
    before = held_bytes(clock)
    assert looks.wait(22)
    grown = held_bytes(clock) - before
    clock.stop()
    assert grown < 2_000


def test_a_look_leaves_no_circle() -> None:
    """What another thread works on, a picture for one, must go when that thread lets go of it, not when a garbage
    collector comes."""
    looks = LookCounter()
    clock = StageClock(looks, every_s=0.0002)
    gc.collect()
    gc.disable()
    try:
        clock.start()
        assert looks.wait(10)
        clock.stop()
        assert gc.collect() < 500
    finally:
        gc.enable()
