"""What people say about decisions: heard at once, both of two who differ, and never about another incident."""

import pytest

from monitor.records import (
    IncidentStatus,
    JobState,
    PausedBy,
    PrinterReport,
    Reception,
    VerdictKind,
)
from tests.incidents.ward import Kind, Ward


def test_a_false_alarm_labels_the_picture_and_teaches_its_place(here: Ward) -> None:
    """Frame, score, boxes, model and verdict are kept together."""
    incident = here.fail()
    answer = here.hear(Kind.FALSE_ALARM, reason="it is the cable")
    verdict = answer.verdict
    assert verdict is not None
    assert (incident.id, incident.score, incident.boxes, incident.model_sha256) == (
        verdict.incident, verdict.score, verdict.boxes, verdict.model_sha256
    )  # fmt: skip
    assert (incident.frame_taken_at, "it is the cable", "here") == (
        verdict.frame_taken_at,
        verdict.reason,
        verdict.view,
    )
    assert b"jpeg" == here.history.reader.picture(verdict)
    assert [verdict] == list(here.history.reader.verdicts("p1"))


def test_two_people_who_differ_are_both_kept_and_the_later_one_holds(here: Ward) -> None:
    """Each learns at once what holds now, and what the other has said."""
    incident = here.fail()
    first = here.hear(Kind.FALSE_ALARM, "Léa", incident=incident.id)
    second = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert [Reception.TAKEN, Reception.TAKEN] == [first.reception, second.reception]
    assert first.verdict == second.overruled
    assert "Léa" in second.detail
    expected = [(VerdictKind.FALSE_ALARM, "Léa", True), (VerdictKind.CONFIRMED, "Omar", True)]
    assert expected == here.verdicts()
    assert {"false_alarm", "confirmed"} <= set(here.story(incident))


def test_the_same_word_of_the_same_person_counts_once(here: Ward) -> None:
    """The second is answered with the first."""
    incident = here.fail()
    first = here.hear(Kind.CONFIRM)
    again = here.hear(Kind.CONFIRM)
    assert (Reception.KNOWN, first.verdict) == (again.reception, again.verdict)
    assert 1 == here.story(incident).count("confirmed")


def test_a_confirmed_failure_is_acknowledged_by_that(here: Ward) -> None:
    """Who says that it fails indeed has seen it; the pause goes its way."""
    incident = here.fail()
    here.hear(Kind.CONFIRM, "Omar")
    assert ("Omar", IncidentStatus.PAUSING) == (here.last(incident).acknowledged_by, here.last(incident).status)


def test_a_word_about_another_incident_never_touches_the_open_one(here: Ward) -> None:
    """An acknowledgement that comes late, of an incident that is closed, is refused; a verdict is noted there."""
    old = here.fail()
    here.clock.advance(1.0)
    here.report(JobState.IDLE)
    here.clock.advance(5.0)
    new = here.fail()
    refused = here.hear(Kind.ACKNOWLEDGE, incident=old.id)
    assert Reception.REFUSED is refused.reception
    assert "closed" in refused.detail
    assert here.last(new).acknowledged_by is None
    assert Reception.REFUSED is here.hear(Kind.RESUME, incident=old.id).reception
    assert here.hear(Kind.FALSE_ALARM, incident=old.id).counts
    assert IncidentStatus.PAUSING is here.last(new).status
    assert "false_alarm" in here.story(old)
    assert "false_alarm" not in here.story(new)


def test_what_does_not_exist_is_not_found(here: Ward) -> None:
    """An incident, a verdict, a picture; and an incident of another printer."""
    other = here.fail("p2")
    here.fail()
    words = [
        here.hear(Kind.FALSE_ALARM, incident="nonsense"),
        here.hear(Kind.FALSE_ALARM, incident=other.id),
        here.hear(Kind.WITHDRAW, verdict="nonsense"),
        here.hear(Kind.WITHDRAW),
        here.hear(Kind.MISSED, frame_taken_at=77.0),
    ]
    assert [Reception.NOT_FOUND] * 5 == [answer.reception for answer in words]
    assert [] == here.verdicts()


def test_a_false_alarm_resumes_what_vigie_has_paused(here: Ward) -> None:
    """The incident stays until the printer is seen printing, so that a resume that fails is seen."""
    incident = here.pause()
    here.hear(Kind.FALSE_ALARM)
    (wish,) = here.resumes()
    assert (Kind.RESUME, "Léa", incident.id) == (wish.kind, wish.by, wish.incident)
    assert IncidentStatus.PAUSED is here.last(incident).status
    assert "resume.asked" in here.story(incident)
    here.report(JobState.PRINTING)
    assert IncidentStatus.CLOSED is here.last(incident).status


@pytest.mark.parametrize("by", [PausedBy.PERSON, PausedBy.PRINTER, PausedBy.UNKNOWN])
def test_a_false_alarm_resumes_nobody_elses_pause(here: Ward, by: PausedBy) -> None:
    """A person, the printer itself, or nobody knows who: then somebody has a reason, and must be asked."""
    incident = here.pause(by)
    here.hear(Kind.FALSE_ALARM)
    assert [] == here.resumes()
    assert IncidentStatus.CLOSED is here.last(incident).status


def test_a_false_alarm_does_not_resume_what_a_person_has_paused_since(here: Ward) -> None:
    """The agent lost sight of the printer and does not know any more who paused it."""
    here.pause()
    here.incidents.reported(
        PrinterReport("p1", JobState.PAUSED, here.clock.now(), can_pause=True, paused_by=PausedBy.PERSON)
    )
    here.hear(Kind.FALSE_ALARM)
    assert [] == here.resumes()
