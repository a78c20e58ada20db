"""The allocator is told where it can be, and left alone where it cannot: never an error."""

import platform
import subprocess
import sys

import pytest

from monitor.malloc import limit_arenas

IS_GLIBC = "glibc" == platform.libc_ver()[0]

COUNT_FAULTS = """
import resource, sys
from monitor.malloc import keep_freed
if "keep" in sys.argv:
    assert keep_freed()
def work():
    return len([bytes(1_000_000) for _ in range(8)])
for _ in range(3):
    work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_glibc_takes_the_setting_and_others_are_left_alone() -> None:
    """A farm's monitor must start on any C library."""
    assert IS_GLIBC is limit_arenas()


@pytest.mark.skipif(not IS_GLIBC, reason="another C library")
def test_what_is_freed_is_kept_for_the_next_picture() -> None:
    """Eight megabytes got and freed fifty times: hundreds of pages are taken anew each time, or next to none."""
    usual, kept = (
        int(subprocess.run([sys.executable, "-c", COUNT_FAULTS, how], check=True, capture_output=True).stdout)
        for how in ("usual", "keep")
    )
    assert kept < usual / 5
