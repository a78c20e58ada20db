"""The allocator is told where it can be, and left alone where it cannot: never an error."""

import ctypes
import platform
import subprocess
import sys

import pytest

from monitor.malloc import PICTURE_BYTES, limit_arenas

IS_GLIBC = "glibc" == platform.libc_ver()[0]
HAS_MALLINFO2 = IS_GLIBC and hasattr(ctypes.CDLL(None), "mallinfo2")

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


COUNT_MAPPED = """
import ctypes, sys
bytes(200_000)  # one that was freed: from now on glibc takes pictures out of its heaps
{setting}
class Found(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]
ask = ctypes.CDLL(None).mallinfo2  # see mallinfo(3)
ask.restype = Found
before = ask().hblks
held = [bytes(int(sys.argv[1])) for _ in range(200)]
print(ask().hblks - before)
del held
print(ask().hblks - before)
"""
SET = "from monitor.malloc import map_pictures; assert map_pictures()"
LOADED = """
from monitor.config.detector import Detector
from monitor.inspectors import load_inspectors
from tests.farms import a_farm
farm = a_farm().model_copy(update={"detector": Detector(processes=%s, sessions=1)})
load_inspectors(farm).stop()
"""


def mapped(setting: str, size_bytes: int) -> list[int]:
    """Return how many of two hundred objects get pages of their own, and how many of these are left without them."""
    command = [sys.executable, "-c", COUNT_MAPPED.replace("{setting}", setting), str(size_bytes)]
    return [int(count) for count in subprocess.run(command, check=True, capture_output=True).stdout.split()]


@pytest.mark.skipif(not HAS_MALLINFO2, reason="another C library, or glibc before 2.33")
def test_pictures_have_pages_of_their_own_and_what_is_small_has_not() -> None:
    """So a picture that goes leaves no hole: its pages are the system's again."""
    assert mapped(SET, PICTURE_BYTES + 1)[0] > 150  # some may fit into what is free in the heap
    assert [0] == mapped(SET, PICTURE_BYTES + 1)[1:]
    assert [0, 0] == mapped(SET, PICTURE_BYTES // 2)


@pytest.mark.skipif(not HAS_MALLINFO2, reason="another C library, or glibc before 2.33")
def test_it_is_set_at_the_start_where_others_decode() -> None:
    """And only there: who decodes gets and frees large arrays all the time."""
    assert mapped(LOADED % True, 100_000)[0] > 150
    assert mapped(LOADED % False, 100_000)[0] < 50
