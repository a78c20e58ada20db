"""Two usual ways of doing the same work, on the same cameras with the same network, to be compared with.

``python -m monitor.bench.ways --way streams --cameras 12 --seconds 20 URL``, in a process of its own, prints
``cpu_ms_per_camera_s`` and ``inspections`` as JSON.

- ``streams``: a thread a camera reads every frame of its 15 fps stream with ``cv2.VideoCapture``; once a second the
  newest is stretched and inspected, one frame at a time.
- ``snapshots``: a thread a camera asks for a picture once a second, decodes all of it, stretches it and inspects it,
  one frame at a time.
"""

import argparse
import json
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import get_args

import cv2
import numpy as np

from monitor.config import model as config
from monitor.config.detector import Precision
from monitor.decode.picture import Pixels
from monitor.detector import Detector

WARM_UP_S = 5.0
EVERY_S = 1.0


class Work:
    """What both ways share: one detector behind a lock, and a count."""

    def __init__(self, precision: Precision) -> None:
        self._detector = Detector.load(config.Detector(precision=precision))
        self._lock = threading.Lock()
        self._count = 0
        self.ending = threading.Event()

    @property
    def inspections(self) -> int:
        """How many were done."""
        return self._count

    def inspect(self, frame: Pixels) -> None:
        """Stretch a frame to the network's input, and run it."""
        info = self._detector.info
        picture = cv2.resize(frame, (info.width, info.height), interpolation=cv2.INTER_LINEAR)
        with self._lock:
            self._detector.infer(np.asarray(picture, np.uint8)[None])
            self._count += 1


def watch_stream(url: str, work: Work) -> None:
    """Read every frame, inspect one a second."""
    capture, due_at = cv2.VideoCapture(url), time.monotonic()
    while not work.ending.is_set():
        ok, frame = capture.read()
        if not ok:
            sys.exit(f"{url}: cv2.VideoCapture gives no frame")
        if time.monotonic() >= due_at:
            due_at += EVERY_S
            work.inspect(np.asarray(frame, np.uint8))
    capture.release()


def watch_snapshots(url: str, work: Work) -> None:
    """Ask for one picture a second, and inspect it."""
    due_at = time.monotonic()
    while not work.ending.wait(max(0.0, due_at - time.monotonic())):
        due_at += EVERY_S
        with urllib.request.urlopen(url) as answer:  # noqa: S310  # the bench's own cameras
            data = np.frombuffer(answer.read(), np.uint8)
        work.inspect(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


WAYS: dict[str, tuple[str, Callable[[str, Work], None]]] = {
    "streams": ("mjpeg", watch_stream),
    "snapshots": ("snapshot", watch_snapshots),
}


def measure(way: str, base_url: str, cameras: int, seconds: float, precision: Precision) -> dict[str, float]:
    """Run one way and return what it costs; CPU is this process's, all threads.

    A camera-second is one in which the camera was inspected: a busy machine that does fewer makes none cheaper.
    """
    cv2.setNumThreads(1)
    work = Work(precision)
    path, watch = WAYS[way]
    threads = [
        threading.Thread(target=watch, args=(f"{base_url}/{path}/{number}", work), daemon=True)
        for number in range(cameras)
    ]
    for number, thread in enumerate(threads):
        thread.start()
        time.sleep(EVERY_S / cameras if number < cameras else 0)
    time.sleep(WARM_UP_S)
    cpu_s, done = time.process_time(), work.inspections
    time.sleep(seconds)
    cpu_s, done = time.process_time() - cpu_s, work.inspections - done
    work.ending.set()
    for thread in threads:
        thread.join(timeout=5)
    return {"cpu_ms_per_camera_s": round(1000 * cpu_s / max(1, done), 2), "inspections": done}


def main() -> None:
    """Measure one way on cameras that are served already."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--way", choices=sorted(WAYS), required=True)
    options.add_argument("--cameras", type=int, default=12)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--precision", choices=get_args(Precision), default="int8")
    options.add_argument("url")
    chosen = options.parse_args()
    found = measure(chosen.way, chosen.url, chosen.cameras, chosen.seconds, chosen.precision)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
