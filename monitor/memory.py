"""What one camera's healthy picture looks like, as features of the network, cell by cell. Pure: no clock inside.

The network compares a picture with this memory: what has always hung in the view is no failure, what is new may be.
The memory is a mean and a spread (standard deviation), both weighted exponentially in time: T. Finch, "Incremental
calculation of weighted mean and variance", 2009, section 9, with the gain ``1 / weight``, where the weight is the
count of the pictures learned, faded by time. So the first pictures count alike, and of pictures that come every ``g``
seconds each weighs ``1 - exp(-g / lasts_s)`` in the long run.

A failure must not teach itself into it. So a picture *waits* before it is learned, and a suspicion throws away all
that wait: however a failure begins, what the ``delay_s`` before its first suspicion showed is never learned.
:mod:`monitor.pipeline.watch` says which pictures may wait. It is kept in this process only: after a restart every
camera is one never seen, as after any change of its address, its rotation or its region.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LARGEST = np.float32(10_000)  # what a float16 holds with room to spare; features are around 1


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """How fast a camera's memory comes and goes.

    With 16 features of 22 x 29 cells a picture kept costs 20 kB, mean and spread 41 kB.
    """

    lasts_s: float = 600.0
    """What was seen so long ago weighs 1/e of what is seen now: a print grows, a day goes by."""
    known_after: float = 6.0
    """Pictures after which the memory is trusted in full; with fewer, in proportion."""
    every_s: float = 20.0
    """At most one picture in so long: those between repeat it. A nozzle is somewhere else by then."""
    delay_s: float = 80.0
    """How old a picture must be to be learned. Failures are suspected within this time of becoming visible, mostly."""
    new_job_keeps: float = 0.0
    """Of how many pictures the memory keeps the weight when a job begins. None: the bed, the camera and the light stay,
    but a part that was never there would stand out from the memory of another, as a failure does."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """A memory as it stood at one moment. It never changes, so any thread may read it."""

    cells: NDArray[np.float16]  # [2 M, h, w]: the mean of each feature, then its spread
    known: float  # 0..1: how far it can be trusted


class CameraMemory:
    """The memory of one camera. Owned by one thread; what :meth:`remembered` returns may be read by any."""

    def __init__(self, settings: MemorySettings | None = None) -> None:
        self._settings = settings or MemorySettings()
        self._waiting: deque[tuple[float, NDArray[np.float16]]] = deque()  # at most delay_s / every_s of them
        self._newest_at = -math.inf
        self._cells: NDArray[np.float16] | None = None
        self._weight = 0.0  # in pictures, as it was at _learned_at
        self._learned_at = 0.0

    def is_due(self, at: float) -> bool:
        """Whether the features of a picture of second ``at`` would be taken in; see :meth:`offer`."""
        return not self._waiting or at - self._waiting[-1][0] >= self._settings.every_s

    def offer(self, features: NDArray[np.float32] | None, at: float) -> None:
        """Take in the features [M, h, w] of a picture of second ``at`` that raises no suspicion; None: not known.

        It waits (a copy of it, and only if the last one is ``every_s`` old); those that have waited long enough are
        learned now. One that is older than the newest, or than the job, is ignored.
        """
        if at <= self._newest_at:
            return
        self._newest_at = at
        settings = self._settings
        while self._waiting and at - self._waiting[0][0] >= settings.delay_s:
            taken_at, waited = self._waiting.popleft()
            self.learn(waited, taken_at)
        if features is not None and self.is_due(at):
            self._waiting.append((at, _bounded(features).astype(np.float16)))

    def distrust(self) -> None:
        """Forget the pictures that wait: something has come up, and they may show how it began."""
        self._waiting.clear()

    def learn(self, features: NDArray[np.floating], at: float) -> None:
        """Take features [M, h, w] of second ``at`` into the memory, whatever they show; see :meth:`offer`."""
        self._weight = self._weight_at(at) + 1.0
        self._learned_at = at
        self._cells = _with(self._cells, _bounded(features), 1.0 / self._weight)

    def remembered(self, now: float) -> Memory | None:
        """Return the memory at second ``now``; None when there is nothing yet. What is not refreshed fades."""
        if self._cells is None:
            return None
        return Memory(self._cells, min(1.0, self._weight_at(now) / self._settings.known_after))

    def new_job(self, at: float) -> None:
        """Forget the last print. Pictures taken up to ``at`` show it still."""
        self.distrust()
        self._newest_at = at
        self._weight = min(self._weight, self._settings.new_job_keeps)
        if self._weight <= 0.0:
            self._cells = None

    def _weight_at(self, now: float) -> float:
        return self._weight * math.exp(-max(now - self._learned_at, 0.0) / self._settings.lasts_s)


def _with(cells: NDArray[np.float16] | None, features: NDArray[np.float32], gain: float) -> NDArray[np.float16]:
    """Return new cells [2 M, h, w]: the old ones and, with the weight ``gain``, these features [M, h, w]."""
    if cells is None:
        return np.concatenate([features, np.zeros_like(features)]).astype(np.float16)
    mean, spread = np.split(cells.astype(np.float32), 2)
    difference = features - mean
    variance = (1 - gain) * (spread**2 + gain * difference**2)
    return np.concatenate([mean + gain * difference, np.sqrt(variance)]).astype(np.float16)


def _bounded(features: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.clip(features.astype(np.float32), -_LARGEST, _LARGEST)
