"""One printer in the pipeline, as the tests of its watch show it pictures: one a second, by their scores."""

import numpy as np
from numpy.typing import NDArray

from monitor.pipeline.watch import Watch
from monitor.records import Health, JobState, Observation, PrinterReport
from tests.farms import a_printer

START = 1_000.0


def watch(**settings: object) -> Watch:
    """Return the watch of p01, which has just begun."""
    return Watch(a_printer("p01", **settings), model_threshold=0.5, started_at=START)


def says(state: JobState, at: float, job: str | None = "cube.gcode") -> PrinterReport:
    """Return what its agent reports."""
    return PrinterReport("p01", state, at, can_pause=True, job=job)


def incidents(subject: Watch, score: float, from_s: int, until_s: int) -> list[int]:
    """Show one score a second and return the seconds at which an incident is opened."""
    return [
        at
        for at in range(from_s, until_s)
        if subject.observe(Observation("p01", START + at, Health.OK, score)).opens_incident
    ]


KINDS = 60  # pictures that can be told apart in a memory


def features(kind: int) -> NDArray[np.float32]:
    """Features by which a picture can be found in a memory again."""
    one = np.zeros((KINDS, 1, 1), np.float32)
    one[kind] = 1.0
    return one


def remembered(subject: Watch, now: float) -> set[int]:
    """Return the kinds of the pictures that its memory is made of."""
    memory = subject.remembered(now)
    return set() if memory is None else set(np.flatnonzero(memory.cells[:KINDS]).tolist())


def shows(subject: Watch, kind: int, score: float, from_s: int, until_s: int) -> Watch:
    """Show pictures of one kind, one a second."""
    for at in range(from_s, until_s):
        subject.observe(Observation("p01", START + at, Health.OK, score), features(kind))
    return subject
