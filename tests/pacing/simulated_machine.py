"""A simulated machine under a governor: numbers of inspections only, no printers, so minutes pass in milliseconds.

Pictures arrive at the rate that the governor asks for, wait while the workers are busy, and are dropped when they have
become old. How many the workers can do changes as a test wants it, and with a noise of its own.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from monitor.pacing import Stretch, Window, Wish, hz
from monitor.records.load import Load

STEPS = 20  # a second
OLD_S = 1.0


class Governs(Protocol):
    """Whoever decides."""

    load: Load
    stretch: Stretch

    def step(self, wishes: Mapping[Wish, int], seen: Window, now: float) -> Stretch:
        """Take in what was measured, decide."""


@dataclass(frozen=True, slots=True)
class Second:
    """What happened in one second."""

    at: float
    asked_hz: float
    arrived_hz: float
    done_hz: float
    could_hz: float  # what the workers can do
    waited_s: float  # work that waited at its end
    stretch: float
    is_told: bool


@dataclass
class SimulatedMachine:
    """Workers that do ``capacity_hz(t)`` inspections a second, give or take ``noise`` from second to second.

    ``full_busy`` is how busy they look at most: between two batches they wait for the one that hands work out.
    ``ease`` is by how much a pictures costs less on an idle machine than on a full one. ``answers`` is the share of the
    cameras that send at all.
    """

    governor: Governs
    wishes: Mapping[Wish, int]
    capacity_hz: Callable[[float], float]
    noise: float = 0.0
    full_busy: float = 0.92
    ease: float = 0.15
    answers: float = 1.0
    seed: int = 0
    now: float = 0.0
    seconds: list[Second] = field(default_factory=list)
    waiting: float = 0.0
    rest: float = 0.0

    def __post_init__(self) -> None:
        """Have chance of its own."""
        self._chance = random.Random(self.seed)  # noqa: S311  # a simulation

    def run(self, seconds: int) -> list[Second]:
        """Let time pass; return what happened."""
        for _ in range(seconds):
            self._second()
        return self.seconds[-seconds:]

    def _second(self) -> None:
        could_hz = self.capacity_hz(self.now) * max(0.2, self._chance.gauss(1.0, self.noise))
        asked_hz = hz(self.wishes, self.governor.stretch)
        done = lost = waited = 0.0
        arrived = asked_hz * self.answers
        for _ in range(STEPS):
            self.waiting += arrived / STEPS
            does = min(self.waiting, could_hz / STEPS)
            self.waiting -= does
            done += does
            old = max(0.0, self.waiting - OLD_S * could_hz)
            self.waiting -= old
            lost += old
            waited += self.waiting / STEPS
        self.now += 1.0
        used = done / could_hz
        busy = self.full_busy * used / (1 + self.ease * (1 - used))
        whole = int(done + self.rest)
        self.rest += done - whole
        self.governor.step(self.wishes, Window(1.0, whole, round(lost), waited, busy), self.now)
        self.seconds.append(
            Second(
                self.now,
                asked_hz,
                arrived,
                done,
                could_hz,
                self.waiting / could_hz,
                self.governor.load.stretch,
                self.governor.load.overload is not None,
            )
        )


def used(seconds: list[Second]) -> float:
    """Return which share of what could be done, or was wanted where that is less, was done."""
    return sum(one.done_hz for one in seconds) / sum(one.could_hz for one in seconds)


def swing(seconds: list[Second]) -> float:
    """Return how far the rate that is asked for goes up and down: standard deviation, as a share of its mean."""
    rates = [one.asked_hz for one in seconds]
    mean = sum(rates) / len(rates)
    return float((sum((rate - mean) ** 2 for rate in rates) / len(rates)) ** 0.5 / mean)
