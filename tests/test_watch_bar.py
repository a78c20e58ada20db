"""Where one printer's bar stands: by what its camera has scored so far, and by what people have taught."""

from monitor.judge import Phase
from monitor.pipeline.watch import Watch
from monitor.records import Health, JobState, Observation, SecondLook
from tests.farms import a_printer
from tests.watching import START, incidents, says, watch


def a_clean_camera(reports: bool) -> Watch:
    """Return one whose healthy pictures have scored low for ten minutes, at a threshold of 0.94."""
    subject = Watch(a_printer("p01"), model_threshold=0.94, started_at=START)
    if reports:
        subject.hear(says(JobState.PRINTING, START), START)
    assert [] == incidents(subject, 0.1, 0, 600)
    return subject


def test_a_camera_that_is_known_to_score_low_needs_a_lower_score_to_fail() -> None:
    """0.9 is under the threshold of a camera never seen, and far from what this one's healthy pictures score."""
    assert [] == incidents(Watch(a_printer("p01"), 0.94, START), 0.9, 0, 120)
    assert incidents(a_clean_camera(reports=True), 0.9, 600, 720)


def test_a_printer_that_tells_no_job_is_never_judged_more_strictly() -> None:
    """What lies on its bed may be another part than the one whose pictures scored low."""
    assert [] == incidents(a_clean_camera(reports=False), 0.9, 600, 720)


def test_a_new_job_is_judged_as_on_a_camera_hardly_seen() -> None:
    """Most of how healthy pictures score is the part's, and the part is another."""
    subject = a_clean_camera(reports=True)
    subject.hear(says(JobState.PRINTING, START + 600, job="vase.gcode"), START + 600)
    assert [] == incidents(subject, 0.9, 600, 620)


def test_a_camera_that_creeps_up_while_healthy_is_given_a_higher_bar() -> None:
    """A part that looks busy as it grows is no failure; a certain one on the same camera is decided as fast as ever."""
    subject = Watch(a_printer("p01"), model_threshold=0.94, started_at=START)
    assert [] == [at for i in range(60) for at in incidents(subject, 0.6 + 0.35 * i / 60, i * 60, i * 60 + 60)]
    assert [] == incidents(subject, 0.97, 3600, 3720)
    assert incidents(subject, 0.9995, 3720, 3732)


def test_the_incident_records_where_the_cameras_own_threshold_stood() -> None:
    """What the judge compared can be recomputed."""
    subject = a_clean_camera(reports=True)
    assert 0.94 == subject.parameters["threshold"]
    assert subject.parameters["camera_threshold"] < 0.94


def test_a_picture_that_cannot_be_trusted_moves_no_bar() -> None:
    """Nor does one that raises suspicion, nor a printer at rest."""
    subject = a_clean_camera(reports=True)
    bar = subject.parameters["camera_threshold"]
    for at in range(600, 1200):
        subject.observe(Observation("p01", START + at, Health.DARK, 0.5))
    incidents(subject, 0.999, 1200, 1260)
    assert bar == subject.parameters["camera_threshold"]


def learned_watch_sees(score: float, elsewhere: float, discount: float, shift: float = 0.0) -> Watch:
    """A minute of one score, one picture a second."""
    subject = watch()
    again = SecondLook(elsewhere, discount, 1) if discount else None
    for at in range(60):
        subject.observe(Observation("p01", START + at, Health.OK, score, second_look=again, threshold_shift=shift))
    return subject


def is_failing(subject: Watch) -> bool:
    return subject.tick(START + 60).judgement.phase is Phase.FAILING


def test_a_discounted_picture_alarms_nobody_and_one_with_more_elsewhere_does() -> None:
    """Logits over the threshold of 0.5: 0.88 is 2, 0.98 is 4."""
    assert is_failing(learned_watch_sees(0.88, 0.0, 0.0))
    assert not is_failing(learned_watch_sees(0.88, 0.1, 2.5))
    assert is_failing(learned_watch_sees(0.88, 0.6, 2.5)), "elsewhere it alarms, too"
    assert is_failing(learned_watch_sees(0.98, 0.1, 2.5)), "so plain that the discount does not hide it"


def test_a_missed_failure_makes_the_camera_alarm_sooner() -> None:
    """0.45 is 0.2 logits below the threshold, and above it when 0.9 were taken from it."""
    assert not is_failing(learned_watch_sees(0.45, 0.0, 0.0))
    assert is_failing(learned_watch_sees(0.45, 0.0, 0.0, shift=-0.9))


def test_what_was_discounted_stands_in_the_parameters() -> None:
    """For the record of an incident."""
    subject = learned_watch_sees(0.98, 0.1, 2.5, shift=-0.3)
    expected = {
        "raw_score": 0.98, "score_elsewhere": 0.1, "learned_discount": 2.5, "learned_places": 1.0,
        "threshold_shift": -0.3,
    }  # fmt: skip
    assert expected.items() <= subject.parameters.items()
