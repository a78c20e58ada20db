"""A load that is held for long."""

import itertools
import json
from pathlib import Path

import pytest

from monitor.bench.plot import draw_soak
from monitor.bench.soak import READS, Sample, Sampler, read_samples, slope
from monitor.errors import VigieError
from monitor.pipeline.figures import Figures


def _samples(mb_per_hour: float, jitter_mb: float = 0.0) -> list[Sample]:
    """An hour of samples, a minute apart, with 50 MB that come in the first minutes."""
    return [
        Sample(60.0 * n, 200 + 50 * min(1, n / 4) + mb_per_hour * n / 60 + jitter_mb * (-1) ** n, 600, 600, 0.3, 0.9)
        for n in range(61)
    ]


def test_the_slope_is_found_and_the_warm_up_is_no_growth() -> None:
    """With a standard error of nothing where nothing scatters."""
    found = slope(_samples(3.0))
    assert found is not None
    assert pytest.approx([3.0, 0.0], abs=1e-6) == [found.mb_per_hour, found.error_mb_per_hour]
    assert 56 == found.samples


def test_what_scatters_has_a_standard_error() -> None:
    """The growth lies within a few of them."""
    found = slope(_samples(3.0, jitter_mb=2.0))
    assert found is not None
    assert 0.5 < found.error_mb_per_hour < 3.0
    assert abs(found.mb_per_hour - 3.0) < 3 * found.error_mb_per_hour


def test_two_samples_say_nothing() -> None:
    """A line through them has no error."""
    assert slope(_samples(3.0)[:2]) is None


def test_samples_are_written_as_they_are_taken(tmp_path: Path) -> None:
    """A line each; one that was cut off is left out when they are read."""
    file = tmp_path / "soak.jsonl"
    done = iter(range(0, 100, 10))
    sampler = Sampler(file, lambda: Figures(count := next(done), count, (0.2,) * count, 0), lambda: 123.456)
    sampler.run(0.03, 0.01)
    lines = file.read_text(encoding="ascii").splitlines()
    assert ([(10, 10)] * 3, {123.46}) == (
        [(one.due, one.done) for one in read_samples(lines)],
        {json.loads(line)["rss_mb"] for line in lines},
    )
    assert 2 == len(read_samples([*lines[:2], lines[2][:20]]))
    with pytest.raises(VigieError, match="no sample"):
        read_samples([])
    with pytest.raises(VigieError, match="cannot be written"):
        Sampler(tmp_path, lambda: Figures(0, 0, (), 0), lambda: 0.0).run(0.01, 0.01)


def test_a_sample_is_a_mean_and_not_the_moment_between_two_trims(tmp_path: Path) -> None:
    """Memory that rises for some seconds and falls again is flat, and where in that a sample is taken says nothing."""
    file = tmp_path / "soak.jsonl"
    saw = itertools.cycle(range(100, 100 + READS))
    Sampler(file, lambda: Figures(0, 0, (), 0), lambda: float(next(saw))).run(0.03, 0.01)
    mean = 100 + (READS - 1) / 2
    assert [mean] * 3 == [one.rss_mb for one in read_samples(file.read_text(encoding="ascii").splitlines())]


def test_the_drawing_says_how_fast_memory_grows() -> None:
    """With its error; and it draws also where there is no slope."""
    samples = _samples(3.0)
    assert "+3.00 ± 0.00 MB/h" in draw_soak(samples, slope(samples))
    assert "MB/h" not in draw_soak(samples[:2], None)
