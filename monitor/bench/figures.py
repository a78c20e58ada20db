"""What a step of the ladder is asked to carry, and what it has measured; medians of several runs. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from monitor.config import model as config
from monitor.sim.load_cameras import MIX, PLAIN, Kind

FAIL_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a step has to carry."""

    cameras: int
    seconds: float = 30.0
    way: str = "snapshot"  # mjpeg, or mixed: every third camera streams
    frames_per_s: float = 5.0  # of an MJPEG camera
    every_s: float = 1.0  # between two inspections
    mix: str = "plain"
    failures: int = 0  # prints that fail while we measure; no more than the fleet guard lets pass
    detector: config.Detector = field(default_factory=config.Detector)
    start_s: float = 90.0  # so long may the cameras take until each has given a picture
    settle_s: float = 5.0  # after that: first batches, first tiles
    steady_s: float = (
        60.0  # so long may the monitor then look less often than it should, as it does after a rough start
    )
    samples: str = ""  # a file of JSON lines, one a sample; empty: none is taken
    sample_every_s: float = 10.0

    @property
    def kinds(self) -> Sequence[Kind]:
        """The cameras' kinds."""
        return MIX if self.mix == "mixed" else PLAIN

    def way_of(self, camera: int) -> str:
        """Return how one camera sends: ``snapshot`` or ``mjpeg``."""
        if self.way != "mixed":
            return self.way
        return "mjpeg" if camera % 3 == 0 else "snapshot"


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What one step has measured. CPU and memory are the monitor's, all its processes; never the load's.

    Ages are from a frame's last byte to its decision. ``rss_mb`` is of all processes, and what several of them hold
    counts once (:func:`monitor.bench.kin.memory_mb`).
    """

    cameras: int
    seconds: float
    inspections_due: int
    inspections_done: int
    cpu_ms_per_inspection: float
    cpu_ms_by_stage: Mapping[str, float]
    age_p50_s: float
    age_p99_s: float
    rss_mb: float
    failures: int
    pauses: int
    pause_p50_s: float  # from the first failing picture that a camera sent to the pause command on MQTT
    pause_p99_s: float
    machine_busy: float  # share of all cores in use, load and monitor together
    unscored: int = 0  # of those done: the picture showed what the last scored one did, so the network was not asked
    batches: int = 0  # hand-overs to a worker
    batch_mean: float = math.nan  # frames in one
    batch_p50: float = math.nan
    batch_p99: float = math.nan
    load_cpu_ms_per_inspection: float = math.nan  # cameras, broker, agent and viewer together
    kbit_per_s: float = math.nan  # pictures received, all cameras
    lock_share: float = math.nan  # of the time in which the main process can have held Python's lock: an upper bound
    lock_wait_ms: float = math.nan  # that a thread of the main process waited for the lock, the mean of many tries
    worker_busy: float = math.nan  # CPU of those who inspect, as a share of what they could use
    workers: int = 0
    processes: int = 1
    threads: int = 0
    started_s: float = math.nan  # until every camera that can had given a picture
    stretch: float = 1.0  # by which the monitor had lengthened the intervals at the end: an overload that it has seen
    capacity_hz: float = math.nan  # inspections a second that it finds itself able to make
    silent: int = 0  # cameras that can and had not, when the measuring began
    runs: int = 1

    @property
    def beyond_judge_p50_s(self) -> float:
        """The delay of a pause without the time that the judge takes on purpose."""
        return self.pause_p50_s - JUDGE_S

    @property
    def beyond_judge_p99_s(self) -> float:
        """Of one in a hundred."""
        return self.pause_p99_s - JUDGE_S


JUDGE_S = FAIL_AFTER_S - 1.0
"""What the judge takes on purpose at an inspection a second: the first failing picture speaks for the second before
it, and nine more make the ten that ``fail_after_s`` asks for."""


def quantile(ordered: Sequence[float], q: float) -> float:
    """Return a quantile of sorted values; NaN of none."""
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def median_of(runs: Sequence[StepFigures]) -> StepFigures:
    """Return the median of each figure over runs of the same step, and of each stage; NaN does not count."""
    found: dict[str, Any] = {
        name: type(getattr(runs[0], name))(_median([getattr(run, name) for run in runs])) for name in _numbers()
    }
    stages = {
        stage: _median([run.cpu_ms_by_stage.get(stage, 0.0) for run in runs]) for stage in runs[0].cpu_ms_by_stage
    }
    return replace(runs[0], **found, cpu_ms_by_stage=stages, runs=len(runs))


def spread_of(runs: Sequence[StepFigures]) -> dict[str, float]:
    """Return how far the runs lie apart: largest less smallest, as a share of the median; where there is a median."""
    found = {}
    for name in _numbers():
        values = [value for run in runs if not math.isnan(value := float(getattr(run, name)))]
        middle = _median(values)
        if len(values) > 1 and middle and max(values) > min(values):
            found[name] = round((max(values) - min(values)) / abs(middle), 3)
    return found


def _numbers() -> list[str]:
    return [one.name for one in fields(StepFigures) if one.name not in ("cpu_ms_by_stage", "runs")]


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return statistics.median(known) if known else math.nan
