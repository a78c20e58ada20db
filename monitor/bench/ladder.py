"""What the steps say together: how cost grows, what this machine carries, and what ends it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.bench.floors import Floors
from monitor.bench.step import StepFigures

ENOUGH_DONE = 0.99  # of the inspections that fell due
LATEST_P99_S = 1.5
RESERVE = 0.25  # of the cores: for bursts, the system, and those who look on
GIGABIT_BYTES_S = 118e6  # what is left of 1 Gbit/s for the payload


@dataclass(frozen=True, slots=True)
class Growth:
    """Cost = ``fixed`` + ``per_camera`` x cameras, by least squares over the steps that were carried."""

    fixed: float
    per_camera: float


@dataclass(frozen=True, slots=True)
class Sizing:
    """What one machine carries at one inspection a camera and second."""

    cameras: int
    limit: str


def is_carried(step: StepFigures) -> bool:
    """Tell whether a step's inspections were done, and in time."""
    return step.inspections_done >= ENOUGH_DONE * step.inspections_due and step.age_p99_s <= LATEST_P99_S


def growth(points: Sequence[tuple[float, float]]) -> Growth | None:
    """Return the line through (cameras, cost); None below two different points."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count if count else 0.0
    mean_y = sum(y for _, y in points) / count if count else 0.0
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if spread == 0.0:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return Growth(mean_y - slope * mean_x, slope)


def cpu_growth(steps: Sequence[StepFigures]) -> Growth | None:
    """Return how the CPU-ms a second grow with the cameras."""
    carried = [step for step in steps if is_carried(step)]
    return growth([(s.cameras, s.cpu_ms_per_inspection * s.inspections_done / s.seconds) for s in carried])


def memory_growth(steps: Sequence[StepFigures]) -> Growth | None:
    """Return how the resident MB grow with the cameras."""
    return growth([(step.cameras, step.rss_mb) for step in steps if is_carried(step)])


def sizing(steps: Sequence[StepFigures], cores: int, bytes_a_picture: float) -> Sizing:
    """Return what this machine carries beside nothing else, with a reserve.

    The cores bound it, and a network of 1 Gbit/s; a step that was not carried bounds it too, whatever the cores say.
    """
    carried = [step for step in steps if is_carried(step)]
    if not carried:
        return Sizing(0, "already the lowest step was not carried")
    cost_ms = carried[-1].cpu_ms_per_inspection
    bounds = {
        f"the {cores} cores, {RESERVE:.0%} of them in reserve": (1 - RESERVE) * cores * 1000 / cost_ms,
        "the network, if it is 1 Gbit/s": GIGABIT_BYTES_S / bytes_a_picture,
    }
    failed = [step.cameras for step in steps if not is_carried(step)]
    if failed:
        name = f"that {min(failed)} cameras were not carried here, with the simulated cameras on the same cores"
        bounds[name] = carried[-1].cameras
    limit = min(bounds, key=lambda name: bounds[name])
    return Sizing(_rounded(bounds[limit]), limit)


def _rounded(cameras: float) -> int:
    """Two digits are all that this is good for."""
    if cameras < 10:
        return int(cameras)
    step = 10 ** (int(math.log10(cameras)) - 1)
    return int(cameras // step * step)


def as_json(step: StepFigures, floors: Floors | None) -> dict[str, object]:
    """Return a step's line."""
    line: dict[str, object] = {
        "cameras": step.cameras,
        "inspections_due": step.inspections_due,
        "inspections_done": step.inspections_done,
        "cpu_ms_per_inspection": round(step.cpu_ms_per_inspection, 3),
        "cpu_ms_by_stage": {stage: round(ms, 3) for stage, ms in step.cpu_ms_by_stage.items()},
        "age_p50_s": round(step.age_p50_s, 3),
        "age_p99_s": round(step.age_p99_s, 3),
        "rss_mb": round(step.rss_mb, 1),
        "failures": step.failures,
        "pauses": step.pauses,
        "pause_p50_s": _or_none(step.pause_p50_s),
        "pause_p99_s": _or_none(step.pause_p99_s),
        "machine_busy": round(step.machine_busy, 3),
        "is_carried": is_carried(step),
    }
    if floors is not None:
        line["floor_ms"] = round(floors.total_ms, 3)
        line["ratio_to_floor"] = round(step.cpu_ms_per_inspection / floors.total_ms, 2)
    return line


def _or_none(seconds: float) -> float | None:
    return None if math.isnan(seconds) else round(seconds, 2)
