"""CPU time of one process by what it was spent on, without a line of measuring in the code that is measured.

The kernel tells how long each thread has run and how long it waited for a core (``/proc/self/task/*/schedstat``,
nanoseconds). Most threads do one thing: their name says which; the pipeline's is the judge, with all that decides
beside it (scheduler, memories, board, what the archive gathers). Those that do several are looked at some times a
second: what they have used together is shared out as they were found. A look needs Python's lock, so it comes when
somebody lets go of it: Python code between two calls of a library is charged to these.

The same looks tell how busy the lock is: a thread that wakes and neither runs nor waits for a core waits for the lock.
"""

import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, MappingProxyType

LOOK_EVERY_S = 0.01
OTHER = "other"
_WAITING = "waiting"
_INSPECT = "inspect"
MEASURING = "stage-clock"
STAGES = (
    "receive", "decode", "health", "preprocess", "infer", "handover", "judge", "tile", "publish", "store", OTHER,
)  # fmt: skip
LETS_GO = ("decode", "health", "preprocess", "infer")
"""Stages that are almost wholly in libraries which let go of Python's lock, where the main process has them at all."""

_BY_THREAD: Sequence[tuple[str, str]] = (  # beginnings of names
    ("camera", "receive"),
    ("receive", "receive"),
    ("snapshots", "receive"),
    ("pipeline", "judge"),
    ("history-writer", "store"),
    ("archive", "store"),
    ("announcer", "publish"),
    ("mqtt", "publish"),
    ("paho", "publish"),
    ("agent", "publish"),
    ("printer ", "publish"),
    ("publisher", "publish"),
    ("inbound", "publish"),
    (MEASURING, MEASURING),
    ("wall", "tile"),
    ("waitress", "tile"),
)
_BY_CODE: Sequence[tuple[str, str, str]] = (  # part of the file's path, beginning of the function, stage; first fit
    ("decode/picture.py", "_decode_view", "decode"),
    ("decode/picture.py", "_stretch", "preprocess"),
    ("decode/picture.py", "_crop", "preprocess"),
    ("decode/picture.py", "_shrink", "tile"),
    ("decode/picture.py", "encode_tile", "tile"),
    ("monitor/decode/", "", "decode"),
    ("monitor/jpeg.py", "", "decode"),
    ("monitor/health/", "", "health"),
    ("monitor/detector/", "", "infer"),
    ("monitor/second_look.py", "", "infer"),
    ("monitor/looking.py", "", "preprocess"),
    ("monitor/workers/", "", "handover"),
    ("multiprocessing/connection.py", "", _WAITING),
    ("multiprocessing/", "", "handover"),
    ("/selectors.py", "", _WAITING),
)
_SEVERAL = (_INSPECT, "MainThread")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds by stage between two moments, and how Python's lock was meanwhile."""

    seconds: Mapping[str, float]
    lock_wait_ms: float = 0.0  # in the mean of the looks
    measuring_s: float = 0.0  # what the counting itself has used; it is in no stage

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.seconds.values())


class StageClock:
    """Counts from :meth:`start` to :meth:`stop`. ``heard`` is told now and then what was found so far."""

    def __init__(
        self, heard: Callable[[Mapping[str, float]], None] | None = None, every_s: float = LOOK_EVERY_S
    ) -> None:
        self._heard, self._every_s = heard, every_s
        self._found: dict[str, Counter[str]] = {name: Counter() for name in _SEVERAL}  # looks by stage
        self._seen: dict[int, int] = {}  # nanoseconds by the thread's native id
        self._waited_s = 0.0  # for the lock, in all looks together: a soak looks a million times and keeps no list
        self._looks = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=MEASURING, daemon=True)
        self._began = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._began = time.process_time()
        self._seen = {task: used[0] for task in _tasks() if (used := _used_ns(task)) is not None}
        self._thread.start()

    def stop(self) -> Spent:
        """Return what was spent, without what the counting itself has used."""
        spent = self._so_far()
        self._stopping.set()
        self._thread.join()
        wait_ms = 1000 * self._waited_s / max(1, self._looks)
        return Spent(MappingProxyType({stage: spent[stage] for stage in STAGES}), wait_ms, spent[MEASURING])

    def _so_far(self) -> dict[str, float]:
        """Return CPU seconds by stage, and of the measuring itself."""
        total_s = time.process_time() - self._began
        used_s = self._used_s()
        for name, found in self._found.items():
            looked = sum(found.values())
            if looked:
                group_s = used_s.pop(name, 0.0)
                for stage, count in list(found.items()):
                    used_s[stage] += group_s * count / looked
        named = sum(used_s[stage] for stage in (*STAGES, MEASURING) if stage != OTHER)
        used_s[OTHER] = max(0.0, total_s - named)  # threads that have ended, and what no stage claims
        return {stage: used_s[stage] for stage in (*STAGES, MEASURING)}

    def _run(self) -> None:
        me = threading.get_native_id()
        several: list[threading.Thread] = []
        late_from = _waited_ns(me)
        due_at = time.monotonic() + self._every_s
        while not self._stopping.wait(max(0.0, due_at - time.monotonic())):
            late_to = _waited_ns(me)
            self._waited_s += max(0.0, time.monotonic() - due_at - (late_to - late_from) / 1e9)
            if self._looks % 100 == 0:  # the pool's threads come when they are needed
                several = [thread for thread in threading.enumerate() if thread.name.startswith(_SEVERAL)]
                if self._heard is not None:
                    self._heard(self._so_far())
            self._looks += 1
            self._look(several)
            late_from, due_at = _waited_ns(me), time.monotonic() + self._every_s

    def _look(self, several: Sequence[threading.Thread]) -> None:
        frames = sys._current_frames()  # documented for exactly this
        del frames[threading.get_ident()]  # ours holds this very table: a circle, and in it all that the others work on
        for thread in several:
            stage, group = _stage_in(frames.get(thread.ident or 0)), _group(thread.name)
            if stage == _WAITING:  # for a worker: what it does itself is to hand over; in a worker, for work
                stage = "handover" if group == _INSPECT else None
            if stage is not None:
                self._found[group][stage] += 1

    def _used_s(self) -> defaultdict[str, float]:
        """Return seconds by stage, or by group of threads that do several things."""
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        used_s: defaultdict[str, float] = defaultdict(float)
        for task in _tasks():
            if (used := _used_ns(task)) is not None:
                used_s[_group(names.get(task, ""))] += (used[0] - self._seen.get(task, 0)) / 1e9
        return used_s


def _tasks() -> list[int]:
    return [int(path.name) for path in Path("/proc/self/task").iterdir()]


def _used_ns(task: int) -> tuple[int, int] | None:
    """Return for how long a thread has run, and waited for a core."""
    try:
        ran, waited, *_ = Path(f"/proc/self/task/{task}/schedstat").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None  # it has ended
    return int(ran), int(waited)


def _waited_ns(task: int) -> int:
    return (_used_ns(task) or (0, 0))[1]


def _group(name: str) -> str:
    """Return the stage of a thread that does one thing, or the group of one that does several."""
    several = next((group for group in _SEVERAL if name.startswith(group)), None)
    return several or next((stage for start, stage in _BY_THREAD if name.startswith(start)), OTHER)


def _stage_in(frame: FrameType | None) -> str | None:
    while frame is not None:
        file, function = frame.f_code.co_filename, frame.f_code.co_name
        for part, start, stage in _BY_CODE:
            if part in file and function.startswith(start):
                return stage
        frame = frame.f_back
    return None
