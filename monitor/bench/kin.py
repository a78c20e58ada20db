"""The monitor as the kernel sees it: this process and the workers it has started, their CPU time and memory.

Linux only, by ``/proc``. Processes that the bench has started beside the monitor are left out.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

_TICKS_A_S = os.sysconf("SC_CLK_TCK")


def workers(beside: Collection[int], root: int | None = None) -> tuple[int, ...]:
    """Return the ids of a process's children and their children, without those ``beside`` and what they started."""
    children: dict[int, list[int]] = {}
    for pid in _pids():
        fields = _stat(pid)
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(pid)
    found: list[int] = []
    waiting = [os.getpid() if root is None else root]
    while waiting:
        mine = [pid for pid in children.get(waiting.pop(), ()) if pid not in beside]
        found += mine
        waiting += mine
    return tuple(sorted(found))


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, threads that have ended too; 0 when it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_S if fields else 0.0


def user_s(pid: int) -> float:
    """Return the CPU seconds that a process has spent outside the kernel; 0 when it is gone."""
    fields = _stat(pid)
    return int(fields[11]) / _TICKS_A_S if fields else 0.0


def threads(pids: Iterable[int]) -> int:
    """Return how many threads the processes have together."""
    return sum(int(fields[17]) for pid in pids if (fields := _stat(pid)) is not None)


def memory_mb(pids: Iterable[int]) -> float:
    """Return the memory of processes that run the same program, together, in MB of 10^6.

    What each has for itself counts, what they share (worker and monitor a block) counts once, and of the program's own
    files those of the process that has read most of them. The proportional set size (Pss) of all would divide the files
    by whoever else on the machine uses them: a test that ends beside a soak seemed to make the monitor 60 MB larger.
    """
    found = [_smaps(pid) for pid in pids]
    own_kb = sum(one["Pss_Anon"] + one["Pss_Shmem"] for one in found)
    files_kb = max((one["Shared_Clean"] + one["Private_Clean"] for one in found), default=0)
    return (own_kb + files_kb) * 1024 / 1e6


def machine_s(core: int | None = None) -> float:
    """Return the CPU seconds of one core, or of the whole machine, since its start, whoever used them.

    By /proc/stat: user, nice, system, irq, softirq.
    """
    name = "cpu" if core is None else f"cpu{core}"
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    fields = next((words[1:] for line in lines if (words := line.split())[:1] == [name]), ["0"] * 7)
    return sum(int(fields[place]) for place in (0, 1, 2, 5, 6)) / _TICKS_A_S


def _smaps(pid: int) -> Counter[str]:
    """Return /proc/pid/smaps_rollup, see proc(5): kB by name; nothing of a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return Counter()
    return Counter({name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)})


def _pids() -> Iterable[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208  # a listing of names is all


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/pid/stat behind the name, see proc(5): [0] is the state, [1] the parent."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
