"""What teaches the memory of a printer's healthy pictures, and what must not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.judge import Phase
from monitor.memory import MemorySettings
from monitor.records import Health, JobState, Observation, SecondLook
from tests.watching import KINDS, START, features, incidents, remembered, says, shows, watch

DELAY_S = MemorySettings().delay_s

Picture = tuple[float, float, Health]  # seconds since the one before, score, health

PICTURES = st.tuples(
    st.floats(0.5, 40.0), st.sampled_from([0.01, 0.3, 0.6, 0.99]), st.sampled_from([*[Health.OK] * 4, Health.DARK])
)


@given(st.lists(PICTURES, max_size=KINDS))
def test_no_picture_within_the_delay_before_a_suspicion_is_ever_learned(pictures: list[Picture]) -> None:
    """Whatever is shown, whenever: nor is one that could not be trusted, or was taken while something was suspected."""
    subject, at = watch(), START
    taken: dict[int, float] = {}
    doubted: list[float] = []
    for kind, (gap_s, score, health) in enumerate(pictures):
        at += gap_s
        if subject.tick(at - gap_s / 2).judgement.phase is not Phase.WATCHING:
            doubted.append(at - gap_s / 2)
        seen = score if health is Health.OK else None
        judgement = subject.observe(Observation("p01", at, health, seen), features(kind)).judgement
        if judgement.phase is not Phase.WATCHING:
            doubted.append(at)
        taken[kind] = at if judgement.evidence_s == 0 and health is Health.OK else float("nan")
    for kind in remembered(subject, at):
        assert taken[kind] <= at - DELAY_S
        assert not [second for second in doubted if taken[kind] <= second < taken[kind] + DELAY_S]


def test_a_calm_camera_is_remembered() -> None:
    """After four minutes in full. Without this the test above would prove nothing."""
    subject = shows(watch(), 7, 0.1, 0, 240)
    memory = subject.remembered(START + 240)
    assert memory is not None
    assert 1.0 == memory.known
    assert {7} == remembered(subject, START + 240)


def test_how_a_failure_began_is_not_remembered_when_it_is_over() -> None:
    """A minute of it raised no suspicion; then it did; then somebody cleared the bed and resumed."""
    subject = shows(watch(), 1, 0.1, 0, 300)
    shows(subject, 2, 0.4, 300, 360)
    shows(subject, 3, 0.99, 360, 400)
    shows(subject, 1, 0.01, 400, 1000)
    assert {1} == remembered(subject, START + 1000)


def test_what_came_before_a_pause_is_not_remembered() -> None:
    """Somebody paused it at the printer: perhaps for what we did not see. And a print at rest teaches nothing."""
    subject = watch()
    subject.hear(says(JobState.PRINTING, START), START)
    shows(subject, 1, 0.1, 0, 300)
    shows(subject, 2, 0.1, 300, 360)
    subject.hear(says(JobState.PAUSED, START + 360), START + 360)
    shows(subject, 3, 0.1, 360, 600)
    subject.hear(says(JobState.PRINTING, START + 600), START + 600)
    shows(subject, 1, 0.1, 600, 800)
    assert {1} == remembered(subject, START + 800)


def test_a_new_job_is_one_whose_camera_was_never_seen() -> None:
    """Nor is a picture of the last job that was inspected late."""
    subject = watch()
    subject.hear(says(JobState.PRINTING, START), START)
    shows(subject, 1, 0.1, 0, 300)
    subject.hear(says(JobState.PRINTING, START + 300, job="vase.gcode"), START + 300)
    assert subject.remembered(START + 300) is None
    shows(subject, 1, 0.1, 299, 300)
    shows(subject, 2, 0.1, 300, 500)
    assert {2} == remembered(subject, START + 500)


def test_a_model_without_features_leaves_no_memory() -> None:
    """And is judged as ever."""
    subject = watch()
    assert [] == incidents(subject, 0.1, 0, 600)
    assert subject.remembered(START + 600) is None


@pytest.mark.parametrize("reports", [True, False])
def test_a_start_that_fails_at_once_is_never_remembered(reports: bool) -> None:
    """It is judged by its own pictures for as long as it lasts."""
    subject = watch()
    if reports:
        subject.hear(says(JobState.PRINTING, START), START)
    shows(subject, 1, 0.99, 0, 1200)
    assert subject.remembered(START + 1200) is None


def test_a_discounted_picture_teaches_nothing() -> None:
    """It may show a failure in the place: neither baseline nor memory may take it for healthy."""
    subject = watch()
    features = np.zeros((1, 2, 2), np.float32)
    for at in range(0, 600, 5):
        again = SecondLook(0.1, 3.0, 1)
        subject.observe(Observation("p01", START + at, Health.OK, 0.9, second_look=again), features)
    assert subject.remembered(START + 600) is None
