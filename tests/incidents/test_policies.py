"""What is done about a failure: pause, ask first, tell only, or wait because many printers alarm at once."""

from pathlib import Path

import pytest

from monitor.records import (
    Action,
    CommonCause,
    GroupKind,
    GroupName,
    Hold,
    Incident,
    IncidentStatus,
    JobState,
    PersonCommandKind,
    ShadowTally,
)
from tests.incidents.support import Farm, PowerCut, a_printer, farm

LIGHTS = CommonCause((GroupName(GroupKind.ROOM, "2"),), 12, 12)
NO = [PersonCommandKind.LET_PRINT, PersonCommandKind.FALSE_ALARM, PersonCommandKind.RESUME]


def held(here: Farm) -> Incident:
    """Decide a failure that is held for two minutes."""
    return here.fail(hold=Hold(LIGHTS, here.clock.now() + 120), job="visor")


def test_an_asked_pause_is_ordered_when_nobody_says_no(tmp_path: Path) -> None:
    """Sixty seconds of silence are a yes; the order then has its own sixty seconds."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ASK)
        assert (IncidentStatus.ASKING, here.clock.now() + 60) == (incident.status, incident.acts_at)
        here.wait(59)
        assert [] == here.outbox.pauses()
        here.wait(1)
        (pause,) = here.outbox.pauses()
        assert here.clock.now() + 60 == pause.expires_at
        assert (IncidentStatus.PAUSING, None) == (here.last(incident).status, here.last(incident).acts_at)
        assert ["incident.opened", "incident.asked"] == here.story(incident)


@pytest.mark.parametrize("kind", NO)
def test_a_no_lets_it_print(tmp_path: Path, kind: PersonCommandKind) -> None:
    """Whatever way it is said: no pause, and the job is remembered as one that goes on."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ASK, job="visor")
        here.wait(30)
        here.say(kind)
        here.wait(100)
        assert [] == here.outbox.pauses()
        assert IncidentStatus.CLOSED is here.last(incident).status
        assert "visor" == here.incidents.standing("p1").let_print_job


def test_a_yes_pauses_at_once(tmp_path: Path) -> None:
    """Nobody waits for the deadline of a question that has been answered."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail(action=Action.ASK)
        here.say(PersonCommandKind.PAUSE)
        here.wait(70)
        assert 1 == len({pause.id for pause in here.outbox.pauses()})
        assert "Léa asked for it" == here.outbox.pauses()[0].reason


def test_a_question_keeps_its_deadline_over_a_restart(tmp_path: Path) -> None:
    """A crash neither forgets the question nor asks it for another minute."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.fail(action=Action.ASK)
        before.wait(40)
    with farm(path, before.clock) as after:
        after.wait(19)
        assert [] == after.outbox.pauses()
        after.wait(1)
        assert 1 == len(after.outbox.pauses())


def test_acknowledging_a_question_is_no_answer(tmp_path: Path) -> None:
    """Seen is not decided: it is paused all the same."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail(action=Action.ASK)
        here.say(PersonCommandKind.ACKNOWLEDGE)
        here.wait(60)
        assert 1 == len(here.outbox.pauses())


def test_shadow_mode_records_what_it_would_have_done(tmp_path: Path) -> None:
    """The moment of the pause that was not ordered is in the story; a verdict may follow."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ALERT)
        (_, withheld) = here.history.reader.events(incident.id)
        assert ("pause.withheld", incident.opened_at) == (withheld.kind, withheld.at)
        here.wait(200)
        assert [] == here.outbox.pauses()
        here.say(PersonCommandKind.FALSE_ALARM)
        assert ShadowTally(withheld=1, false_alarms=1) == here.history.reader.shadow()
        assert ShadowTally(withheld=0, false_alarms=0) == here.history.reader.shadow("p2")


def test_a_disarmed_printer_is_only_told_about_until_it_is_armed(tmp_path: Path) -> None:
    """Also after a restart."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.say(PersonCommandKind.DISARM)
        assert not before.stood[-1].armed
    with farm(path, before.clock) as after:
        assert not after.stood[-1].armed
        incident = after.fail()
        assert (Action.ALERT, IncidentStatus.OPEN) == (incident.action, incident.status)
        after.say(PersonCommandKind.FALSE_ALARM)
        after.say(PersonCommandKind.ARM)
        assert IncidentStatus.PAUSING is after.fail().status


def test_disarming_takes_a_question_back(tmp_path: Path) -> None:
    """From then on it is an alert, and says what would have been done."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ASK)
        here.say(PersonCommandKind.DISARM)
        here.wait(100)
        assert [] == here.outbox.pauses()
        assert (IncidentStatus.OPEN, Action.ALERT) == (here.last(incident).status, here.last(incident).action)
        assert "pause.withheld" in here.story(incident)


def test_a_mute_survives_a_restart(tmp_path: Path) -> None:
    """Somebody who cleans plates for an hour is not woken because the machine restarted."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.say(PersonCommandKind.MUTE, minutes=60)
        until = before.clock.now() + 3600
    with farm(path, before.clock) as after:
        assert [until] == [standing.muted_until for standing in after.stood]
        after.say(PersonCommandKind.MUTE, minutes=0)
        assert after.incidents.standing("p1").muted_until is None


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.PAUSE, IncidentStatus.PAUSING),
        (Action.ASK, IncidentStatus.ASKING),
        (Action.ALERT, IncidentStatus.OPEN),
    ],
)
def test_a_held_failure_waits_for_its_release_and_then_goes_the_printers_way(
    tmp_path: Path, action: Action, status: IncidentStatus
) -> None:
    """Until then nothing is ordered; a second release does nothing."""
    with farm(tmp_path / "vigie.db") as here:
        incident = held(here)
        assert (IncidentStatus.HELD, "visor") == (incident.status, incident.job)
        here.wait(60)
        assert [] == here.outbox.pauses()
        for _ in range(2):
            here.incidents.release(a_printer(action=action), here.clock.now(), "it alone still fails")
        last = here.last(incident)
        assert (status, LIGHTS) == (last.status, last.cause)
        assert ["incident.opened", "incident.held", "incident.released"] == here.story(incident)[:3]


def test_what_is_held_and_never_released_becomes_an_alarm(tmp_path: Path) -> None:
    """Also over a restart; nobody is left in the dark, and nothing is paused."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        incident = held(before)
        before.wait(60)
    with farm(path, before.clock) as after:
        after.wait(59)
        assert IncidentStatus.HELD is after.last(incident).status
        after.wait(1)
        assert (IncidentStatus.OPEN, None) == (after.last(incident).status, after.last(incident).acts_at)
        assert "incident.released" == after.story(incident)[-1]
        assert IncidentStatus.OPEN is after.told[-1].status
        assert [] == after.outbox.pauses()


@pytest.mark.parametrize(("is_answered", "pauses"), [(False, 1), (True, 0)])
def test_what_stands_alone_after_people_were_alarmed_is_paused_unless_one_of_them_has_answered(
    tmp_path: Path, is_answered: bool, pauses: int
) -> None:
    """At night nobody may have read the alarm; who has read it decides."""
    with farm(tmp_path / "vigie.db") as here:
        held(here)
        here.wait(121)
        if is_answered:
            here.say(PersonCommandKind.ACKNOWLEDGE)
        for _ in range(2):
            here.incidents.release(a_printer(), here.clock.now(), "the light is on again, and it alone still fails")
        assert pauses == len(here.outbox.pauses())


def test_what_is_held_is_closed_when_the_pictures_recover(tmp_path: Path) -> None:
    """The light is on again: nothing happened."""
    with farm(tmp_path / "vigie.db") as here:
        incident = held(here)
        here.recover()
        assert ["incident.opened", "incident.held", "recovered", "incident.closed"] == here.story(incident)
        assert here.incidents.standing("p1").let_print_job is None


def test_a_person_decides_about_what_is_held(tmp_path: Path) -> None:
    """Pause is obeyed at once; and what a person lets print is closed."""
    with farm(tmp_path / "vigie.db") as here:
        first = held(here)
        here.say(PersonCommandKind.PAUSE)
        assert IncidentStatus.PAUSING is here.last(first).status
        second = here.fail("p2", hold=Hold(LIGHTS, here.clock.now() + 60))
        here.say(PersonCommandKind.LET_PRINT, printer="p2")
        assert "Léa lets it print" == here.last(second).detail
        assert ["incident.let_print", "incident.closed"] == here.story(second)[-2:]


def test_a_printer_that_stops_by_itself_ends_the_question(tmp_path: Path) -> None:
    """Seen paused is seen paused, whoever did it."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ASK)
        here.clock.advance(5)
        here.report(JobState.PAUSED)
        here.wait(100)
        assert [] == here.outbox.pauses()
        assert (IncidentStatus.PAUSED, None) == (here.last(incident).status, here.last(incident).acts_at)


def test_a_question_of_a_printer_that_was_disarmed_is_never_acted_on(tmp_path: Path) -> None:
    """The power failed between the two: disarmed was written, the question was not taken back yet."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        incident = before.fail(action=Action.ASK)
        before.outbox.is_cut = True
        with pytest.raises(PowerCut):
            before.say(PersonCommandKind.DISARM)
    with farm(path, before.clock) as after:
        assert IncidentStatus.ASKING is after.last(incident).status
        after.wait(100)
        assert [] == after.outbox.pauses()
        assert "pause.withheld" == after.story(incident)[-1]


def test_a_verdict_may_come_when_all_is_over(tmp_path: Path) -> None:
    """In the morning somebody looks at what shadow mode withheld at night; a second word changes nothing."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ALERT)
        here.recover()
        here.wait(3600)
        for _ in range(2):
            here.say(PersonCommandKind.FALSE_ALARM)
            here.wait(1)
        assert 1 == here.story(incident).count("false_alarm")
        assert ShadowTally(withheld=1, false_alarms=1) == here.history.reader.shadow()
        assert here.incidents.standing("p1").let_print_job is None
