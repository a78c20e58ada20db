"""Several monitors as a ratio to as many times one: the arithmetic."""

from dataclasses import replace

import pytest

from monitor.bench.markdown import put_into
from monitor.bench.scale_out import NodeSpan, NodesRun, Spread, as_json, steps, table
from monitor.errors import VigieError


def _run(nodes: int, done_each: int, cpu_s: float = 10.0) -> NodesRun:
    """Ten seconds of some monitors, each on a core of its own that other programs use a fiftieth of."""
    spans = tuple(NodeSpan(1 + place, 300, 10.0, done_each, 0, cpu_s, cpu_s + 0.2) for place in range(nodes))
    return NodesRun(300, 1.0, False, spans, 0.5 * nodes, 1, True, 100 * (nodes - 1), 0)


def test_rates_add_up_and_so_do_cores() -> None:
    """Two that do 200 a second each, of 300 asked for."""
    run = _run(2, 2000, cpu_s=8.0)
    assert (400.0, 600.0) == (run.per_s, run.asked_per_s)
    assert pytest.approx(4.0) == run.cpu_ms
    assert pytest.approx((1.6, 0.04, 0.1)) == (run.monitors_used, run.strangers_used, run.beside_used)


def test_linear_is_as_many_times_one() -> None:
    """Three that do 540 where one does 200: 0.9. By CPU time: 5 ms an inspection where one needs 4.5."""
    one, three = _run(1, 2000, cpu_s=9.0), _run(3, 1800, cpu_s=9.0)
    alone, together = steps([one, three])
    assert (1.0, 1.0) == (alone.to_linear.median, together.base[0].nodes)
    assert pytest.approx(0.9) == together.to_linear.median
    assert pytest.approx(4.5 / 5.0) == together.to_linear_by_cpu.median


def test_each_run_is_compared_with_the_one_of_its_own_round() -> None:
    """What is slow because all was slow in that round is not charged to the cluster."""
    found = steps([_run(1, 2000), _run(2, 2000), _run(1, 1000), _run(2, 1000), _run(1, 2000), _run(2, 1800)])
    assert pytest.approx((1.0, 0.9, 1.0)) == (
        found[1].to_linear.median, found[1].to_linear.least, found[1].to_linear.most,
    )  # fmt: skip
    assert Spread(360.0, 200.0, 400.0) == found[1].spread(lambda run: run.per_s)


def test_farms_and_controls_are_compared_with_their_own() -> None:
    """Never a cluster with what has none, nor many cameras with few; and without one, with the fewest there are."""
    control = [replace(run, is_alone=True) for run in (_run(2, 1000), _run(4, 900))]
    small = [replace(run, cameras_each=100) for run in (_run(1, 500), _run(2, 500))]
    found = steps([_run(1, 2000), _run(2, 1900), *control, *small])
    assert [1.0, 0.95, 1.0, 0.9, 1.0, 1.0] == [pytest.approx(step.to_linear.median) for step in found]


def test_a_limit_by_what_is_beside_is_not_blamed_on_the_monitors() -> None:
    """Nor what moved meanwhile, nor a monitor that had more than its core, nor other programs on it."""
    run = _run(2, 2000)
    loose = replace(run, spans=(replace(run.spans[0], is_pinned=False), run.spans[1]))
    assert [] == steps([run])[0].remarks
    assert ["bound by what is beside: 0.95 of its 1 cores"] == steps([replace(run, beside_cpu_s=9.5)])[0].remarks
    assert ["cameras changed hands meanwhile"] == steps([run, replace(run, was_owned_once=False)])[0].remarks
    busy = replace(run, spans=(replace(run.spans[0], busy_s=15.0), run.spans[1]))
    assert ["disturbed: other programs used up to 0.52 of the 2 cores"] == steps([busy])[0].remarks
    assert ["a monitor could run on other cores, too"] == steps([loose])[0].remarks


def test_the_table_and_the_lines_tell_the_same() -> None:
    """With the least and the most where there are several runs, and what moved when the last one joined."""
    found = steps([_run(1, 2000), _run(2, 1900), _run(1, 2000), _run(2, 1700)])
    line = as_json(found[1])
    assert ([0.9, 0.85, 0.95], [300, 300], [100, 100]) == (
        line["to_linear"], line["cameras_each"], line["moved_when_last_joined"],
    )  # fmt: skip
    rows = table(found).splitlines()
    assert 4 == len(rows)
    assert all(word in rows[3] for word in ("0.90 (0.85 to 0.95)", "300, 300", "100 of 600, 0", "0.10 of 1"))


def test_a_document_has_marks_for_each_command() -> None:
    """What another command has put there stays."""
    document = "<!-- vigie bench: begin -->\nladder\n<!-- vigie bench: end -->\n"
    both = document + "<!-- vigie bench-nodes: begin -->\nold\n<!-- vigie bench-nodes: end -->\n"
    found = put_into(both, "new", "vigie bench-nodes")
    assert found.startswith(document)
    assert ("new" in found, "old" in found) == (True, False)
    with pytest.raises(VigieError, match="vigie bench-nodes"):
        put_into(document, "new", "vigie bench-nodes")
