"""A pause on its way: every step once, silence noticed, and nothing sent that nobody wants any more."""

from pathlib import Path

import pytest

from monitor.incidents.life import NOBODY_LISTENS
from monitor.mqtt import DeliveryOutcome
from monitor.records import (
    Incident,
    IncidentStatus,
    JobState,
    PausedBy,
    PauseOutcome,
    PauseResult,
    PauseStep,
    PersonCommandKind,
    PrinterReport,
)
from monitor.wire import decode_person_command
from tests.incidents.support import Farm, farm
from tests.support import wait_until


def pausing(here: Farm) -> Incident:
    """Decide a failure whose pause the broker has delivered."""
    incident = here.fail(job="visor")
    here.acknowledge()
    return incident


def test_every_step_is_recorded_once_with_its_time(tmp_path: Path) -> None:
    """From the decision to the proof, however often the agent repeats itself."""
    with farm(tmp_path / "vigie.db") as here:
        incident = pausing(here)
        for step in (PauseStep.ACCEPTED, PauseStep.ORDERED, PauseStep.ACCEPTED, PauseStep.PAUSING, PauseStep.ORDERED):
            here.clock.advance(0.5)
            here.progress(step)
        here.answer(PauseOutcome.PAUSED)
        steps = ["accepted", "ordered", "pausing", "confirmed"]
        assert ["incident.opened", "pause.sent", *(f"pause.{step}" for step in steps)] == here.story(incident)
        times = [event.at - incident.opened_at for event in here.history.reader.events(incident.id)]
        assert pytest.approx([0, 0, 0.5, 1.0, 2.0, 2.5]) == times


def test_progress_is_no_proof_and_its_end_is_an_escalation(tmp_path: Path) -> None:
    """An agent that has the order and dies has paused nothing: people are told at the expiry."""
    with farm(tmp_path / "vigie.db") as here:
        incident = pausing(here)
        here.progress(PauseStep.ACCEPTED)
        here.wait(61)
        assert IncidentStatus.PAUSE_FAILED is here.last(incident).status


def test_whoever_speaks_is_not_silent(tmp_path: Path) -> None:
    """The order is repeated ten seconds after the newest sign of life, with the same id."""
    with farm(tmp_path / "vigie.db") as here:
        pausing(here)
        here.wait(8)
        here.progress(PauseStep.ACCEPTED)
        here.wait(9)
        assert 1 == len(here.outbox.pauses())
        here.wait(1)
        first, second = here.outbox.pauses()
        assert first == second


def test_steps_of_another_order_say_nothing(tmp_path: Path) -> None:
    """What an older command of the printer reports late belongs to no incident of now."""
    with farm(tmp_path / "vigie.db") as here:
        before = pausing(here)
        here.answer(PauseOutcome.REJECTED)
        here.say(PersonCommandKind.PAUSE)
        first, _ = here.outbox.pauses()
        here.incidents.pause_result(PauseResult(first.id, "p1", PauseOutcome.PAUSED, 1))
        assert IncidentStatus.PAUSING is here.last(before).status


def test_that_nobody_listens_is_told_at_once_and_until_somebody_does(tmp_path: Path) -> None:
    """The incident says it, not only the log; an agent that comes back takes it back."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge(DeliveryOutcome.NO_SUBSCRIBERS)
        assert NOBODY_LISTENS == here.told[-1].detail
        here.wait(10)
        here.acknowledge()
        assert NOBODY_LISTENS != here.told[-1].detail
        here.wait(10)
        here.acknowledge(DeliveryOutcome.NO_SUBSCRIBERS)
        here.progress(PauseStep.ACCEPTED)
        assert NOBODY_LISTENS != here.last(incident).detail
        assert 1 == here.story(incident).count("pause.sent")


@pytest.mark.parametrize("kind", [PersonCommandKind.LET_PRINT, PersonCommandKind.FALSE_ALARM, PersonCommandKind.RESUME])
def test_a_no_withdraws_a_pause_that_still_waits_for_the_broker(tmp_path: Path, kind: PersonCommandKind) -> None:
    """And the agent, which may have it all the same, is asked to resume."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail()
        here.say(kind)
        assert "pause" not in [message.leaf for message in here.outbox.waiting]
        (wish,) = [message for message in here.outbox.waiting if message.leaf == "command"]
        assert PersonCommandKind.RESUME is decode_person_command(wish.payload).kind
        here.wait(70)
        assert 1 == len(here.outbox.pauses())


def test_the_echo_of_a_wish_for_the_agent_is_no_second_wish(tmp_path: Path) -> None:
    """The broker sends us what we sent the agent: nothing goes out again."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail()
        here.say(PersonCommandKind.LET_PRINT)
        (wish,) = [message for message in here.outbox.sent if message.leaf == "command"]
        assert not here.incidents.person(decode_person_command(wish.payload)).counts
        assert 1 == here.outbox.leaves().count("command")


def test_a_withdrawn_pause_is_not_sent_after_a_restart(tmp_path: Path) -> None:
    """It was closed in the transaction that held the word of the person."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.fail()
        before.say(PersonCommandKind.LET_PRINT)
    with farm(path, before.clock) as after:
        assert [] == after.outbox.pauses()
        assert wait_until(lambda: "pause" not in [out.leaf for out in after.history.unsent()])


def test_who_paused_it_is_told_apart(tmp_path: Path) -> None:
    """By a person, by the printer itself: the incident says it in words."""
    with farm(tmp_path / "vigie.db") as here:
        first, second = pausing(here), here.fail("p2")
        (pause, _) = here.outbox.pauses()
        result = PauseResult(pause.id, "p1", PauseOutcome.ALREADY_PAUSED, 9, paused_by=PausedBy.PERSON)
        here.incidents.pause_result(result)
        assert "already-paused by a person" == here.last(first).detail
        here.clock.advance(1)
        report = PrinterReport("p2", JobState.PAUSED, here.clock.now(), can_pause=True, paused_by=PausedBy.PRINTER)
        here.incidents.reported(report)
        assert "paused by the printer itself" == here.last(second).detail


def test_another_job_ends_the_incident_of_the_one_before(tmp_path: Path) -> None:
    """A report without a name says nothing about it."""
    with farm(tmp_path / "vigie.db") as here:
        incident = pausing(here)
        here.clock.advance(1)
        here.report(JobState.PRINTING)
        assert IncidentStatus.PAUSING is here.last(incident).status
        here.report(JobState.PRINTING, job="vase")
        assert "the job ended" == here.last(incident).detail


def test_what_a_person_let_print_is_remembered_until_it_is_over(tmp_path: Path) -> None:
    """Resumed at the printer counts too; recovered pictures, or another job, end it."""
    with farm(tmp_path / "vigie.db") as here:
        pausing(here)
        here.answer(PauseOutcome.PAUSED)
        here.clock.advance(5)
        here.report(JobState.PRINTING, job="visor")
        here.recover()
        here.fail(job="visor")
        here.say(PersonCommandKind.FALSE_ALARM)
        here.report(JobState.PRINTING, job="vase")
        assert ["visor", None, "visor", None] == [standing.let_print_job for standing in here.stood]


def test_a_job_that_went_on_is_remembered_over_a_restart(tmp_path: Path) -> None:
    """Without a name too: then until the printer says that it is idle."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.fail()
        before.say(PersonCommandKind.LET_PRINT)
    with farm(path, before.clock) as after:
        assert [""] == [standing.let_print_job for standing in after.stood]
        after.report(JobState.IDLE)
        assert after.incidents.standing("p1").let_print_job is None


def test_a_pause_that_a_person_ordered_outlives_a_crash(tmp_path: Path) -> None:
    """It was written before it was sent; there is no incident to keep it."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.say(PersonCommandKind.PAUSE)
    with farm(path, before.clock) as after:
        assert before.outbox.pauses() == after.outbox.pauses()
        after.acknowledge()
        after.answer(PauseOutcome.PAUSED)
        after.wait(70)
        assert 1 == len(after.outbox.pauses())


def test_a_resume_ends_the_pause_that_a_person_ordered(tmp_path: Path) -> None:
    """The last word counts: nothing is sent again, nothing that waits goes out."""
    with farm(tmp_path / "vigie.db") as here:
        here.say(PersonCommandKind.PAUSE)
        here.clock.advance(1)
        here.say(PersonCommandKind.RESUME)
        assert ["command"] == [message.leaf for message in here.outbox.waiting]
        here.wait(70)
        assert 1 == len(here.outbox.pauses())


def test_letting_a_paused_print_go_on_asks_the_agent(tmp_path: Path) -> None:
    """The no came a second too late: the printer stands still already, and is resumed."""
    with farm(tmp_path / "vigie.db") as here:
        incident = pausing(here)
        here.answer(PauseOutcome.PAUSED)
        here.say(PersonCommandKind.LET_PRINT)
        assert 1 == [message.leaf for message in here.outbox.waiting].count("command")
        assert IncidentStatus.PAUSED is here.last(incident).status
        here.clock.advance(3)
        here.report(JobState.PRINTING)
        assert "resumed by Léa" == here.last(incident).detail
