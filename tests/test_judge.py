"""The judge decides in seconds, not in frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge import Judge, JudgeSettings, Phase, certainty
from monitor.records import Health, Observation

SETTINGS = JudgeSettings(threshold=0.5, suspect_after_s=3, fail_after_s=10, recover_after_s=60, blind_after_s=30)


def seen(at: float, score: float) -> Observation:
    return Observation("p01", at, Health.OK, score)


def dark(at: float) -> Observation:
    return Observation("p01", at, Health.DARK)


def first_time_in(
    judge: Judge, phase: Phase, score: float, every_s: float, from_s: float, until_s: float
) -> float | None:
    """Feed one score at a steady rate and return when the phase is entered."""
    at = from_s
    while at <= until_s:
        if judge.observe(seen(at, score)).phase is phase:
            return at
        at += every_s
    return None


@pytest.mark.parametrize("every_s", [1 / 15, 0.2, 1.0, 5.0])
def test_a_certain_failure_is_decided_after_the_same_seconds_at_any_frame_rate(every_s: float) -> None:
    """Ten seconds of certain evidence mean ten seconds at 15 Hz and at 0.2 Hz."""
    decided_at = first_time_in(Judge(SETTINGS, 0), Phase.FAILING, 0.99, every_s, 0, 60)
    assert decided_at == pytest.approx(10, abs=every_s + 1e-6)


def test_one_frame_decides_nothing_however_slow_the_camera() -> None:
    """A single picture of a slow camera speaks for at most half of a decision."""
    judge = Judge(SETTINGS, 0)
    judge.observe(seen(0, 0.1))
    assert Phase.SUSPECT is judge.observe(seen(300, 0.99)).phase
    assert Phase.FAILING is judge.observe(seen(600, 0.99)).phase


def test_the_first_picture_is_judged_like_any_other() -> None:
    """There is no warm-up: a print that fails from its first second is decided in the usual time."""
    assert 10.0 == first_time_in(Judge(SETTINGS, 0), Phase.FAILING, 0.999, 1.0, 0, 60)


def test_a_score_at_the_threshold_never_decides() -> None:
    """At the threshold the evidence neither grows nor shrinks."""
    assert first_time_in(Judge(SETTINGS, 0), Phase.SUSPECT, 0.5, 1.0, 0, 3600) is None


def test_a_short_flash_raises_a_suspicion_that_is_dropped_again() -> None:
    """A hand in the picture for four seconds makes a suspect, not a failure."""
    judge = Judge(SETTINGS, 0)
    judge.observe(seen(0, 0.01))
    assert Phase.SUSPECT is [judge.observe(seen(at, 0.99)).phase for at in range(1, 5)][-1]
    assert Phase.WATCHING is [judge.observe(seen(at, 0.01)).phase for at in range(5, 9)][-1]


def test_recovery_takes_its_own_much_longer_time() -> None:
    """A failing print is called recovered only after a minute of healthy pictures."""
    judge = Judge(SETTINGS, 0)
    failed_at = first_time_in(judge, Phase.FAILING, 0.99, 1.0, 0, 60)
    assert 10.0 == failed_at
    assert first_time_in(judge, Phase.WATCHING, 0.01, 1.0, 11, 600) == pytest.approx(70, abs=1.5)


def test_a_judge_is_blind_until_its_first_trusted_picture() -> None:
    """Unknown is never fine: neither no picture nor a dark one counts as watching."""
    judge = Judge(SETTINGS, 0)
    assert Phase.BLIND is judge.judgement.phase
    assert Phase.BLIND is judge.observe(dark(1)).phase
    assert Phase.WATCHING is judge.observe(seen(2, 0.1)).phase


def test_pictures_that_cannot_be_trusted_make_it_blind_after_the_time_set() -> None:
    """Thirty seconds of darkness are blindness, not peace."""
    judge = Judge(SETTINGS, 0)
    judge.observe(seen(0, 0.1))
    assert Phase.WATCHING is judge.observe(dark(29)).phase
    assert Phase.BLIND is judge.observe(dark(30)).phase


def test_evidence_survives_blindness() -> None:
    """A lamp that goes out in the middle of a failure does not acquit it."""
    judge = Judge(SETTINGS, 0)
    for at in range(9):
        judge.observe(seen(at, 0.99))
    judge.tick(100)
    assert Phase.BLIND is judge.judgement.phase
    assert Phase.FAILING is judge.observe(seen(101, 0.99)).phase


def test_an_older_observation_changes_nothing() -> None:
    """Workers may finish out of order; the past is not judged twice."""
    judge = Judge(SETTINGS, 0)
    judge.observe(seen(10, 0.1))
    before = judge.judgement
    assert before == judge.observe(seen(9, 0.99))


def test_a_reset_forgets_the_evidence() -> None:
    """A new job on a cleared bed starts with a clean slate."""
    judge = Judge(SETTINGS, 0)
    first_time_in(judge, Phase.FAILING, 0.99, 1.0, 0, 60)
    assert Phase.WATCHING is judge.reset(61).phase
    assert 0.0 == judge.judgement.evidence_s


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 1) | st.none()), max_size=60))
def test_evidence_stays_within_its_bounds_and_failing_needs_all_of_it(steps: list[tuple[float, float | None]]) -> None:
    """Whatever the pictures say, evidence lies between nothing and a full decision."""
    judge, at = Judge(SETTINGS, 0), 0.0
    for gap_s, score in steps:
        at += gap_s
        was_failing = judge.judgement.phase is Phase.FAILING
        judgement = judge.observe(dark(at) if score is None else seen(at, score))
        assert 0 <= judgement.evidence_s <= SETTINGS.fail_after_s
        if judgement.phase is Phase.FAILING and not was_failing:
            assert SETTINGS.fail_after_s == judgement.evidence_s


@given(st.floats(0, 1), st.floats(0.01, 0.99))
def test_certainty_is_bounded_and_zero_at_the_threshold(score: float, threshold: float) -> None:
    """No score, however extreme, counts for more than its time."""
    assert -1 <= certainty(score, threshold) <= 1
    assert 0 == certainty(threshold, threshold)


def test_evidence_of_another_judge_counts_and_does_not_decide() -> None:
    """A suspicion goes on with the first picture; however much was left, a decision takes a picture of our own."""
    judge = Judge(SETTINGS, 0)
    judge.inherit(4.0)
    assert Phase.SUSPECT is judge.observe(seen(1, 0.99)).phase
    judge = Judge(SETTINGS, 0)
    judge.inherit(1_000.0)
    assert Phase.SUSPECT is judge.observe(seen(1, 0.99)).phase
    assert Phase.FAILING is judge.observe(seen(2, 0.99)).phase


def test_evidence_of_another_judge_is_taken_back_by_healthy_pictures() -> None:
    """As one's own is."""
    judge = Judge(SETTINGS, 0)
    judge.inherit(1_000.0)
    for at in range(1, 20):
        judge.observe(seen(at, 0.01))
    assert Phase.WATCHING is judge.judgement.phase
