"""What a camera's memory promises: it is what healthy pictures were like, and no failure teaches itself into it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monitor.memory import CameraMemory, MemorySettings

SETTINGS = MemorySettings()
SHAPE = (2, 3, 4)  # features, rows, columns


def picture(value: float, shape: tuple[int, int, int] = SHAPE) -> NDArray[np.float32]:
    """Features that are the same all over."""
    return np.full(shape, value, np.float32)


def mean_and_spread(memory: CameraMemory, now: float = 0.0) -> tuple[float, float]:
    """What is remembered of pictures that are the same all over."""
    remembered = memory.remembered(now)
    assert remembered is not None
    mean, spread = np.split(remembered.cells.astype(float), 2)
    assert mean.shape == spread.shape == SHAPE
    assert np.ptp(mean) == np.ptp(spread) == 0
    return float(mean[0, 0, 0]), float(spread[0, 0, 0])


def known(memory: CameraMemory, now: float) -> float:
    """How far the memory can be trusted; 0 when there is none."""
    remembered = memory.remembered(now)
    return 0.0 if remembered is None else remembered.known


def watched(seconds: int, value: float = 1.0) -> CameraMemory:
    """A camera that has shown the same calm picture every second."""
    memory = CameraMemory()
    for at in range(seconds + 1):
        memory.offer(picture(value), at)
    return memory


def test_a_camera_never_seen_has_no_memory() -> None:
    """Nor has one whose pictures all wait."""
    assert CameraMemory().remembered(0.0) is None
    assert watched(79).remembered(79.0) is None


def test_the_first_picture_is_the_mean_and_has_no_spread() -> None:
    """Nothing is mixed with what nobody saw."""
    memory = CameraMemory()
    memory.learn(picture(3.0), 0.0)
    assert (3.0, 0.0) == mean_and_spread(memory)


def test_the_first_pictures_count_alike() -> None:
    """As long as time has not faded any of them."""
    memory = CameraMemory()
    values = (1.0, 5.0, 3.0, 7.0)
    for value in values:
        memory.learn(picture(value), 0.0)
    assert mean_and_spread(memory) == pytest.approx((np.mean(values), np.std(values)), rel=2e-3)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(-8, 8)), min_size=1, max_size=40))
def test_the_memory_is_the_mean_and_the_spread_weighted_by_age(pictures: list[tuple[float, float]]) -> None:
    """Whatever the gaps; float16 costs about a hundredth of a feature's range."""
    memory, times = CameraMemory(), np.cumsum([gap_s for gap_s, _ in pictures])
    values = np.array([value for _, value in pictures])
    for at, value in zip(times, values, strict=True):
        memory.learn(picture(value), float(at))
    weights = np.exp((times - times[-1]) / SETTINGS.lasts_s)
    mean = np.average(values, weights=weights)
    spread = math.sqrt(np.average((values - mean) ** 2, weights=weights))
    assert mean_and_spread(memory, float(times[-1])) == pytest.approx((mean, spread), abs=0.08)
    assert known(memory, float(times[-1])) == pytest.approx(min(1.0, weights.sum() / SETTINGS.known_after))


def test_a_picture_every_few_seconds_has_the_time_constants_gain() -> None:
    """After an hour of ones, the share of a first zero is 1 - exp(-gap / lasts_s)."""
    memory = CameraMemory()
    for at in range(0, 3600, 20):
        memory.learn(picture(1.0), at)
    memory.learn(picture(0.0), 3600.0)
    assert mean_and_spread(memory)[0] == pytest.approx(math.exp(-20 / SETTINGS.lasts_s), abs=1e-3)


def test_known_rises_with_the_pictures_and_fades_without_them() -> None:
    """A minute and a half nothing, three minutes nearly all; an hour unseen, nothing again."""
    rising = [known(watched(at), at) for at in (79, 80, 100, 120, 180, 240)]
    assert sorted(rising) == rising
    assert [0.0, pytest.approx(1 / 6, abs=0.03)] == rising[:2]
    assert 1.0 == rising[-1]
    assert 0.05 > known(watched(240), 240 + 3600)


def test_what_is_remembered_never_changes_later() -> None:
    """A worker reads it while the pipeline learns on."""
    memory = watched(200, 1.0)
    before = memory.remembered(200.0)
    assert before is not None
    memory.learn(picture(9.0), 220.0)
    assert (1.0, 0.0) == (before.cells.max(), before.cells[SHAPE[0] :].max())


def test_a_picture_is_copied() -> None:
    """The detector may use its buffer again."""
    memory, features = CameraMemory(), picture(1.0)
    memory.offer(features, 0.0)
    features.fill(9.0)
    memory.offer(features, SETTINGS.delay_s)
    assert (1.0, 0.0) == mean_and_spread(memory)


def test_a_suspicion_throws_away_what_waits_and_keeps_what_was_learned() -> None:
    """Ten minutes healthy, a minute of a failure that nobody saw coming."""
    memory = watched(600, 1.0)
    for at in range(601, 661):
        memory.offer(picture(5.0), at)
    memory.distrust()
    for at in range(700, 1000):
        memory.offer(picture(1.0), at)
    assert (1.0, 0.0) == mean_and_spread(memory)


Steps = list[tuple[float, bool]]  # seconds since the step before, whether it raises a suspicion


@given(st.lists(st.tuples(st.floats(0.1, 60.0), st.booleans() | st.just(False)), max_size=120))
def test_nothing_within_the_delay_before_a_suspicion_is_ever_learned(steps: Steps) -> None:
    """However the pictures and the suspicions follow each other; each picture bears a number of its own."""
    memory, at, taken, suspected = Recording(), 0.0, {}, []
    for number, (gap_s, is_suspect) in enumerate(steps):
        at += gap_s
        if is_suspect:
            suspected.append(at)
            memory.distrust()
        else:
            taken[number] = at
            memory.offer(picture(float(number), (1, 1, 1)), at)
    for number, learned_at in memory.learned:
        assert taken[number] == learned_at
        assert not [s for s in suspected if learned_at <= s < learned_at + SETTINGS.delay_s]


class Recording(CameraMemory):
    """A memory that also keeps a list of what it learned."""

    def __init__(self) -> None:
        super().__init__()
        self.learned: list[tuple[int, float]] = []

    def learn(self, features: NDArray[np.floating], at: float) -> None:
        self.learned.append((int(features[0, 0, 0]), at))
        super().learn(features, at)


def test_a_new_job_starts_without_a_memory() -> None:
    """What waits is the last print's as well, and so is a picture that was taken before and inspected after."""
    memory = watched(600)
    memory.new_job(600.5)
    memory.offer(picture(5.0), 600.2)
    assert memory.remembered(601.0) is None
    for at in range(601, 682):
        memory.offer(picture(2.0), at)
    assert (2.0, 0.0) == mean_and_spread(memory)


def test_what_a_new_job_keeps_weighs_as_much_as_it_is_told() -> None:
    """A setting for cameras whose view hardly changes from job to job."""
    memory = CameraMemory(MemorySettings(new_job_keeps=1.0))
    for _ in range(10):
        memory.learn(picture(1.0), 0.0)
    memory.new_job(0.0)
    assert known(memory, 0.0) == pytest.approx(1 / 6)
    memory.learn(picture(2.0), 0.0)
    assert 1.5 == mean_and_spread(memory)[0]


def test_a_camera_costs_a_sixth_of_a_megabyte() -> None:
    """The shipped network's 32 features on 18 x 24 cells: mean, spread, and the four pictures that wait."""
    memory = CameraMemory()
    for at in range(3600):
        memory.offer(picture(1.0, (32, 18, 24)), at)
    remembered = memory.remembered(3600.0)
    assert remembered is not None
    waiting = [features for _, features in memory._waiting]  # its cost cannot be seen from outside
    assert 165_888 == remembered.cells.nbytes + sum(features.nbytes for features in waiting)


def test_features_out_of_all_proportion_stay_numbers() -> None:
    """Infinity in a memory would be there for good."""
    memory = CameraMemory()
    for value in (1e30, -1e30, 0.0):
        memory.learn(picture(value), 0.0)
    assert np.isfinite(mean_and_spread(memory)).all()
