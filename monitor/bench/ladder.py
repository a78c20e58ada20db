"""What the steps say together: how cost grows, what this machine carries, and what ends it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.bench.figures import StepFigures

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
    """Tell whether a step's inspections were done, and in time, and every camera that sends was seen."""
    return (
        step.inspections_done >= ENOUGH_DONE * step.inspections_due
        and step.age_p99_s <= LATEST_P99_S
        and step.silent == 0
    )


def lock_ms(step: StepFigures) -> float:
    """Return for how long an inspection can hold Python's lock in the main process, in ms; NaN when not measured."""
    return 1000 * step.lock_share * step.seconds / step.inspections_done if step.inspections_done else math.nan


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
    """Return how the MB grow with the cameras, over the steps that ran in as many processes as the largest carried."""
    carried = [step for step in steps if is_carried(step)]
    alike = [step for step in carried if step.processes == carried[-1].processes]
    return growth([(step.cameras, step.rss_mb) for step in alike])


def sizing(steps: Sequence[StepFigures], cores: int, bytes_a_picture: float) -> Sizing:
    """Return what this machine carries beside nothing else, with a reserve; never less than it has carried here.

    The cores bound it, Python's lock in the one main process, and a network of 1 Gbit/s; a step that was not carried
    bounds it too, whatever these say.
    """
    carried = [step for step in steps if is_carried(step)]
    if not carried:
        return Sizing(0, "already the lowest step was not carried")
    most = max(carried, key=lambda step: step.cameras)
    bounds = {
        f"the {cores} cores, {RESERVE:.0%} of them in reserve": cores_bound(most.cpu_ms_per_inspection, cores),
        f"Python's lock in the main process, {RESERVE:.0%} of the time in reserve": lock_bound(lock_ms(most)),
    }
    bounds = {name: max(most.cameras, bound) for name, bound in bounds.items() if not math.isnan(bound)}
    bounds["the network, if it is 1 Gbit/s"] = network_bound(bytes_a_picture)
    failed = [step.cameras for step in steps if not is_carried(step)]
    if failed:
        name = f"that {min(failed)} cameras were not carried here, with the simulated cameras on the same cores"
        bounds[name] = most.cameras
    limit = min(bounds, key=lambda name: bounds[name])
    return Sizing(_rounded(bounds[limit]), limit)


def cores_bound(cost_ms: float, cores: int) -> float:
    """Return the cameras at 1 Hz for whose inspections the cores suffice, without the reserve."""
    return (1 - RESERVE) * cores * 1000 / cost_ms


def lock_bound(held_ms: float) -> float:
    """Return the cameras at 1 Hz whose inspections find the main process's lock free; NaN when that is unknown."""
    return (1 - RESERVE) * 1000 / held_ms if held_ms else math.nan


def network_bound(bytes_a_picture: float) -> float:
    """Return the cameras at a picture a second that 1 Gbit/s carries."""
    return GIGABIT_BYTES_S / bytes_a_picture


def _rounded(cameras: float) -> int:
    """Two digits are all that this is good for."""
    if cameras < 10:
        return int(cameras)
    step = 10 ** (int(math.log10(cameras)) - 1)
    return int(cameras // step * step)
