"""glibc's allocator, told that this process has many threads, each of which gets and frees pictures all the time.

Measured with 60 simulated 720p cameras: 249 MB resident after some minutes without :func:`trim` every five
seconds, 222 MB with it, of which a monitor of 12 cameras needs 184.
"""

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

ARENAS = 2
"""Measured on 4 cores with 120 cameras: 248 MB resident against 272 MB, at the same CPU time."""

TRIM_EVERY_S = 5.0
"""A trim costs about 2 ms of CPU time and lets 3 to 9 MB go."""

KEPT_BYTES = 16 << 20
"""Of what a process of pictures has freed. Without it glibc goes by the sizes that it happens to see, and gives memory
back between two pictures: a worker took 45 pages a picture anew, which costs 0.1 ms of 4.0; decoding without a detector
365, 0.3 ms of 2.1. What is resident stays the same."""

PICTURE_BYTES = 64 << 10
"""Pictures are larger, as webcams send them (60 to 250 kB). What else lives long in a monitor is smaller: memories of
20 and 41 kB, rings of scores of 29 kB. Measured with 1,000 cameras over seven minutes: what is resident beyond what is
in use is 20 MB at most, where it was 20 to 130 MB; with 600 it had grown from 28 to 40 MB in 18 minutes. It costs some
0.03 ms of CPU time a picture, by two runs on a busy machine."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h; see mallopt(3)


def limit_arenas(arenas: int = ARENAS) -> bool:
    """Have all threads share ``arenas`` heaps; tell whether that was possible (only with glibc).

    By default glibc makes eight heaps a core. A thread a camera spreads over all of them, and each keeps the free
    space that its pictures have left, of no use to the others. To be called before threads are started.
    ``MALLOC_ARENA_MAX`` in the environment does the same.
    """
    return _call("mallopt", _M_ARENA_MAX, arenas)


def keep_freed(kept_bytes: int = KEPT_BYTES) -> bool:
    """Keep this much of what is freed for the next picture; tell whether that was possible (only with glibc).

    For a process that does nothing but look at pictures: one that has quiet hours should give it back.
    """
    return _call("mallopt", _M_MMAP_THRESHOLD, kept_bytes) and _call("mallopt", _M_TRIM_THRESHOLD, kept_bytes)


def map_pictures(from_bytes: int = PICTURE_BYTES) -> bool:
    """Give what is so large pages of its own, which go back at once; tell whether that was possible (only with glibc).

    For a process that holds encoded pictures, and decodes none. By default glibc puts them into its heaps once one was
    freed, between all that is small, and what is left free between them is other than what the next ones need.
    """
    return _call("mallopt", _M_MMAP_THRESHOLD, from_bytes)


def trim() -> bool:
    """Give free pages inside the heaps back to the system; tell whether any were (only with glibc)."""
    return _call("malloc_trim", 0)


def _call(function: str, *arguments: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(getattr(ctypes.CDLL(None), function)(*arguments))
    except (AttributeError, OSError):  # another C library, musl for one
        log.debug("this C library has no %s: its allocator stays as it is", function)
        return False
