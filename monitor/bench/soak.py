"""A load that is held for long: samples on the way, and whether memory grows."""

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from monitor.bench.figures import quantile
from monitor.errors import VigieError
from monitor.pipeline.figures import Figures

WARM_UP = 0.2  # of the time: heaps, caches and charts fill; not more than
WARM_UP_S = 300.0
READS = 5
"""Of memory, a sample: what pictures have left is trimmed every five seconds, so one read tells when that was, too."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment of a soak; due, done and ages are of the time since the sample before."""

    at_s: float  # since the first
    rss_mb: float  # the mean of some reads
    due: int
    done: int
    age_p50_s: float
    age_p99_s: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How fast memory grows, by least squares, and how sure that is."""

    mb_per_hour: float
    error_mb_per_hour: float  # standard error of the slope
    samples: int


class Sampler:
    """Writes a line of JSON for each sample as it goes, so that a run that is cut short is of use."""

    def __init__(self, file: Path, figures: Callable[[], Figures], memory_mb: Callable[[], float]) -> None:
        self._file, self._figures, self._memory_mb = file, figures, memory_mb

    def run(self, seconds: float, every_s: float) -> None:
        """Sample until the time is over. Raises VigieError when the file cannot be written."""
        began = time.monotonic()
        before = self._figures()
        try:
            with self._file.open("w", encoding="ascii") as lines:
                for number in range(1, int(seconds / every_s) + 1):
                    rss_mb = self._read_until(began + number * every_s, every_s / READS)
                    now = self._figures()
                    sample = _sample(time.monotonic() - began, rss_mb, before, now)
                    lines.write(json.dumps(asdict(sample)) + "\n")
                    lines.flush()
                    before = now
        except OSError as exc:
            raise VigieError(f"{self._file}: samples cannot be written: {exc.strerror}") from exc
        time.sleep(max(0.0, began + seconds - time.monotonic()))

    def _read_until(self, at: float, every_s: float) -> float:
        """Read memory some times, the last time at a moment of the monotonic clock, and return the mean."""
        read = []
        for left in reversed(range(READS)):
            time.sleep(max(0.0, at - left * every_s - time.monotonic()))
            read.append(self._memory_mb())
        return sum(read) / READS


def _sample(at_s: float, rss_mb: float, before: Figures, now: Figures) -> Sample:
    done = now.inspections_done - before.inspections_done
    ages_s = sorted(now.ages_s[-done:] if done else ())
    return Sample(
        round(at_s, 1),
        round(rss_mb, 2),
        now.inspections_due - before.inspections_due,
        done,
        round(quantile(ages_s, 0.5), 3),
        round(quantile(ages_s, 0.99), 3),
    )


def read_samples(lines: Iterable[str]) -> list[Sample]:
    """Return the samples of a file, without a last line that was cut off. Raises VigieError when there is none."""
    found = []
    for line in lines:
        try:
            found.append(Sample(**json.loads(line)))
        except (ValueError, TypeError):
            break
    if not found:
        raise VigieError("no sample was taken: let the soak run for longer")
    return found


def slope(samples: Sequence[Sample]) -> Slope | None:
    """Return how fast memory grows after the warm-up; None where fewer than three samples are left.

    Ordinary least squares; the error is the usual one of independent residuals, and memory's are not quite: what is
    held for some samples makes the true error somewhat larger.
    """
    warm_s = min(WARM_UP_S, WARM_UP * samples[-1].at_s)
    points = [(one.at_s / 3600, one.rss_mb) for one in samples if one.at_s >= warm_s]
    if len(points) < 3:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    rate = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - rate * (x - mean_x)) ** 2 for x, y in points)
    return Slope(rate, math.sqrt(rest / (len(points) - 2) / spread), len(points))
