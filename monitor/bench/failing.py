"""Prints that fail while a step is measured: which, how far apart, and how long until each is ordered to pause."""

import random
import threading
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from monitor.bench.figures import Load
from monitor.fleet import GuardSettings
from monitor.sim.load_cameras import can_fail, kind_of
from monitor.sim.load_printers import name_of
from monitor.sim.prints import load_prints

MOST = 30  # in one step
APART = 1.5  # times what the fleet guard would hold for one cause
LAST_S = 30.0  # that a failure may take until its pause command: the judge's time and twice as much again
UNCERTAIN = ("tower",)
"""Prints whose failure the shipped model finds borderline (scores .88 to .97): when it is decided says how the detector
weighs it, not how fast the monitor is. All pictures of the others' failures are certain, in every size."""


def most_failures(cameras: int, seconds: float) -> int:
    """Return how many prints can fail one after the other before the fleet guard sees one cause in them."""
    guard = GuardSettings()
    gap_s = APART * (guard.within_s + guard.lead_s) / max(1, guard.needed(cameras) - 1)
    return max(1, min(MOST, int(seconds / gap_s)))


def choose(load: Load) -> list[int]:
    """Return cameras that will show a certain failure: spread over the farm, and such as show what happens at once."""
    prints = load_prints()
    able = [
        number
        for number in range(load.cameras)
        if can_fail(number)
        and prints[number % len(prints)].name not in UNCERTAIN
        and not (kind := kind_of(number, load.kinds)).is_dead
        and not kind.is_frozen
        and not kind.is_slow
    ]
    count = min(load.failures, most_failures(load.cameras, load.seconds), len(able))
    return random.Random(load.cameras).sample(able, count)  # noqa: S311 (a choice, no secret)


class Failures:
    """When cameras began to show a failure, and when the order to pause was heard; thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sent_at: dict[str, float] = {}
        self._heard_at: dict[str, float] = {}

    def shown(self, told: dict[str, Any]) -> None:
        """Take in a line of the cameras."""
        with self._changed:
            self._sent_at[name_of(told["camera"])] = told["sent_at"]

    def ordered(self, told: dict[str, Any]) -> None:
        """Take in a line of the agent."""
        with self._changed:
            self._heard_at.setdefault(told["printer"], told["heard_at"])
            self._changed.notify_all()

    def delays_s(self) -> list[float]:
        """Return the delays so far, sorted."""
        with self._changed:
            return sorted(at - self._sent_at[name] for name, at in self._heard_at.items() if name in self._sent_at)

    def wait(self, count: int) -> None:
        """Wait until so many were ordered to pause, or for so long that one is lost."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._heard_at) >= count, LAST_S)


class Breaking:
    """Lets one print after the other fail, at even distances, on a thread of its own."""

    def __init__(self, cameras: Sequence[int], cameras_url: str, seconds: float) -> None:
        self._cameras, self._url, self._seconds = cameras, cameras_url, seconds
        self._thread = threading.Thread(target=self._run, name="bench", daemon=True)

    def start(self) -> None:
        """Begin with the first."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the last has begun to fail."""
        self._thread.join()

    def _run(self) -> None:
        for camera in self._cameras:
            with urllib.request.urlopen(f"{self._url}/fail/{camera}"):  # noqa: S310  # the bench's own cameras
                pass
            time.sleep(self._seconds / len(self._cameras))
