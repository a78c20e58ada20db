"""One printer in the pipeline: when a failure becomes an incident, when it must not, and when it is looked at."""

import pytest

from monitor.judge import Phase
from monitor.pipeline.watch import REPORT_LASTS_S
from monitor.records import EventKind, Health, JobState, Observation, Standing
from tests.farms import a_printer
from tests.watching import START, incidents, says, watch


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
    assert 1 == subject.wish.every_s
    subject.hear(says(JobState.IDLE, START), START)
    assert 30 == subject.wish.every_s


def test_a_paused_printer_is_still_looked_at_as_often_as_before() -> None:
    """Whoever comes to the wall must see the bed as it is now."""
    subject = watch(inspect_every_s=1, idle_every_s=30)
    assert [10] == incidents(subject, 0.99, 0, 20)
    subject.hear(says(JobState.PAUSED, START + 20), START + 20)
    assert 1 == subject.wish.every_s


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
    assert 1 == subject.wish.every_s
    assert subject.silence(START + 1000) is None


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
