"""Which core runs what: a core for each measured monitor, and the others for all that is beside. Linux only.

A process that is started while :func:`on_cores` holds has these cores alone, with all its threads and all the processes
that it starts itself: the kernel hands the set on, so nothing of the monitor has to know.
"""

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import VigieError

_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class Seats:
    """A core for each monitor, in the order in which they join, and those of cameras, broker and NATS."""

    monitors: tuple[int, ...]
    rest: frozenset[int]


def seats(available: Collection[int], monitors: int) -> Seats:
    """Give so many monitors a core each. Raises VigieError when nothing is left for what is beside them."""
    ordered = sorted(available)
    if len(ordered) <= monitors:
        raise VigieError(
            f"{monitors} monitors with a core each need {monitors + 1} cores, one of them for cameras, broker and "
            f"NATS; there are {len(ordered)} here: measure fewer, such as --nodes 1,{max(2, len(ordered) - 1)}"
        )
    return Seats(tuple(ordered[-monitors:]), frozenset(ordered[:-monitors]))


@contextlib.contextmanager
def on_cores(cores: Collection[int]) -> Iterator[None]:
    """Have this thread, and all that it starts meanwhile, run on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cores_of(pid: int) -> frozenset[int]:
    """Return the cores on which any thread of a process may run; none of a process that is gone."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(ProcessLookupError):  # a thread that has ended
                found |= os.sched_getaffinity(int(task.name))
    return frozenset(found)


def halves(cores: Collection[int]) -> list[str]:
    """Return which of these are hyper-threads of one core, such as ``1+5``: each has less than a core then."""
    found = {tuple(sorted(_siblings(core) & set(cores))) for core in cores}
    return sorted("+".join(map(str, group)) for group in found if len(group) > 1)


def _siblings(core: int) -> set[int]:
    """Return the hyper-threads of a core, by sysfs: ``1,5`` or ``2-3``."""
    try:
        text = (_CPUS / f"cpu{core}/topology/thread_siblings_list").read_text(encoding="ascii").strip()
    except OSError:
        return {core}
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found
