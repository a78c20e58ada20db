"""More pictures, or fewer, change no promise of the judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge import Judge, JudgeSettings, Phase
from monitor.pacing import Stretch, Wish
from monitor.records import Health, Observation

FAIL_AFTER_S = 10.0
SETTINGS = JudgeSettings(0.5, suspect_after_s=3, fail_after_s=FAIL_AFTER_S, recover_after_s=60, blind_after_s=30)
WISH, SUSPECT = Wish.of(1.0, 10.0), Wish.of(1.0, 10.0, 0.2)
NEVER_S = 200.0

Course = list[tuple[float, float]]  # since when, and the score from then on; the scores rise


def score_at(course: Course, at: float) -> float:
    return next((score for since, score in reversed(course) if at >= since), 0.02)


def decided_at(course: Course, every_s: float) -> float:
    """Return when a failure is decided; ``NEVER_S`` if not."""
    judge, step = Judge(SETTINGS, 0.0), 0
    while (at := step * every_s) < NEVER_S:
        if judge.observe(Observation("p01", at, Health.OK, score_at(course, at))).phase is Phase.FAILING:
            return at
        step += 1
    return NEVER_S


COURSES = st.lists(st.tuples(st.floats(0, 40), st.floats(0.02, 0.98)), min_size=1, max_size=6).map(
    lambda steps: list(zip(sorted(at for at, _ in steps), sorted(score for _, score in steps), strict=True))
)


@given(COURSES)
def test_the_same_course_is_decided_at_one_and_at_five_hertz_within_one_interval(course: Course) -> None:
    """A failure that grows, however it grows, as long as it is decided within minutes at all."""
    slow, fast = decided_at(course, 1.0), decided_at(course, 0.2)
    last_since, last_score = course[-1]
    if NEVER_S in (slow, fast):
        assert last_score < 0.55 or last_since > NEVER_S - 60  # too faint to be decided in the time given
        return
    assert abs(slow - fast) <= 1.0 + 0.2 + 1e-6


@given(st.floats(1.0, 10.0), st.floats(0.0, 1.0))
def test_a_stretch_costs_what_the_documentation_says(stretch: float, phase: float) -> None:
    """A certain failure begins at any moment between two looks of a printer that is slowed; suspects are not."""
    begins_at = 100.0
    judge, at = Judge(SETTINGS, 0.0), begins_at - stretch * (3 + phase)
    slowed = Stretch(calm=stretch)
    while True:
        seen = judge.observe(Observation("p01", at, Health.OK, 0.98 if at >= begins_at else 0.02))
        if seen.phase is Phase.FAILING:
            break
        at += slowed.every_s(SUSPECT if seen.evidence_s > 0 else WISH)
    assert at - begins_at <= max(FAIL_AFTER_S, stretch + FAIL_AFTER_S / 2) + SUSPECT.every_s + 1e-6


@pytest.mark.parametrize("every_s", [0.2, 1.0, 2.3, 5.0])
def test_healthy_pictures_decide_nothing_at_any_rate(every_s: float) -> None:
    """Below the threshold no number of looks adds up."""
    assert NEVER_S == decided_at([(0.0, 0.4)], every_s)
