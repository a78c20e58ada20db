"""CPU time by stage."""

import threading
import time

import pytest

from monitor.bench.stages import OTHER, STAGES, StageClock


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
