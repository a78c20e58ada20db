"""What was said is taken back, without a trace in what was learned."""

from monitor.records import (
    Action,
    Learned,
    Reception,
    ShadowTally,
    VerdictKind,
)
from tests.incidents.ward import Kind, Ward


def test_a_false_alarm_is_withdrawn_and_the_job_may_be_paused_again(here: Ward) -> None:
    """As if it had never been said; who said and who took it back stay in the history."""
    incident = here.fail(job="visor")
    here.hear(Kind.FALSE_ALARM)
    assert here.incidents.learned("p1").places
    assert "visor" == here.incidents.standing("p1").let_print_job
    answer = here.hear(Kind.WITHDRAW, "Omar", incident=incident.id)
    assert answer.counts
    assert answer.verdict is None
    assert here.incidents.standing("p1").let_print_job is None
    assert Learned("p1") == here.incidents.learned("p1") == here.learned[-1]
    assert [(VerdictKind.FALSE_ALARM, "Léa", False)] == here.verdicts()
    assert "withdrawn" == here.story(incident)[-1]
    assert Reception.NOT_FOUND is here.hear(Kind.WITHDRAW, incident=incident.id).reception


def test_an_old_verdict_that_is_withdrawn_pauses_nothing_of_today(here: Ward) -> None:
    """What a person allowed for today's failure stays allowed."""
    first = here.fail(job="visor")
    old = here.hear(Kind.FALSE_ALARM, incident=first.id).verdict
    assert old is not None
    here.fail(job="visor")
    here.hear(Kind.LET_PRINT)
    assert here.hear(Kind.WITHDRAW, verdict=old.id).counts
    assert "visor" == here.incidents.standing("p1").let_print_job


def test_the_one_who_was_overruled_holds_again_when_the_other_withdraws(here: Ward) -> None:
    """Léa's false alarm, Omar's confirmation, and Omar was wrong."""
    incident = here.fail()
    first = here.hear(Kind.FALSE_ALARM, "Léa")
    second = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert not here.incidents.learned("p1").places
    assert second.verdict is not None
    answer = here.hear(Kind.WITHDRAW, "Omar", verdict=second.verdict.id)
    assert first.verdict == answer.verdict
    assert here.incidents.learned("p1").places


def test_an_acknowledgement_can_be_taken_back(here: Ward) -> None:
    """Nobody takes care of it after all: people are told again."""
    incident = here.fail()
    here.hear(Kind.ACKNOWLEDGE)
    assert here.hear(Kind.UNACKNOWLEDGE, "Omar").counts
    assert here.last(incident).acknowledged_by is None
    assert "unacknowledged" == here.story(incident)[-1]
    assert Reception.KNOWN is here.hear(Kind.UNACKNOWLEDGE).reception


def test_what_is_said_of_a_former_view_teaches_nothing_of_this_one(here: Ward) -> None:
    """The incident was decided before the camera was turned; turned back, its place is known again."""
    incident = here.fail()
    here.view = "turned"
    here.hear(Kind.FALSE_ALARM, incident=incident.id)
    assert Learned("p1") == here.incidents.learned("p1")
    here.view = "here"
    here.incidents.relearn()
    assert here.learned[-1].places


def test_a_withdrawal_that_names_nothing_takes_nothing_back(here: Ward) -> None:
    """Over MQTT anybody may forget a key: a missed failure, which has no incident, is not meant by that."""
    here.album.pictures[500.0] = b"x"
    here.hear(Kind.MISSED, frame_taken_at=500.0)
    assert Reception.NOT_FOUND is here.hear(Kind.WITHDRAW).reception
    assert [True] == [stands for _, _, stands in here.verdicts()]


def test_all_that_was_learned_can_be_forgotten(here: Ward) -> None:
    """By withdrawing what taught it, and what was overruled by that."""
    first = here.fail()
    here.hear(Kind.FALSE_ALARM, "Léa")
    here.hear(Kind.FALSE_ALARM, "Omar", incident=first.id)
    here.album.pictures[500.0] = b"x"
    here.hear(Kind.MISSED, frame_taken_at=500.0)
    here.hear(Kind.FALSE_ALARM, "Zoé", incident=first.id)
    assert 4 == here.incidents.forget("p1", "Admin")
    assert Learned("p1") == here.incidents.learned("p1")
    assert [] == [one for one in here.verdicts() if one[2]]
    assert 0 == here.incidents.forget("p1", "Admin")


def test_shadow_mode_counts_what_holds_now(here: Ward) -> None:
    """A false alarm that is taken back, or overruled, is none."""
    incident = here.fail(action=Action.ALERT)
    here.hear(Kind.FALSE_ALARM)
    assert ShadowTally(1, 1) == here.history.reader.shadow()
    here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert ShadowTally(1, 0) == here.history.reader.shadow()
