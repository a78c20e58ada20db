"""What the steps of the ladder say together."""

import math
from dataclasses import replace
from typing import Any

import pytest

from monitor.bench.floors import Floors
from monitor.bench.ladder import as_json, cpu_growth, growth, is_carried, memory_growth, sizing
from monitor.bench.plot import draw
from monitor.bench.step import StepFigures

FLOORS = Floors(bytes_ms=1.0, network_ms=1.0, peak_gmacs=450.0)


def _step(cameras: int, cpu_ms: float = 4.0, **more: Any) -> StepFigures:
    done = cameras * 10
    return replace(
        StepFigures(
            cameras, 10.0, done, done, cpu_ms, {"decode": cpu_ms / 2, "infer": cpu_ms / 2}, 0.4, 0.9,
            200.0 + 0.5 * cameras, 0, 0, math.nan, math.nan, 0.5,
        ),
        **more,
    )  # fmt: skip


def test_a_line_is_found_again() -> None:
    """Least squares give back the line that the points lie on, and nothing where there is no line."""
    found = growth([(x, 3.0 + 2.0 * x) for x in (1.0, 5.0, 20.0)])
    assert found is not None
    assert pytest.approx([3.0, 2.0]) == [found.fixed, found.per_camera]
    assert growth([]) is None
    assert growth([(4.0, 1.0), (4.0, 2.0)]) is None


def test_cost_and_memory_grow_with_what_was_carried() -> None:
    """Steps that starved are no part of the line: their cost says nothing about the work."""
    starved = _step(1000, cpu_ms=9.0, inspections_done=5000)
    steps = [_step(10), _step(100), starved]
    cpu, memory = cpu_growth(steps), memory_growth(steps)
    assert cpu is not None
    assert memory is not None
    found = [cpu.fixed, cpu.per_camera, memory.fixed, memory.per_camera]
    assert pytest.approx([0.0, 4.0, 200.0, 0.5], abs=1e-6) == found


@pytest.mark.parametrize(
    ("changes", "carried"),
    [({}, True), ({"inspections_done": 989}, False), ({"inspections_done": 990}, True), ({"age_p99_s": 1.6}, False)],
)
def test_a_step_is_carried_when_all_is_done_in_time(changes: dict[str, Any], carried: bool) -> None:
    """99 % of what fell due, and no decision on a picture older than a second and a half."""
    assert carried is is_carried(_step(100, **changes))


def test_the_cores_bound_a_small_machine_and_the_network_a_large_one() -> None:
    """The answer names what ends first."""
    small = sizing([_step(100)], cores=4, bytes_a_picture=120_000)
    assert (750, True) == (small.cameras, "the 4 cores" in small.limit)
    large = sizing([_step(100)], cores=64, bytes_a_picture=120_000)
    assert (980, True) == (large.cameras, "1 Gbit/s" in large.limit)


def test_what_was_not_carried_bounds_the_answer() -> None:
    """Whatever the cores say by their cost."""
    found = sizing([_step(100), _step(250, inspections_done=100)], cores=4, bytes_a_picture=120_000)
    assert (100, True) == (found.cameras, "250 cameras were not carried" in found.limit)
    assert 0 == sizing([_step(12, inspections_done=0)], 4, 120_000).cameras


def test_a_line_of_json_has_the_keys_that_were_promised() -> None:
    """Also without pauses, whose quantiles are no numbers then."""
    line = as_json(_step(90), FLOORS)
    promised = {
        "cameras", "inspections_due", "inspections_done", "cpu_ms_per_inspection", "cpu_ms_by_stage", "age_p50_s",
        "age_p99_s", "rss_mb", "floor_ms", "ratio_to_floor",
    }  # fmt: skip
    assert promised <= line.keys()
    assert (2.0, 2.0, None) == (line["floor_ms"], line["ratio_to_floor"], line["pause_p99_s"])


def test_the_drawing_names_every_step_and_stage() -> None:
    """One bar a step, one colour a stage."""
    drawing = draw([_step(12), _step(90)], floor_ms=2.0)
    assert all(f">{word}</text>" in drawing for word in ("12", "90", "decode", "infer", "floor 2.0"))
