"""The allocator is told where it can be, and left alone where it cannot: never an error."""

import platform

from monitor.malloc import limit_arenas


def test_glibc_takes_the_setting_and_others_are_left_alone() -> None:
    """A farm's monitor must start on any C library."""
    assert ("glibc" == platform.libc_ver()[0]) is limit_arenas()
