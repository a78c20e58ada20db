"""The allocator is told where it can be, and left alone where it cannot: never an error."""

import platform

from monitor.clock import SystemClock
from monitor.malloc import HeapTrimmer, limit_arenas


def test_glibc_takes_the_setting_and_others_are_left_alone() -> None:
    """A farm's monitor must start on any C library."""
    assert ("glibc" == platform.libc_ver()[0]) is limit_arenas()


def test_trimmer_ends_at_once() -> None:
    """It waits for seconds at a time, but not when it is told to stop; the thread is looked for after the test."""
    trimmer = HeapTrimmer(SystemClock())
    trimmer.start()
    trimmer.stop()
    trimmer.stop()


def test_trimmer_that_never_ran_can_be_stopped() -> None:
    """Whatever fails at the start, everything is stopped."""
    HeapTrimmer(SystemClock()).stop()
