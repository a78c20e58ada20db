"""What a camera's baseline promises: it follows healthy pictures, and no failure teaches itself into it."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.baseline import MOST_GAP_S, Baseline, HealthySettings, logit
from monitor.judge import CERTAIN_LOGITS, Judge, JudgeSettings, Phase
from monitor.records import Health, Observation

SETTINGS = HealthySettings()
THRESHOLD = 0.94
LOGITS = st.floats(-13, 13)
SCORES = st.floats(0.0, 1.0)
GAPS = st.floats(0.0, 120.0)


def score_of(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def taught(log_odds: float, minutes: float, every_s: float = 1.0, settings: HealthySettings = SETTINGS) -> Baseline:
    """A baseline that has seen one score for so long."""
    baseline = Baseline(settings, THRESHOLD)
    for n in range(round(minutes * 60 / every_s) + 1):
        baseline.learn(score_of(log_odds), n * every_s)
    return baseline


@given(SCORES)
def test_on_a_camera_never_seen_the_score_is_the_detectors(score: float) -> None:
    """A restart begins at the prior, where nothing is moved."""
    assert Baseline(SETTINGS, THRESHOLD).relative(score, knows_job=True) == pytest.approx(score, abs=2e-6)


@given(st.lists(st.tuples(SCORES, GAPS), max_size=60), st.floats(0.01, 0.999))
def test_the_bar_stays_within_its_limits(pictures: list[tuple[float, float]], threshold: float) -> None:
    """Whatever is taught: so a strong failure is over every bar."""
    baseline, at = Baseline(SETTINGS, threshold), 0.0
    for score, gap_s in pictures:
        at += gap_s
        baseline.learn(score, at)
        assert -SETTINGS.most_down - 1e-9 <= baseline.bar(knows_job=True) - logit(threshold) <= SETTINGS.most_up + 1e-9


@given(st.lists(st.tuples(SCORES, GAPS), max_size=60))
def test_the_bar_rises_no_faster_than_it_may(pictures: list[tuple[float, float]]) -> None:
    """In the seconds seen; what a gap hid teaches nothing. Being less sure of a mean adds what a drift may add."""
    baseline, at = Baseline(SETTINGS, THRESHOLD), 0.0
    for score, gap_s in pictures:
        before, at = baseline.bar(knows_job=True), at + gap_s
        baseline.learn(score, at)
        seen_s = min(gap_s, MOST_GAP_S)
        allowed = SETTINGS.up_per_min * seen_s / 60
        unsure = 3 * SETTINGS.drift_sd_per_hour**2 * seen_s / 3600 / SETTINGS.within_sd
        assert baseline.bar(knows_job=True) - before <= allowed + unsure + 1e-9


@given(LOGITS, LOGITS, st.floats(1, 30))
def test_higher_pictures_make_no_lower_bar(one: float, other: float, minutes: float) -> None:
    """Cameras that are seen as long as each other keep the order of their healthy scores."""
    low, high = sorted((one, other))
    assert taught(low, minutes, 5.0).bar(knows_job=True) <= taught(high, minutes, 5.0).bar(knows_job=True) + 1e-9


@given(SCORES, SCORES, LOGITS)
def test_the_order_of_pictures_is_kept(one: float, other: float, healthy: float) -> None:
    """A picture that is worse to the detector is worse relative to the camera."""
    baseline = taught(healthy, 5, 5.0)
    low, high = sorted((one, other))
    assert baseline.relative(low, knows_job=True) <= baseline.relative(high, knows_job=True)


@pytest.mark.parametrize("every_s", [0.2, 5.0])
def test_seconds_count_and_not_frames(every_s: float) -> None:
    """A camera at 5 Hz and one at 0.2 Hz have the same bar after the same time."""
    assert taught(0.5, 10, every_s).bar(knows_job=True) == pytest.approx(taught(0.5, 10).bar(knows_job=True), abs=0.02)


def test_a_camera_whose_healthy_pictures_score_high_gets_a_higher_bar() -> None:
    """And one whose score low a lower one."""
    assert taught(2.0, 30).bar(knows_job=True) > logit(THRESHOLD) > taught(SETTINGS.mean, 30).bar(knows_job=True)


@given(LOGITS)
def test_without_news_of_jobs_the_bar_never_falls_below_the_threshold(healthy: float) -> None:
    """What is on the bed may be another part than the one that was seen."""
    assert taught(healthy, 10, 5.0).bar(knows_job=False) >= logit(THRESHOLD)


def test_the_bar_falls_faster_than_it_rises() -> None:
    """Too low a bar wakes somebody and is taken back soon; too high a one lets a print be lost."""
    wide = replace(SETTINGS, most_down=9.0, most_up=9.0)
    usual, high, low = (taught(SETTINGS.mean + by, 2, settings=wide).bar(knows_job=True) for by in (0.0, 3.0, -3.0))
    assert high - usual == pytest.approx(2 * SETTINGS.up_per_min, abs=0.05)
    assert usual - low > 1.5 * (high - usual)


def test_a_gap_teaches_nothing() -> None:
    """A picture after an hour without any speaks for seconds."""
    baseline = taught(SETTINGS.mean, 10)
    before = baseline.bar(knows_job=True)
    baseline.learn(score_of(5), 600 + 3600)
    assert baseline.bar(knows_job=True) - before < 0.05


@pytest.mark.parametrize("healthy", [-3.0, 2.0])
def test_a_new_job_forgets_most_of_the_last_one(healthy: float) -> None:
    """The part makes more of the difference than the camera: what stays is the camera's share, and less certainty."""
    wide = replace(SETTINGS, most_down=9.0, most_up=9.0)
    one, usual = (taught(mean, 240, 5.0, wide) for mean in (healthy, SETTINGS.mean))
    before = one.bar(knows_job=True) - usual.bar(knows_job=True)
    one.new_job()
    usual.new_job()
    assert one.bar(knows_job=True) - usual.bar(knows_job=True) == pytest.approx(SETTINGS.camera_share * before)
    assert usual.bar(knows_job=True) == pytest.approx(logit(THRESHOLD), abs=0.3)


@given(st.floats(0.5, 60), st.floats(-2, 1))
def test_a_failure_that_grows_at_any_pace_is_decided(minutes: float, start: float) -> None:
    """From healthy to certain in half a minute or in an hour: it never becomes the camera's own healthy picture."""
    baseline, judge = Baseline(SETTINGS, THRESHOLD), _judge()
    over = logit(THRESHOLD) + SETTINGS.most_up + CERTAIN_LOGITS + 0.5
    growth_s = round(minutes * 60)
    decided_at = None
    for at in range(0, growth_s + 60, 2):
        raw = score_of(min(start + (over - start) * at / growth_s, over))
        judgement = judge.observe(Observation("p01", at, Health.OK, baseline.relative(raw, knows_job=True)))
        if judgement.phase is Phase.FAILING:
            decided_at = at
            break
        if judgement.phase is Phase.WATCHING and judgement.evidence_s == 0:
            baseline.learn(raw, at)
    assert decided_at is not None
    assert decided_at <= growth_s + 12


def _judge() -> Judge:
    return Judge(JudgeSettings(THRESHOLD, suspect_after_s=3, fail_after_s=10, recover_after_s=60, blind_after_s=30), 0)


@given(st.lists(st.tuples(SCORES, GAPS), min_size=1, max_size=60))
def test_where_cameras_do_not_differ_every_bar_is_the_threshold(pictures: list[tuple[float, float]]) -> None:
    """A model with a memory says so (``between_sd`` 0): nothing is to be learned of one camera, whatever it shows."""
    baseline, at = Baseline(replace(SETTINGS, between_sd=0.0), THRESHOLD), 0.0
    for score, gap_s in pictures:
        at += gap_s
        baseline.learn(score, at)
    baseline.new_job()
    assert baseline.bar(knows_job=True) == pytest.approx(logit(THRESHOLD))
