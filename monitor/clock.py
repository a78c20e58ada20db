"""Time, injected: everything that waits or measures takes a :class:`Clock`.

One scale for everything: unix seconds that never step. ``SystemClock`` reads the wall clock once and then
counts with the monotonic clock, so that neither a decision nor an expiry moves when the machine's clock is set.
The price: after a step of the wall clock our times differ from it by ``drift_s()`` until the next start.
"""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # Linux, proc(5)


class Clock(Protocol):
    """What the rest of Vigie knows about time."""

    def now(self) -> float:
        """Seconds since the unix epoch; never steps back."""

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until ``event`` is set, at most ``timeout_s`` seconds; tell whether it is set."""


class SystemClock:
    """The machine's clock, anchored at construction."""

    def __init__(self) -> None:
        self._offset_s = time.time() - time.monotonic()

    def now(self) -> float:
        """Seconds since the unix epoch as of construction, advanced by the monotonic clock."""
        return time.monotonic() + self._offset_s

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Block on the event in real time."""
        return event.wait(max(0.0, timeout_s))

    def drift_s(self) -> float:
        """How far the wall clock has been moved away from ours since construction."""
        return time.time() - self.now()


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds since the machine was started: nobody sets them, and a process finds those of its forerunner."""

    boot: str  # unlike that of every other start; empty where the system does not tell
    seconds: float

    @classmethod
    def now(cls) -> "Uptime":
        """Ask the system."""
        try:
            return cls(_BOOT_ID.read_text().strip(), uptime_s())
        except OSError:
            return cls("", time.monotonic())


def uptime_s() -> float:
    """Return seconds on a clock that nobody sets and that runs on while the machine sleeps (Linux: CLOCK_BOOTTIME)."""
    return time.clock_gettime(_UPTIME)


class ManualClock:
    """A clock that moves only when told to, or when somebody waits on it: tests and replays run on it."""

    def __init__(self, now: float = 1_585_000_000.0) -> None:
        self._now = now
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the unix epoch, as far as this clock was advanced."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> float:
        """Move forward and return the new time."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back ({seconds} s)")
        with self._lock:
            self._now += seconds
            return self._now

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Let the waiting time pass at once, unless the event is set already."""
        if not event.is_set():
            self.advance(max(0.0, timeout_s))
        return event.is_set()
