"""Medians of several runs."""

import math
from typing import Any

from monitor.bench.figures import Load, StepFigures, median_of, quantile, spread_of


def _run(cpu_ms: float, **more: Any) -> StepFigures:
    return StepFigures(
        cameras=90, seconds=30.0, inspections_due=2700, inspections_done=2700, cpu_ms_per_inspection=cpu_ms,
        cpu_ms_by_stage={"decode": cpu_ms / 2}, age_p50_s=0.3, age_p99_s=0.8, rss_mb=200.0, failures=0, pauses=0,
        pause_p50_s=math.nan, pause_p99_s=more.pop("pause_p99_s", math.nan), machine_busy=0.5, **more,
    )  # fmt: skip


def test_a_median_is_taken_of_each_figure_and_stage() -> None:
    """Of those that are numbers; what is whole stays whole."""
    found = median_of([_run(4.0, pause_p99_s=10.0), _run(9.0), _run(5.0, pause_p99_s=11.0)])
    assert (5.0, 2.5, 10.5, 3) == (
        found.cpu_ms_per_inspection,
        found.cpu_ms_by_stage["decode"],
        found.pause_p99_s,
        found.runs,
    )
    assert (2700, int) == (found.inspections_done, type(found.inspections_done))
    assert math.isnan(found.pause_p50_s)


def test_the_spread_says_how_far_runs_lie_apart() -> None:
    """As a share of the median, of figures that differ at all; one run has none."""
    assert {"cpu_ms_per_inspection": 1.0} == spread_of([_run(4.0), _run(9.0), _run(5.0)])
    assert {} == spread_of([_run(4.0)])


def test_a_quantile_of_nothing_is_no_number() -> None:
    """And of one value it is that value."""
    assert (1.0, 3) == (quantile([1.0], 0.99), quantile([1, 2, 3], 0.99))
    assert math.isnan(quantile([], 0.5))


def test_a_mixed_farm_has_streams_and_snapshots() -> None:
    """Every third camera streams; otherwise all send alike."""
    assert ["mjpeg", "snapshot", "snapshot", "mjpeg"] == [Load(4, way="mixed").way_of(number) for number in range(4)]
    assert {"snapshot"} == {Load(4).way_of(number) for number in range(4)}
