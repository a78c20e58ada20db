"""The tables of docs/sizing.md, from what was measured. Pure.

``vigie bench --markdown FILE`` puts them between the marks in the document, so that no figure is copied by hand.
"""

import math
from collections.abc import Mapping, Sequence

from monitor.bench.figures import StepFigures
from monitor.bench.floors import Floors
from monitor.bench.ladder import is_carried, lock_ms
from monitor.bench.machines import MACHINES, expected
from monitor.bench.saturation import saturated_by
from monitor.bench.stages import STAGES
from monitor.errors import VigieError

BENCH = "vigie bench"
BEGIN, END = f"<!-- {BENCH}: begin -->", f"<!-- {BENCH}: end -->"


def tables(
    steps: Sequence[StepFigures],
    floors: Floors | None,
    summary: Mapping[str, object],
    host: str,
    cores: int,
    bytes_a_picture: float,
) -> str:
    """Return the ladder, the cost by stage, what the steps say together, and other machines."""
    parts = [f"Measured on {host}.", _ladder(steps, floors, cores), _inside(steps), _stages(steps), _summary(summary)]
    if floors is not None:
        parts.append(_machines(steps, floors, bytes_a_picture))
    return "\n\n".join(parts) + "\n"


def put_into(document: str, text: str, command: str = BENCH) -> str:
    """Return a document with the text between a command's marks replaced. Raises VigieError when it has none."""
    marks = BEGIN.replace(BENCH, command), END.replace(BENCH, command)
    before, begin, rest = document.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise VigieError(f"the document has no lines {marks[0]} and {marks[1]}: add them where the tables shall stand")
    return f"{before}{marks[0]}\n{text.strip()}\n{marks[1]}{after}"


def _ladder(steps: Sequence[StepFigures], floors: Floors | None, cores: int) -> str:
    head = ("cameras", "due", "done", "age p50, p99 (s)", "pause, beyond the judge's own time: p50, p99 (s)",
            "paused", "CPU-ms an inspection", "to the floor", "MB", "kB a camera", "what is used up")  # fmt: skip
    rows = [
        (
            f"{step.cameras:,}",
            f"{step.inspections_due:,}",
            f"{step.inspections_done / max(1, step.inspections_due):.1%}",
            f"{_number(step.age_p50_s)}, {_number(step.age_p99_s)}",
            f"{_number(step.beyond_judge_p50_s)}, {_number(step.beyond_judge_p99_s)}",
            f"{step.pauses} of {step.failures}",
            _number(step.cpu_ms_per_inspection),
            _number(step.cpu_ms_per_inspection / floors.total_ms) if floors else "",
            f"{step.rss_mb:.0f}",
            f"{1000 * step.rss_mb / step.cameras:.0f}",
            saturated_by(step, cores),
        )
        for step in steps
    ]
    return as_table(head, rows)


def _inside(steps: Sequence[StepFigures]) -> str:
    head = ("cameras", "workers, processes, threads", "workers busy", "frames a batch: mean, p50, p99",
            "not scored again", "main process's lock: ms an inspection, share, wait (ms)", "cores in use",
            "simulated cameras beside: CPU-ms an inspection", "Mbit/s", "started in (s)")  # fmt: skip
    rows = [
        (
            f"{step.cameras:,}",
            f"{step.workers}, {step.processes}, {step.threads}",
            f"{step.worker_busy:.0%}",
            f"{_number(step.batch_mean)}, {step.batch_p50:.0f}, {step.batch_p99:.0f}",
            f"{step.unscored / max(1, step.inspections_done):.1%}",
            f"{_number(lock_ms(step))}, {step.lock_share:.0%}, {_number(step.lock_wait_ms)}",
            f"{step.machine_busy:.0%}",
            _number(step.load_cpu_ms_per_inspection),
            f"{step.kbit_per_s / 1000:.0f}",
            f"{step.started_s:.0f}",
        )
        for step in steps
    ]
    return as_table(head, rows)


def _stages(steps: Sequence[StepFigures]) -> str:
    head = ("CPU-ms an inspection", *(f"{step.cameras:,}" for step in steps))
    rows = [(stage, *(_number(step.cpu_ms_by_stage.get(stage, math.nan)) for step in steps)) for stage in STAGES]
    return as_table(head, rows)


def _summary(summary: Mapping[str, object]) -> str:
    return as_table(("together", ""), [(name.replace("_", " "), str(value)) for name, value in summary.items()])


def _machines(steps: Sequence[StepFigures], floors: Floors, bytes_a_picture: float) -> str:
    head = ("by calculation", "multiply-adds (10^9 a second, a core)", "JPEG undone (MB/s, a core)",
            "CPU-ms an inspection", "printers at 1 Hz", "bound by")  # fmt: skip
    step = next((step for step in reversed(steps) if is_carried(step)), steps[-1])
    found = [expected(machine, step, floors, bytes_a_picture) for machine in MACHINES]
    rows = [
        (
            one.machine.name,
            f"{one.machine.peak_gmacs:.0f}",
            f"{one.machine.jpeg_mb_s:.0f}",
            f"{one.cost_ms:.1f}",
            f"{one.cameras:,}",
            one.limit,
        )
        for one in found
    ]
    return as_table(head, rows)


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"
