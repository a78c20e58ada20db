"""How often a watch wants its printer to be inspected."""

from monitor.judge import Phase
from monitor.pipeline.watch import HINT_LASTS_S
from monitor.records import Health, JobState, Observation
from tests.watching import START, says, watch

THRESHOLD, NEAR, BELOW = 0.5, 0.45, 0.2


def test_evidence_makes_a_suspect_before_it_is_told_as_one() -> None:
    """The first picture above the threshold is followed by the next one soon."""
    subject = watch(inspect_every_s=1, suspect_every_s=0.2)
    subject.observe(Observation("p01", START, Health.OK, BELOW))
    assert (1.0, False) == (subject.wish.every_s, subject.wish.is_suspect)
    verdict = subject.observe(Observation("p01", START + 1, Health.OK, 0.9))
    assert Phase.WATCHING is verdict.judgement.phase
    assert (0.2, True) == (subject.wish.every_s, subject.wish.is_suspect)


def test_a_score_near_the_threshold_is_looked_at_closely_for_some_seconds() -> None:
    """There is no evidence yet; what was nothing is over soon."""
    subject = watch(inspect_every_s=1, suspect_every_s=0.2)
    subject.observe(Observation("p01", START, Health.OK, NEAR))
    assert subject.wish.is_suspect
    subject.observe(Observation("p01", START + HINT_LASTS_S, Health.OK, BELOW))
    assert subject.wish.is_suspect
    subject.observe(Observation("p01", START + HINT_LASTS_S + 0.2, Health.OK, BELOW))
    assert not subject.wish.is_suspect


def test_what_is_decided_is_suspect_no_more() -> None:
    """Closer looks decide nothing then."""
    subject = watch(inspect_every_s=1, suspect_every_s=0.2, fail_after_s=5)
    for second in range(8):
        verdict = subject.observe(Observation("p01", START + second, Health.OK, 0.99))
    assert Phase.FAILING is verdict.judgement.phase
    assert 1.0 == subject.wish.every_s


def test_a_printer_that_rests_is_no_suspect() -> None:
    """Whatever stands on the bed of an idle printer."""
    subject = watch(inspect_every_s=1, idle_every_s=30, suspect_every_s=0.2)
    subject.hear(says(JobState.IDLE, START), START)
    subject.observe(Observation("p01", START + 1, Health.OK, 0.9))
    assert (30.0, False) == (subject.wish.every_s, subject.wish.is_suspect)


def test_a_suspect_is_never_looked_at_less_often_than_others() -> None:
    """Who has all printers inspected ten times a second has suspects inspected so, too."""
    subject = watch(inspect_every_s=0.1, suspect_every_s=0.2)
    subject.observe(Observation("p01", START, Health.OK, 0.9))
    assert 0.1 == subject.wish.every_s


def test_an_overload_alone_makes_no_camera_blind() -> None:
    """The floor is half of the time after which a camera counts as blind, where that is shorter."""
    assert 10.0 == watch(inspect_at_least_every_s=10, blind_after_s=30).wish.at_least_s
    assert 4.0 == watch(inspect_at_least_every_s=10, blind_after_s=8).wish.at_least_s
    assert 12.0 == watch(inspect_at_least_every_s=10, inspect_every_s=12).wish.at_least_s
