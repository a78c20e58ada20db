"""One printer in the pipeline: when a failure becomes an incident, when it must not, and what teaches its memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monitor.judge import Phase
from monitor.memory import MemorySettings
from monitor.pipeline.watch import REPORT_LASTS_S, Watch
from monitor.records import EventKind, Health, JobState, Observation, PrinterReport, SecondLook, Standing
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
    subject.stand(Standing("p01", muted_until=START + 30))
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


DELAY_S = MemorySettings().delay_s
KINDS = 60  # pictures that can be told apart in a memory
Picture = tuple[float, float, Health]  # seconds since the one before, score, health


def features(kind: int) -> NDArray[np.float32]:
    """Features by which a picture can be found in a memory again."""
    one = np.zeros((KINDS, 1, 1), np.float32)
    one[kind] = 1.0
    return one


def remembered(subject: Watch, now: float) -> set[int]:
    """The kinds of the pictures that its memory is made of."""
    memory = subject.remembered(now)
    return set() if memory is None else set(np.flatnonzero(memory.cells[:KINDS]).tolist())


def shows(subject: Watch, kind: int, score: float, from_s: int, until_s: int) -> Watch:
    """Show pictures of one kind, one a second."""
    for at in range(from_s, until_s):
        subject.observe(Observation("p01", START + at, Health.OK, score), features(kind))
    return subject


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


def test_a_job_that_a_person_let_go_on_is_not_paused_again_after_a_restart() -> None:
    """The judge of the new run has never seen the failure; the decision holds until it is over."""
    subject = watch()
    subject.stand(Standing("p01", let_print_job="cube.gcode"))
    subject.hear(says(JobState.PRINTING, START), START)
    assert [] == incidents(subject, 0.99, 0, 120)
    assert [] == incidents(subject, 0.01, 120, 200)
    assert [209] == incidents(subject, 0.99, 200, 300)


def test_a_failure_that_ended_while_nobody_watched_is_over_after_a_minute() -> None:
    """Restarted on healthy pictures: they say so for as long as a recovery takes, then a new failure is a new one."""
    subject = watch()
    subject.handled("cube.gcode")
    shown = (subject.observe(Observation("p01", START + at, Health.OK, 0.01)) for at in range(70))
    events = [event for verdict in shown for event in verdict.events]
    assert 1 == events.count(EventKind.RECOVERED)
    assert [79] == incidents(subject, 0.99, 70, 120)


@pytest.mark.parametrize("job", ["cube.gcode", None])
def test_another_job_is_judged_though_a_person_let_one_go_on(job: str | None) -> None:
    """What was decided for one print says nothing about the next; one without a name ends when the printer is idle."""
    subject = watch()
    subject.stand(Standing("p01", let_print_job=job or ""))
    if job is None:
        subject.hear(says(JobState.IDLE, START, job=None), START)
    subject.hear(says(JobState.PRINTING, START + 1, job="vase.gcode"), START + 1)
    assert [11] == incidents(subject, 0.99, 1, 60)


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


def test_a_discounted_picture_teaches_nothing() -> None:
    """It may show a failure in the place: neither baseline nor memory may take it for healthy."""
    subject = watch()
    features = np.zeros((1, 2, 2), np.float32)
    for at in range(0, 600, 5):
        again = SecondLook(0.1, 3.0, 1)
        subject.observe(Observation("p01", START + at, Health.OK, 0.9, second_look=again), features)
    assert subject.remembered(START + 600) is None


def test_what_was_discounted_stands_in_the_parameters() -> None:
    """For the record of an incident."""
    subject = learned_watch_sees(0.98, 0.1, 2.5, shift=-0.3)
    expected = {
        "raw_score": 0.98, "score_elsewhere": 0.1, "learned_discount": 2.5, "learned_places": 1.0,
        "threshold_shift": -0.3,
    }  # fmt: skip
    assert expected.items() <= subject.parameters.items()


def test_a_no_that_is_taken_back_lets_the_failure_have_an_incident_again() -> None:
    """Somebody called it a false alarm, and withdrew that."""
    subject = watch()
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.stand(Standing("p01", let_print_job="cube.gcode"))
    assert [] == incidents(subject, 0.99, 20, 40)
    subject.stand(Standing("p01"))
    assert [40] == incidents(subject, 0.99, 40, 60)


def test_other_settings_hold_from_the_next_picture_on_and_what_was_seen_counts() -> None:
    """Nine seconds of evidence of ten: with eight to go by, the next picture decides."""
    subject = watch()
    assert [] == incidents(subject, 0.99, 0, 9)
    subject.follow(a_printer("p01", fail_after_s=8))
    assert [9] == incidents(subject, 0.99, 9, 12)
    assert 8 == subject.parameters["fail_after_s"]


def test_a_camera_that_shows_something_else_begins_anew_and_the_incident_is_not_repeated() -> None:
    """Blind until its first picture, with no evidence; the failure that had its incident gets no second one."""
    subject = watch()
    subject.hear(says(JobState.PRINTING, START), START)
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.see_anew(START + 20)
    assert Phase.BLIND is subject.tick(START + 20).judgement.phase
    assert [] == incidents(subject, 0.99, 20, 60)
    assert "cube.gcode" == subject.job
