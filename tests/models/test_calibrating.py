"""Whether scores become the probabilities that are true, and what is said about how far they hold."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.train.calibrating import NEW_S, PRIOR, VISIBLE_S, Moments, fit, moments, most, new_moments, slope_interval
from models.train.card import read_between
from models.train.overtime import publish
from models.train.reliability import bins, error, measure, text
from models.train.replaying import Played, Track
from models.train.tally import Judging
from models.train.timeline import HOLD_S
from monitor.baseline import HealthySettings, logit
from monitor.calibration import Calibration
from monitor.detector import read_model
from tests.inspection import tiny_model

MINUTE = 60 // HOLD_S  # looks
JUDGING = Judging("alone", 0.9, HealthySettings())


def drawn(prints: int, looks: int, apart: float, seed: int = 0) -> Moments:
    """Healthy log-odds around -1 and failing ones so far above, both with a standard deviation of 1."""
    rng = np.random.default_rng(seed)
    failing = np.repeat([False, True], prints * looks)
    odds = rng.normal(-1 + apart * failing, 1.0)
    return Moments(odds, failing, np.tile(np.repeat(np.arange(prints), looks), 2))


def track(*parts: tuple[float, int]) -> Track:
    """Scores, each for so many looks."""
    scores = np.concatenate([np.full(count, score, np.float32) for score, count in parts] or [np.zeros(0, np.float32)])
    return Track(scores, scores)


def print_of(seed: int, healthy: float = 0.3, failing: float = 0.98) -> Played:
    """An hour without a failure, then one that is visible after 20 s."""
    fails = track((0.3, 5), (failing, 40 * MINUTE))
    return Played(seed, "spaghetti", 20, track((healthy, 60 * MINUTE)), track((0.2, MINUTE)), fails, fails)


# -- the fit


@pytest.mark.parametrize("apart", [1.0, 2.0])
def test_the_known_answer_comes_back(apart: float) -> None:
    """Two normal distributions of one spread have log-odds that are a line: its slope is how far they are apart."""
    found = fit(drawn(50, 2000, apart))
    assert found.slope == pytest.approx(apart, rel=0.05)
    middle = -1 + apart / 2  # where both are alike, the odds are the prior's
    assert found.slope * middle + found.shift == pytest.approx(logit(PRIOR), abs=0.1)


def test_prints_that_differ_leave_the_slope_open() -> None:
    """The interval is around what was fitted; moments of one print are no independent looks, so it is wider then."""
    data, rng = drawn(30, 100, 2.0), np.random.default_rng(1)
    shifted = Moments(data.odds + rng.normal(0, 1, 30)[data.seed], data.failing, data.seed)
    (low, high), (lower, higher) = (slope_interval(some, draws=40) for some in (data, shifted))
    assert low < fit(data).slope < high
    assert higher / lower > (high / low) ** 1.5


def test_prints_count_alike_however_long() -> None:
    """A print of ten times the length, with other scores, moves nothing."""
    data = drawn(20, 100, 2.0)
    first = (data.seed == 0) & ~data.failing
    repeated = np.concatenate([np.arange(len(data.odds)), *[np.flatnonzero(first)] * 9])
    longer = Moments(data.odds[repeated], data.failing[repeated], data.seed[repeated])
    assert fit(data) == fit(longer)
    assert pytest.approx([PRIOR, 1.0]) == [longer.weight[longer.failing].sum(), longer.weight.sum()]


def test_prints_that_part_without_a_mistake_still_have_a_finite_answer() -> None:
    """And it promises no more than their number can show."""
    parted = Moments(np.array([-2.0, -1.9, 3.0, 3.1]), np.array([False, False, True, True]), np.array([0, 1, 0, 1]))
    found = fit(parted)
    assert 0 < found.slope <= 10
    assert found.most == pytest.approx(most(2, 2), abs=1e-3)


def test_more_prints_can_show_more() -> None:
    """Of one moment in 200 that fails: with ten prints one in seventeen, with ten thousand nearly all."""
    assert 0.054 == pytest.approx(most(10, 10), abs=0.002)
    assert 0.98 == pytest.approx(most(10_000, 10_000), abs=0.002)


def test_scores_that_say_the_opposite_are_refused() -> None:
    """A slope below 0 would turn the judge's order around."""
    with pytest.raises(ValueError, match="no more failures"):
        fit(drawn(20, 100, -2.0))


# -- moments of prints


def test_moments_are_the_healthy_print_and_the_failure_while_it_is_visible() -> None:
    """Not its invisible beginning, nor what comes after somebody has noticed; pictures in the dark say nothing."""
    dark = replace(print_of(1), healthy=track((0.3, 30), (np.nan, 30)))
    found = moments([dark], JUDGING)
    assert (30, round(VISIBLE_S / HOLD_S)) == ((~found.failing).sum(), found.failing.sum())
    assert logit(0.9) < found.odds[found.failing].min()


def test_a_new_cameras_moments_are_its_first() -> None:
    """Ten minutes of a print, and a failure before which nothing was seen: its raw score is its relative one."""
    found = new_moments([print_of(1)], JUDGING)
    assert round(NEW_S / HOLD_S) == (~found.failing).sum()
    assert logit(0.3) == pytest.approx(found.odds[0], abs=1e-3)


def test_prints_without_a_failure_calibrate_nothing() -> None:
    """It is said, and what helps."""
    with pytest.raises(ValueError, match="film more prints"):
        moments([replace(print_of(1), failing=track())], JUDGING)


# -- whether it holds


def test_what_is_fitted_holds_for_other_prints_of_its_kind() -> None:
    """Promised and true agree, bin by bin; taken as they are, scores promise far too much."""
    calibration, fresh = fit(drawn(50, 2000, 2.0)), drawn(50, 2000, 2.0, seed=1)
    found = bins(calibration, fresh)
    assert pytest.approx(1.0) == sum(some.time for some in found)
    assert all(some.promised == pytest.approx(some.true, rel=0.3) for some in found)
    assert error(found) < 0.001
    assert error(bins(Calibration(1.0, 0.0), fresh)) > 0.2


def test_it_is_fitted_to_one_half_and_measured_on_the_other(tmp_path: Path) -> None:
    """A healthy print that looks like a failure, on the other half only, shows; and the figures are published."""
    tuning = [print_of(seed, 0.3 + 0.02 * seed) for seed in range(4)]
    good, bad = (measure(tuning, [print_of(5), print_of(7, healthy)], JUDGING) for healthy in (0.3, 0.98))
    assert good.calibration == bad.calibration
    assert good.error < bad.error
    assert good.healthy_prints[2] < bad.healthy_prints[2] == pytest.approx(bad.calibration.most, abs=0.01)

    path = tiny_model.write(tmp_path)
    marks = "\n".join(f"<!-- {name}: here -->\n<!-- end of {name} -->" for name in ("over time", "probability"))
    (tmp_path / "README.md").write_text(marks)
    (tmp_path / "figures").mkdir()
    figure = tmp_path / "curve.svg"
    figure.write_text("<svg/>")
    publish(path, HealthySettings(), good, {"reliability": good.facts}, "table", figure)
    assert good.calibration == read_model(path)[0].calibration
    assert text(good) == read_between(tmp_path / "README.md", "probability")
    assert PRIOR == json.loads(path.with_suffix(".json").read_text())["over_time"]["reliability"]["prior"]
