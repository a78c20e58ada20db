"""A step as a line of JSON: every figure by its name, rounded. Pure."""

import math
from collections.abc import Mapping
from dataclasses import fields

from monitor.bench.figures import StepFigures
from monitor.bench.floors import Floors
from monitor.bench.ladder import is_carried, lock_ms
from monitor.bench.saturation import saturated_by

_DIGITS: Mapping[str, int] = {"rss_mb": 1, "cpu_ms_per_inspection": 3, "kbit_per_s": 0, "seconds": 1, "started_s": 1}


def as_json(step: StepFigures, floors: Floors | None, cores: int) -> dict[str, object]:
    """Return a step's line; a figure that there is none of is null."""
    line: dict[str, object] = {
        one.name: _rounded(getattr(step, one.name), _DIGITS.get(one.name, 3))
        for one in fields(StepFigures)
        if one.name != "cpu_ms_by_stage"
    }
    line["cpu_ms_by_stage"] = {stage: round(ms, 3) for stage, ms in step.cpu_ms_by_stage.items()}
    line["done_share"] = _rounded(step.inspections_done / max(1, step.inspections_due), 4)
    line["pause_beyond_judge_p50_s"] = _rounded(step.beyond_judge_p50_s, 3)
    line["pause_beyond_judge_p99_s"] = _rounded(step.beyond_judge_p99_s, 3)
    line["rss_mb_per_camera"] = _rounded(step.rss_mb / step.cameras, 3)
    line["kbit_per_s_per_camera"] = _rounded(step.kbit_per_s / step.cameras, 0)
    line["lock_ms_per_inspection"] = _rounded(lock_ms(step), 3)
    line["is_carried"] = is_carried(step)
    line["saturated_by"] = saturated_by(step, cores)
    if floors is not None:
        line["floor_ms"] = round(floors.total_ms, 3)
        line["ratio_to_floor"] = round(step.cpu_ms_per_inspection / floors.total_ms, 2)
    return line


def _rounded(value: float, digits: int) -> float | None:
    if math.isnan(value):
        return None
    return value if isinstance(value, int) else round(value, digits)
