"""One printer in the pipeline: when a failure becomes an incident, and when it must not."""

from monitor.judge import Phase
from monitor.pipeline.watch import REPORT_LASTS_S, Watch
from monitor.records import EventKind, Health, JobState, Observation, PrinterReport
from tests.farms import a_printer

START = 1_000.0


def watch(**settings: object) -> Watch:
    return Watch(a_printer("p01", **settings), model_threshold=0.5, started_at=START)


def says(state: JobState, at: float, job: str | None = "cube.gcode") -> PrinterReport:
    return PrinterReport("p01", state, at, can_pause=True, job=job)


def incidents(subject: Watch, score: float, from_s: int, until_s: int) -> list[int]:
    """Show one score a second and return the seconds at which an incident is opened."""
    return [
        at
        for at in range(from_s, until_s)
        if subject.observe(Observation("p01", START + at, Health.OK, score)).opens_incident
    ]


def test_a_failure_opens_exactly_one_incident() -> None:
    """However long it stays visible."""
    assert [10] == incidents(watch(), 0.99, 0, 600)


def test_a_printer_that_says_that_it_is_idle_has_no_incident() -> None:
    """Yesterday's spaghetti on the bed of a printer at rest wakes nobody."""
    subject = watch()
    subject.hear(says(JobState.IDLE, START, job=None), START)
    assert [] == incidents(subject, 0.99, 0, 60)


def test_a_printer_of_unknown_state_is_watched() -> None:
    """Unknown is never fine: without a report, or with an offline one, a failure counts."""
    subject = watch()
    subject.hear(says(JobState.OFFLINE, START), START)
    assert [10] == incidents(subject, 0.99, 0, 60)


def test_a_failure_that_outlasts_a_mute_is_an_incident_when_it_ends() -> None:
    """A mute holds back; it does not forgive."""
    subject = watch()
    subject.mute(START + 30)
    assert [30] == incidents(subject, 0.99, 0, 60)


def test_a_print_that_a_person_resumed_is_not_paused_again_for_the_same_failure() -> None:
    """Paused, looked at, resumed: the person knows better until the picture has been healthy again."""
    subject = watch()
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.hear(says(JobState.PAUSED, START + 20), START + 20)
    subject.hear(says(JobState.PRINTING, START + 30), START + 30)
    assert [] == incidents(subject, 0.99, 30, 120)
    assert [] == incidents(subject, 0.01, 120, 200)
    assert [209] == incidents(subject, 0.99, 200, 300)


def test_a_new_job_is_judged_afresh() -> None:
    """After the failed print was cancelled and another one started, a new failure is a new incident."""
    subject = watch()
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.hear(says(JobState.IDLE, START + 20, job=None), START + 20)
    subject.hear(says(JobState.PRINTING, START + 30, job="vase.gcode"), START + 30)
    assert [40] == incidents(subject, 0.99, 30, 60)


def test_a_printer_that_was_briefly_unreachable_keeps_its_evidence() -> None:
    """A gap in what the printer says is no new job."""
    subject = watch()
    subject.hear(says(JobState.PRINTING, START), START)
    assert [] == incidents(subject, 0.99, 0, 8)
    subject.hear(says(JobState.OFFLINE, START + 8, job=None), START + 8)
    subject.hear(says(JobState.PRINTING, START + 9), START + 9)
    assert [10] == incidents(subject, 0.99, 9, 20)


def test_a_camera_that_never_shows_anything_is_told_as_blind_once() -> None:
    """The first seconds after the start are given; then it is an event, one."""
    subject = watch(blind_after_s=30)
    told = [at for at in range(100) if EventKind.CAMERA_BLIND in subject.tick(START + at).events]
    assert [30] == told


def test_the_first_picture_after_the_start_is_no_event() -> None:
    """Nothing is back that was never reported gone."""
    verdict = watch().observe(Observation("p01", START + 1, Health.OK, 0.1))
    assert () == verdict.events
    assert Phase.WATCHING is verdict.judgement.phase


def test_a_lamp_that_goes_out_and_on_again_is_two_events() -> None:
    """Blind, and back."""
    subject = watch(blind_after_s=30)
    subject.observe(Observation("p01", START, Health.OK, 0.1))
    assert (EventKind.CAMERA_BLIND,) == subject.observe(Observation("p01", START + 31, Health.DARK)).events
    assert (EventKind.CAMERA_BACK,) == subject.observe(Observation("p01", START + 40, Health.OK, 0.1)).events


def test_an_idle_printer_is_looked_at_less_often() -> None:
    """Idle printers rest; unknown ones do not."""
    subject = watch(inspect_every_s=1, idle_every_s=30)
    assert 1 == subject.every_s
    subject.hear(says(JobState.IDLE, START), START)
    assert 30 == subject.every_s


def test_a_paused_printer_is_still_looked_at_as_often_as_before() -> None:
    """Whoever comes to the wall must see the bed as it is now."""
    subject = watch(inspect_every_s=1, idle_every_s=30)
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.hear(says(JobState.PAUSED, START + 20), START + 20)
    assert 1 == subject.every_s


def test_what_a_silent_agent_said_last_does_not_hold_for_ever() -> None:
    """Its reports are retained: without this an "idle" of an agent that died would end the watch in silence."""
    subject = watch(inspect_every_s=1, idle_every_s=30)
    assert subject.silence(START + 1000) is None
    subject.hear(says(JobState.IDLE, START), START)
    assert subject.silence(START + REPORT_LASTS_S - 1) is None
    silence = subject.silence(START + REPORT_LASTS_S)
    assert silence is not None
    assert (JobState.UNKNOWN, False) == (silence.state, silence.can_pause)
    subject.hear(silence, START + REPORT_LASTS_S)
    assert 1 == subject.every_s
    assert subject.silence(START + 1000) is None


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
