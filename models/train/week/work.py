"""The whole farm on several processes, with a bar that counts simulated minutes.

A process gets the configuration, and the number of a printer in it: courses and clips are made anew there.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from tqdm import tqdm

from models.train.arrays import Floats
from models.train.week import farm
from models.train.week.eyes import Book
from models.train.week.shift import HOUR_S, MINUTE_S, EachMinute
from models.train.week.tally import Tally
from monitor.config import model as config
from monitor.detector import Detector

NICE = 10
Made = TypeVar("Made")
Job = Callable[[EachMinute], Made]
_minutes: Any = None  # of this process: shared with the one that shows the bar


class Bar(tqdm):
    """One that starts no thread: it moves often enough by itself."""

    monitor_interval = 0


@dataclass(frozen=True)
class Plan:
    """What is to be simulated."""

    config: config.Config
    duration_s: int
    jobs: int  # of each kind, to record a printer; 0: every picture is inspected
    processes: int

    @property
    def is_exact(self) -> bool:
        return self.jobs == 0


@dataclass(frozen=True)
class Week:
    """What came of it."""

    tallies: list[Tally]
    recorded_jobs: int
    recorded_hours: float  # of printers, that were inspected picture by picture


def simulate(plan: Plan) -> Week:
    """Raises the errors of monitor.detector and monitor.config."""
    places = farm.places(plan.config)
    every = range(len(places))
    hours = len(places) * plan.duration_s / HOUR_S
    if plan.is_exact:
        exact = [functools.partial(_play_exactly, plan, number) for number in every]
        return Week(_all(exact, plan.processes, "inspecting the whole time", hours), 0, hours)
    able = [number for number in every if places[number].course.print.failure]
    kinds = [(number, False) for number in every] + [(number, True) for number in able]
    recorded = sum(farm.recorded_hours(places[number], plan.jobs) for number, _ in kinds)
    recording = [functools.partial(_record, plan, number, fails) for number, fails in kinds]
    scores = dict(zip(kinds, _all(recording, plan.processes, "recording jobs", recorded), strict=True))
    books = [Book(scores[n, False], scores.get((n, True), np.empty((0, 0), np.float32))) for n in every]
    playing = [functools.partial(_play, plan, number, books[number]) for number in every]
    return Week(_all(playing, plan.processes, "playing the time", hours), len(kinds) * plan.jobs, recorded)


def _record(plan: Plan, number: int, failing: bool, each_minute: EachMinute) -> Floats:
    place = farm.places(plan.config)[number]
    return farm.record(place, plan.jobs, _detector(plan.config.detector), each_minute, failing=failing)


def _play(plan: Plan, number: int, book: Book, each_minute: EachMinute) -> Tally:
    model = _detector(plan.config.detector).info
    place = farm.places(plan.config)[number]
    return farm.play(place, book, plan.duration_s, model.threshold, model.healthy, each_minute)


def _play_exactly(plan: Plan, number: int, each_minute: EachMinute) -> Tally:
    place = farm.places(plan.config)[number]
    return farm.play_exactly(place, _detector(plan.config.detector), plan.duration_s, each_minute)


@functools.lru_cache(maxsize=1)
def _detector(settings: config.Detector) -> Detector:
    return Detector.load(settings)


def _all(jobs: Sequence[Job[Made]], processes: int, what: str, hours: float) -> list[Made]:
    """The jobs' results, in their order."""
    with Bar(total=int(hours * HOUR_S / MINUTE_S), desc=what, unit="min", unit_scale=True) as bar:
        if processes == 1:
            return [job(bar.update) for job in jobs]
        context = multiprocessing.get_context("spawn")
        counter = context.Value("q", 0)
        with ProcessPoolExecutor(processes, context, _enter, (counter,)) as pool:
            futures = [pool.submit(_run, job) for job in jobs]
            waiting = set(futures)
            while waiting:
                _, waiting = wait(waiting, timeout=1.0)
                if counter.value > bar.n:
                    bar.update(counter.value - bar.n)
            return [future.result() for future in futures]


def _enter(counter: Any) -> None:
    global _minutes  # noqa: PLW0603  # the way into a process of a pool
    _minutes = counter
    os.nice(max(0, NICE - os.nice(0)))


def _run(job: Job[Made]) -> Made:
    return job(_count_minute)


def _count_minute() -> None:
    with _minutes.get_lock():
        _minutes.value += 1
