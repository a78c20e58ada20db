"""What is done again and again goes on after a fault, and ends when it is told to."""

import threading

import pytest

from monitor.clock import SystemClock
from monitor.periodic import Periodic
from tests.support import PATIENCE_S


def test_a_fault_is_told_and_the_next_call_comes(caplog: pytest.LogCaptureFixture) -> None:
    """One bad call must not silence a thread for ever."""
    came_again = threading.Event()
    calls: list[int] = []

    def call() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise ValueError("the first one fails")
        came_again.set()

    periodic = Periodic("test", call, 0.01, SystemClock())
    periodic.start()
    assert came_again.wait(PATIENCE_S)
    periodic.stop()
    assert "the first one fails" in caplog.text


def test_it_ends_at_once_although_it_waits_for_long() -> None:
    """The thread is looked for after the test."""
    called = threading.Event()
    periodic = Periodic("test", called.set, 3600, SystemClock())
    periodic.start()
    assert called.wait(PATIENCE_S)
    periodic.stop()
    periodic.stop()


def test_what_never_ran_can_be_stopped() -> None:
    """Whatever fails at the start, everything is stopped."""
    called = threading.Event()
    Periodic("test", called.set, 1, SystemClock()).stop()
    assert not called.is_set()
