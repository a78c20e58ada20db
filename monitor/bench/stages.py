"""CPU time of this process by what it was spent on, without a line of measuring in the code that is measured.

The kernel tells how long each thread has run (``/proc/self/task/*/schedstat``, nanoseconds). Most threads do one
thing: their name says which. The threads that do several, those that inspect and the pipeline's, are looked at some
times a second: what they have used together is shared out as they were found. A look takes a moment of the wall's
clock, so a stage that waits for Python's lock is charged a little too much.
"""

import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, MappingProxyType

LOOK_EVERY_S = 0.01
OTHER = "other"
_MEASURING = "stage-clock"
_WAITING = "waiting"
STAGES = ("receive", "decode", "health", "preprocess", "infer", "judge", "tile", "publish", "store", OTHER)

_BY_THREAD: Sequence[tuple[str, str]] = (  # beginnings of names
    ("camera of", "receive"),
    ("snapshots", "receive"),
    ("history-writer", "store"),
    ("archive", "store"),
    ("announcer", "publish"),
    ("mqtt", "publish"),
    ("paho", "publish"),
    ("agent", "publish"),
    ("printer ", "publish"),
    ("publisher", "publish"),
    ("inbound", "publish"),
    (_MEASURING, _MEASURING),
    ("wall", "tile"),
    ("waitress", "tile"),
)
_BY_CODE: Sequence[tuple[str, str, str]] = (  # end of the file, beginning of the function, stage; the first that fits
    ("decode/picture.py", "_decode_view", "decode"),
    ("decode/picture.py", "_stretch", "preprocess"),
    ("decode/picture.py", "_crop", "preprocess"),
    ("decode/picture.py", "_shrink", "tile"),
    ("decode/picture.py", "encode_tile", "tile"),
    ("decode/", "", "decode"),
    ("monitor/jpeg.py", "", "decode"),
    ("monitor/health/", "", "health"),
    ("monitor/detector/", "", "infer"),
    ("monitor/inspector.py", "", "preprocess"),
    ("monitor/pipeline/", "_take_one", _WAITING),
    ("monitor/pipeline/", "", "judge"),
    ("monitor/incidents/", "", "judge"),
    ("monitor/archive/", "", "store"),
    ("monitor/history/", "", "store"),
    ("monitor/mqtt/", "", "publish"),
    ("monitor/publisher.py", "", "publish"),
)
_SEVERAL = ("inspect", "pipeline")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds by stage, between two moments."""

    seconds: Mapping[str, float]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.seconds.values())


class StageClock:
    """Counts from :meth:`start` to :meth:`stop`."""

    def __init__(self) -> None:
        self._found: dict[str, Counter[str]] = {name: Counter() for name in _SEVERAL}  # looks by stage
        self._seen: dict[int, int] = {}  # nanoseconds by the thread's native id
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=_MEASURING)
        self._began = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._began = time.process_time()
        self._seen = {task: used for task in _tasks() if (used := _used_ns(task)) is not None}
        self._thread.start()

    def stop(self) -> Spent:
        """Return what was spent, without what the counting itself has used."""
        total_s = time.process_time() - self._began
        self._stopping.set()
        used_s = self._used_s()
        self._thread.join()
        total_s -= used_s.pop(_MEASURING, 0.0)
        for name, found in self._found.items():
            looks = sum(found.values())
            for stage, count in found.items():
                used_s[stage] += used_s.get(name, 0.0) * count / looks
            if looks:
                used_s.pop(name, None)
        named = sum(used_s[stage] for stage in STAGES if stage != OTHER)
        used_s[OTHER] = max(0.0, total_s - named)  # threads that have ended, and what no stage claims
        return Spent(MappingProxyType({stage: used_s[stage] for stage in STAGES}))

    def _run(self) -> None:
        several: list[threading.Thread] = []
        looks = 0
        while not self._stopping.wait(LOOK_EVERY_S):
            if looks % 100 == 0:  # the pool's threads come when they are needed
                several = [thread for thread in threading.enumerate() if thread.name.startswith(_SEVERAL)]
            looks += 1
            frames = sys._current_frames()  # documented for exactly this
            for thread in several:
                stage = _stage_in(frames.get(thread.ident or 0))
                if stage is not None:
                    self._found[_group(thread.name)][stage] += 1

    def _used_s(self) -> defaultdict[str, float]:
        """Return seconds by stage, or by group of threads that do several things."""
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        used_s: defaultdict[str, float] = defaultdict(float)
        for task in _tasks():
            if (used := _used_ns(task)) is not None:
                used_s[_group(names.get(task, ""))] += (used - self._seen.get(task, 0)) / 1e9
        return used_s


def _tasks() -> list[int]:
    return [int(path.name) for path in Path("/proc/self/task").iterdir()]


def _used_ns(task: int) -> int | None:
    try:
        return int(Path(f"/proc/self/task/{task}/schedstat").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None  # it has ended


def _group(name: str) -> str:
    """Return the stage of a thread that does one thing, or the group of one that does several."""
    several = next((group for group in _SEVERAL if name.startswith(group)), None)
    return several or next((stage for start, stage in _BY_THREAD if name.startswith(start)), OTHER)


def _stage_in(frame: FrameType | None) -> str | None:
    while frame is not None:
        file, function = frame.f_code.co_filename, frame.f_code.co_name
        for end, start, stage in _BY_CODE:
            if (end in file) and function.startswith(start):
                return None if stage == _WAITING else stage
        frame = frame.f_back
    return None
