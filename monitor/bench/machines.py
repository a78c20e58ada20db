"""What other machines would carry, by calculation from what this one has measured. Pure.

Assumed: what the network costs goes with a core's multiply-adds a second, everything else with the speed at which a
core undoes the coding of JPEGs, which is ordinary integer code with branches. Both are printed by ``vigie bench`` as
floors, so anybody can put in the figures of a machine at hand; those here are taken from its class (instructions a
cycle, clock), not measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.bench.figures import StepFigures
from monitor.bench.floors import Floors
from monitor.bench.ladder import cores_bound, lock_bound, lock_ms, network_bound


@dataclass(frozen=True, slots=True)
class Machine:
    """A class of machines, of one core: 10^9 multiply-adds of bytes, and MB of JPEG undone, a second."""

    name: str
    cores: int
    peak_gmacs: float
    jpeg_mb_s: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What a machine would carry at 1 Hz."""

    machine: Machine
    cost_ms: float
    cameras: int
    limit: str


MACHINES: Sequence[Machine] = (
    Machine("Raspberry Pi 4 (4 x Cortex-A72, 1.8 GHz, no dot product)", 4, 12.0, 30.0),
    Machine("Raspberry Pi 5 (4 x Cortex-A76, 2.4 GHz, dot product)", 4, 55.0, 60.0),
    Machine("mini PC (Intel N100, 4 cores, VNNI of 256 bits)", 4, 80.0, 75.0),
    Machine("office PC (8 cores, VNNI of 256 bits)", 8, 220.0, 110.0),
    Machine("server (16 cores, VNNI of 512 bits)", 16, 380.0, 100.0),
    Machine("server (64 cores, VNNI of 512 bits)", 64, 330.0, 90.0),
)


def expected(machine: Machine, step: StepFigures, floors: Floors, bytes_a_picture: float) -> Expected:
    """Return what a machine would carry where this one needed what ``step`` says."""
    here_mb_s = bytes_a_picture / 1000 / floors.bytes_ms
    by_network, by_rest = floors.peak_gmacs / machine.peak_gmacs, here_mb_s / machine.jpeg_mb_s
    infer_ms = step.cpu_ms_by_stage.get("infer", 0.0)
    cost_ms = infer_ms * by_network + (step.cpu_ms_per_inspection - infer_ms) * by_rest
    bounds = {
        "its cores": cores_bound(cost_ms, machine.cores),
        "Python's lock in the main process": lock_bound(lock_ms(step) * by_rest),
        "1 Gbit/s": network_bound(bytes_a_picture),
    }
    bounds = {name: bound for name, bound in bounds.items() if bound == bound}  # noqa: PLR0124  # not NaN
    limit = min(bounds, key=lambda name: bounds[name])
    return Expected(machine, cost_ms, int(bounds[limit] // 10 * 10), limit)
