"""What the steps of the ladder say together."""

import math
from dataclasses import replace
from typing import Any

import pytest

from monitor.bench.figures import StepFigures
from monitor.bench.floors import Floors
from monitor.bench.ladder import cpu_growth, growth, is_carried, lock_ms, memory_growth, sizing
from monitor.bench.lines import as_json
from monitor.bench.machines import MACHINES, Machine, expected
from monitor.bench.markdown import BEGIN, END, put_into, tables
from monitor.bench.plot import draw
from monitor.bench.saturation import saturated_by
from monitor.errors import VigieError

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


def test_memory_of_one_process_and_of_several_is_not_one_line() -> None:
    """Workers in processes of their own cost what no camera does."""
    steps = [_step(90), _step(250, processes=5, rss_mb=600.0), _step(500, processes=5, rss_mb=700.0)]
    found = memory_growth(steps)
    assert found is not None
    assert pytest.approx([500.0, 0.4]) == [found.fixed, found.per_camera]
    assert memory_growth(steps[:2]) is None


@pytest.mark.parametrize(
    ("changes", "carried"),
    [
        ({}, True),
        ({"inspections_done": 989}, False),
        ({"inspections_done": 990}, True),
        ({"age_p99_s": 1.6}, False),
        ({"silent": 1}, False),
    ],
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


def test_the_lock_of_the_one_main_process_bounds_a_machine_of_many_cores() -> None:
    """Half a millisecond an inspection leaves 1,500 a second, with a quarter of the time in reserve."""
    step = _step(1000, lock_share=0.5)
    assert pytest.approx(0.5) == lock_ms(step)
    found = sizing([step], cores=64, bytes_a_picture=10_000)
    assert (1500, True) == (found.cameras, "Python's lock" in found.limit)
    assert math.isnan(lock_ms(_step(90)))


def test_what_was_carried_is_carried_whatever_the_reserve_says() -> None:
    """A reserve is for what nobody has tried."""
    assert 1000 == sizing([_step(1000)], cores=4, bytes_a_picture=10_000).cameras


def test_what_was_not_carried_bounds_the_answer() -> None:
    """Whatever the cores say by their cost."""
    found = sizing([_step(100), _step(250, inspections_done=100)], cores=4, bytes_a_picture=120_000)
    assert (100, True) == (found.cameras, "250 cameras were not carried" in found.limit)
    assert 0 == sizing([_step(12, inspections_done=0)], 4, 120_000).cameras


def test_a_line_of_json_has_the_keys_that_were_promised() -> None:
    """Also without pauses, whose quantiles are no numbers then."""
    line = as_json(_step(90, batch_p99=8.0, kbit_per_s=90_000.0), FLOORS, 4)
    promised = {
        "cameras", "inspections_due", "inspections_done", "cpu_ms_per_inspection", "cpu_ms_by_stage", "age_p50_s",
        "age_p99_s", "rss_mb", "floor_ms", "ratio_to_floor", "batch_mean", "batch_p50", "batch_p99", "saturated_by",
        "load_cpu_ms_per_inspection", "kbit_per_s",
    }  # fmt: skip
    assert promised <= line.keys()
    assert (2.0, 2.0, None, None) == tuple(
        line[name] for name in ("floor_ms", "ratio_to_floor", "pause_p99_s", "pause_beyond_judge_p99_s")
    )
    assert (8.0, 1000.0, "nothing") == (line["batch_p99"], line["kbit_per_s_per_camera"], line["saturated_by"])


def test_the_judges_own_time_is_told_apart_from_the_rest_of_a_pause() -> None:
    """At an inspection a second, nine of the ten seconds lie between the first failing picture and the last."""
    line = as_json(_step(90, pause_p50_s=9.4, pause_p99_s=10.25), FLOORS, 4)
    assert (0.4, 1.25) == (line["pause_beyond_judge_p50_s"], line["pause_beyond_judge_p99_s"])


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"inspections_done": 10_000}, "nothing"),
        ({"machine_busy": 0.95}, "the 4 cores"),
        ({"machine_busy": 0.6, "lock_share": 0.95}, "Python's lock"),
        ({"machine_busy": 0.6, "lock_share": 0.5, "lock_wait_ms": 3.1}, "Python's lock"),
        ({"machine_busy": 0.6, "worker_busy": 0.97, "workers": 2}, "the 2 workers"),
        ({"machine_busy": 0.6, "kbit_per_s": 900_000.0}, "1 Gbit/s"),
        ({"silent": 7, "started_s": 90.0}, "7 cameras had given no picture after 90 s"),
        ({"inspections_done": 10_000, "age_p99_s": 2.0}, "2.0 s"),
        ({"machine_busy": 0.6, "stretch": 1.5}, "slowed down 1.50 times"),
        ({}, "nothing that is measured here"),
    ],
)
def test_what_is_used_up_is_named(changes: dict[str, Any], word: str) -> None:
    """The first that fits; nothing where all was done in time."""
    assert word in saturated_by(_step(1000, **({"inspections_done": 4_000} | changes)), cores=4)


def test_another_machine_is_calculated_from_the_two_floors() -> None:
    """A third of the multiply-adds makes the network three times dearer, half of the decoding all else twice."""
    step = _step(1000, cpu_ms_by_stage={"infer": 1.0, "decode": 3.0}, lock_share=0.5)
    other = expected(Machine("other", 4, FLOORS.peak_gmacs / 3, 50.0), step, FLOORS, bytes_a_picture=100_000)
    assert pytest.approx(9.0) == other.cost_ms
    assert (330, "its cores") == (other.cameras, other.limit)
    many = expected(Machine("many cores", 64, FLOORS.peak_gmacs, 10.0), step, FLOORS, bytes_a_picture=10_000)
    assert (1500, True) == (many.cameras, "lock" in many.limit)


def test_the_tables_of_the_document_have_a_row_for_each_step_and_machine() -> None:
    """They go between the marks, and the text around them stays."""
    text = tables([_step(90), _step(1000)], FLOORS, {"answer": "many"}, "4 cores", 4, 120_000)
    assert all(f"| {word} |" in text for word in ("90", "1,000", "many", *(one.name for one in MACHINES)))
    document = put_into(f"before\n{BEGIN}\nold\n{END}\nafter\n", text)
    assert ("before\n", True, False) == (document[:7], document.endswith(f"{END}\nafter\n"), "old" in document)
    assert document == put_into(document, text)
    with pytest.raises(VigieError, match="no lines"):
        put_into("no marks", text)


def test_the_drawing_names_every_step_and_stage() -> None:
    """One bar a step, one colour a stage."""
    drawing = draw([_step(12), _step(90)], floor_ms=2.0)
    assert all(f">{word}</text>" in drawing for word in ("12", "90", "decode", "infer", "floor 2.0"))
