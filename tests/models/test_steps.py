"""What an optimisation does to the scores, and that each step of the chain is what the monitor does."""

from collections.abc import Callable
from dataclasses import astuple
from functools import partial

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train.arrays import Picture
from models.train.paired import Statistic, changes
from models.train.statistics import Scored, auc, rate_at
from models.train.steps import Measured as MeasuredStep
from models.train.steps import facts_of, moved, reduction, seen_interpolated, seen_scaled, seen_whole, tables
from monitor.decode import decode

SIZE = (320, 416)


def _jpeg(width: int, height: int) -> bytes:
    rough = np.random.default_rng(width).integers(0, 256, (height // 16, width // 16, 3), dtype=np.uint8)
    smooth = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".jpg", smooth)[1].tobytes()


def _scored(scores: list[float], failing: list[bool], sequences: list[str] | None = None) -> Scored:
    names = sequences or [str(number) for number in range(len(scores))]
    return Scored(np.array(scores), np.array(failing), np.array(names))


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (1280, 720), (1920, 1080), (4000, 3000)])
def test_the_last_step_of_seeing_is_what_the_monitor_does(width: int, height: int) -> None:
    """So the figures are of what is shipped, to the pixel."""
    jpeg = _jpeg(width, height)
    assert np.array_equal(decode(jpeg, SIZE).input, seen_interpolated(jpeg, *SIZE))


@pytest.mark.parametrize("see", [seen_whole, seen_scaled, seen_interpolated])
def test_every_way_of_seeing_shows_nearly_the_same(see: Callable[[bytes, int, int], Picture]) -> None:
    """An optimisation may cost a shade, no more."""
    jpeg = _jpeg(1280, 720)
    difference = np.abs(see(jpeg, *SIZE).astype(int) - seen_whole(jpeg, *SIZE).astype(int))
    assert difference.mean() < 2


def test_a_high_resolution_is_divided_as_far_as_enough_is_left() -> None:
    """720p has 360 lines at a half; at a quarter 180, too few for 320."""
    assert [1, 2, 2] == [reduction(_jpeg(*size), *SIZE) for size in ((640, 480), (1280, 720), (1920, 1080))]


def test_a_shift_of_all_scores_changes_no_ranking() -> None:
    """The difference is none, and known exactly, however few the pictures."""
    before = _scored([0.1, 0.4, 0.3, 0.8], [False, False, True, True])
    change = changes(before, _scored([0.2, 0.5, 0.4, 0.9], [False, False, True, True]), {"auc": auc})["auc"]
    assert (0.0, 0.0, 0.0) == (change.difference.value, change.difference.low, change.difference.high)
    assert change.untold
    assert change.within


def test_a_loss_in_every_sequence_is_told() -> None:
    """Thirty pairs of pictures, each ranked rightly before and wrongly after."""
    failing = [number % 2 == 1 for number in range(60)]
    names = [str(number // 2) for number in range(60)]
    change = changes(
        _scored([0.9 if fails else 0.1 for fails in failing], failing, names),
        _scored([0.1 if fails else 0.9 for fails in failing], failing, names),
        {"auc": auc},
    )["auc"]
    assert -1.0 == change.difference.high
    assert not change.untold
    assert not change.within


def test_near_copies_do_not_narrow_the_difference() -> None:
    """Ten copies of a frame say as much as one."""
    rng = np.random.default_rng(1)
    failing, scores = [i % 2 == 1 for i in range(20)], rng.random((2, 20)).tolist()
    names = [str(i) for i in range(20)]
    before, after = (_scored(some, failing, names) for some in scores)
    once = changes(before, after, {"auc": auc})["auc"]
    before, after = (_scored(some * 10, failing * 10, names * 10) for some in scores)
    copied = changes(before, after, {"auc": auc})["auc"]
    assert astuple(once.difference) == pytest.approx(astuple(copied.difference))


def test_other_pictures_cannot_be_paired() -> None:
    """The order of the pictures is what pairs them."""
    one, other = _scored([0.1, 0.9], [False, True]), _scored([0.1, 0.9], [True, False])
    with pytest.raises(ValueError, match="same pictures"):
        changes(one, other, {"auc": auc})


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=2, max_size=12))
def test_swapping_the_sides_turns_the_difference_round(rows: list[tuple[float, float, bool]]) -> None:
    """After less before; a side without both kinds has no figure."""
    failing = [fails for _, _, fails in rows]
    before, after = _scored([one for one, _, _ in rows], failing), _scored([other for _, other, _ in rows], failing)
    statistics: dict[str, Statistic] = {"auc": auc, "tpr": partial(rate_at, false_positives=0.02)}
    there, back = changes(before, after, statistics, draws=20), changes(after, before, statistics, draws=20)
    for name in statistics:
        assert there[name].difference.value == pytest.approx(-back[name].difference.value, nan_ok=True)
        assert there[name].difference.low == pytest.approx(-back[name].difference.high, nan_ok=True)


def test_what_moved_is_told_with_its_largest() -> None:
    """Up or down alike."""
    kinds = [False, True, True]
    assert {"mean": 0.1, "most": 0.2} == moved(_scored([0.5, 0.5, 0.5], kinds), _scored([0.5, 0.3, 0.6], kinds))


def test_each_step_is_compared_with_the_one_before() -> None:
    """And the first with nothing: its row says no difference."""
    kinds = [False, True]
    steps = [
        MeasuredStep(name, "320 x 416", {"fixed cameras": _scored(scores, kinds)}, 2.0)
        for name, scores in (("one", [0.1, 0.9]), ("two", [0.9, 0.1]), ("three", [0.9, 0.1]))
    ]
    facts = facts_of(steps)
    assert [0.0, -1.0, 0.0] == [step["figures"]["fixed cameras"]["AUC"]["difference"][0] for step in facts]
    first, second, third = tables(facts).splitlines()[-3:]
    assert "+0.000" not in first
    assert "-1.000" in second
    assert "+0.000" in third
