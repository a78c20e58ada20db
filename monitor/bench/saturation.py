"""What a step has used up. Pure."""

from monitor.bench.figures import StepFigures
from monitor.bench.ladder import ENOUGH_DONE, GIGABIT_BYTES_S, LATEST_P99_S, is_carried

BUSY = 0.9  # share of what there is
LOCK_WAIT_MS = 2.5  # half of the 5 ms after which Python makes whoever holds its lock let go

GIGABIT_KBIT_S = GIGABIT_BYTES_S * 8 / 1000
NOTHING = "nothing"


def saturated_by(step: StepFigures, cores: int) -> str:
    """Return what is used up, the first that fits; :data:`NOTHING` where all was done in time."""
    if is_carried(step):
        return NOTHING
    held, waited_ms = min(step.lock_share, 1.0), step.lock_wait_ms
    fits = (
        (step.silent > 0, f"the start: {step.silent} cameras had given no picture after {step.started_s:.0f} s"),
        (step.machine_busy >= BUSY, f"the {cores} cores, {step.machine_busy:.0%} in use"),
        (
            held >= BUSY or waited_ms >= LOCK_WAIT_MS,
            f"Python's lock in the main process: held for {held:.0%} of the time at most, waits of {waited_ms:.1f} ms",
        ),
        (step.worker_busy >= BUSY, f"the {step.workers} workers, {step.worker_busy:.0%} in use"),
        (step.stretch > 1.0, f"nothing for long: the monitor has slowed down {step.stretch:.2f} times, as work waited"),
        (step.kbit_per_s >= BUSY * GIGABIT_KBIT_S, f"a network of 1 Gbit/s: {step.kbit_per_s / 1e6:.2f} Gbit/s came"),
        (
            step.inspections_done >= ENOUGH_DONE * step.inspections_due,
            f"nothing for long: all was done, with an age's p99 of {step.age_p99_s:.1f} s, above {LATEST_P99_S} s",
        ),
    )
    return next((text for is_it, text in fits if is_it), "nothing that is measured here")
