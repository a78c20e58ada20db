"""The life of incidents: written first, sent after, paused only when it was seen."""

from pathlib import Path

import pytest

from monitor.mqtt import DeliveryOutcome
from monitor.records import Action, EventKind, IncidentStatus, JobState, PauseOutcome, PersonCommand, PersonCommandKind
from monitor.wire import decode_incident, decode_person_command
from tests.incidents.support import a_printer, an_observation, farm
from tests.support import wait_until


def test_a_failure_is_one_transaction_and_then_messages(tmp_path: Path) -> None:
    """Incident, event, picture and all messages are in the file; the pause goes out first."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        assert ["pause", "incident", "event", "evidence"] == here.outbox.leaves()
        assert ["pause", "incident", "event", "evidence"] == [out.leaf for out in here.history.unsent()]
        assert b"jpeg" == here.history.reader.evidence(incident.id)
        (pause,) = here.outbox.pauses()
        assert incident.pause_id == pause.id
        assert here.clock.now() + 60.0 == pause.expires_at
        assert [incident] == here.told


def test_a_pause_is_confirmed_when_the_printer_was_seen_paused(tmp_path: Path) -> None:
    """Sent, acknowledged, answered: the incident is paused, and its retained message says so."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.answer(PauseOutcome.PAUSED)
        assert ["incident.opened", "pause.sent", "pause.confirmed"] == here.story(incident)
        assert IncidentStatus.PAUSED is here.last(incident).status
        retained = [message for message in here.outbox.sent if message.leaf == "incident"][-1]
        assert retained.retain
        assert IncidentStatus.PAUSED is decode_incident(retained.payload).status
        here.wait(120)
        assert 1 == len(here.outbox.pauses())


def test_silence_is_answered_with_the_same_command_until_it_expires(tmp_path: Path) -> None:
    """Every 10 s the same id again; after 60 s people are told that the pause failed."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        for _ in range(65):
            here.wait(1)
            here.acknowledge()
        assert 6 == len(here.outbox.pauses())
        assert 1 == len({pause.id for pause in here.outbox.pauses()})
        assert ["incident.opened", "pause.sent", "pause.failed"] == here.story(incident)
        assert "no answer from the agent" == here.last(incident).detail


def test_nothing_is_sent_twice_while_it_still_waits_for_the_broker(tmp_path: Path) -> None:
    """An absent broker gets one pause when it is back, not six."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.wait(65)
        assert 1 == len(here.outbox.pauses())
        assert "the broker could not be reached" == here.last(incident).detail


def test_a_broker_that_says_nobody_listens_is_believed(tmp_path: Path) -> None:
    """The reason of a failed pause names the agent that is not running."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge(DeliveryOutcome.NO_SUBSCRIBERS)
        here.wait(61)
        assert "nobody listens: is the agent of this printer running?" == here.last(incident).detail


def test_an_agent_that_comes_back_hears_of_the_pause_soon(tmp_path: Path) -> None:
    """While nobody listens the order is repeated every two seconds; once somebody does, every ten."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail()
        for _ in range(3):
            here.acknowledge(DeliveryOutcome.NO_SUBSCRIBERS)
            here.wait(2)
        assert 4 == len(here.outbox.pauses())
        here.acknowledge()
        here.wait(9)
        assert 4 == len(here.outbox.pauses())
        here.wait(2)
        assert 5 == len(here.outbox.pauses())


def test_a_refusal_is_told_at_once(tmp_path: Path) -> None:
    """A printer that says no will not say yes: people are told now, with its words."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.answer(PauseOutcome.REJECTED, "Developer Mode is off")
        assert IncidentStatus.PAUSE_FAILED is here.last(incident).status
        assert "rejected: Developer Mode is off" == here.last(incident).detail


def test_an_unreachable_printer_is_asked_again_and_may_still_be_paused(tmp_path: Path) -> None:
    """Unreachable is progress, not the end; and a proof that comes after the deadline still counts."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.answer(PauseOutcome.UNREACHABLE, "no route")
        here.wait(12)
        assert 2 == len(here.outbox.pauses())
        here.wait(50)
        assert "unreachable: no route" == here.last(incident).detail
        here.answer(PauseOutcome.PAUSED)
        assert IncidentStatus.PAUSED is here.last(incident).status


@pytest.mark.parametrize("outcome", [PauseOutcome.ALREADY_PAUSED, PauseOutcome.NOT_PRINTING])
def test_a_printer_that_stood_already_is_told_apart(tmp_path: Path, outcome: PauseOutcome) -> None:
    """Already paused and not printing are proofs too, and the detail says which."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.answer(outcome)
        assert (IncidentStatus.PAUSED, outcome.value) == (here.last(incident).status, here.last(incident).detail)


def test_the_printers_own_word_is_a_proof(tmp_path: Path) -> None:
    """When the answer is lost, a later report of a paused printer does; an older one does not."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.report(JobState.PAUSED)
        assert IncidentStatus.PAUSING is here.last(incident).status
        here.clock.advance(2.0)
        here.report(JobState.PAUSED)
        assert IncidentStatus.PAUSED is here.last(incident).status


def test_an_answer_that_comes_after_the_report_still_explains(tmp_path: Path) -> None:
    """The report proves, the agent adds that the printer had been paused before; one confirmation, no second answer."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.clock.advance(1.0)
        here.report(JobState.PAUSED)
        here.answer(PauseOutcome.ALREADY_PAUSED, "by hand")
        here.answer(PauseOutcome.PAUSED)
        assert "already-paused: by hand" == here.last(incident).detail
        assert 1 == here.story(incident).count("pause.confirmed")


def test_a_resumed_print_closes_the_incident(tmp_path: Path) -> None:
    """Seen printing after it was seen paused: a person resumed it, and no pause follows."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.answer(PauseOutcome.PAUSED)
        here.clock.advance(5.0)
        here.report(JobState.PRINTING)
        assert "resumed at the printer" == here.last(incident).detail
        assert here.incidents.open_incident("p1") is None
        assert b"" == [message for message in here.outbox.sent if message.leaf == "incident"][-1].payload
        here.wait(70)
        assert 1 == len(here.outbox.pauses())


def test_a_job_that_ended_closes_the_incident(tmp_path: Path) -> None:
    """Nothing is left to pause."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.clock.advance(5.0)
        here.report(JobState.IDLE)
        assert "the job ended" == here.last(incident).detail


def test_a_printer_with_an_open_incident_gets_no_second_one(tmp_path: Path) -> None:
    """The same incident is returned, nothing is sent; another printer has its own."""
    with farm(tmp_path / "vigie.db") as here:
        first = here.fail()
        assert first == here.fail()
        assert first.id != here.fail("p2").id
        assert 2 == len(here.outbox.pauses())


def test_an_alert_pauses_nobody_and_ends_with_the_recovery(tmp_path: Path) -> None:
    """The action alert tells people; healthy pictures close it."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail(action=Action.ALERT)
        assert [] == here.outbox.pauses()
        here.incidents.happened(a_printer(), EventKind.RECOVERED, here.clock.now())
        assert ["incident.opened", "pause.withheld", "recovered", "incident.closed"] == here.story(incident)


def test_people_acknowledge_and_call_false_alarms(tmp_path: Path) -> None:
    """Who it was is in the history; a repeated command counts once."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.say(PersonCommandKind.ACKNOWLEDGE)
        here.say(PersonCommandKind.ACKNOWLEDGE)
        here.say(PersonCommandKind.FALSE_ALARM)
        assert "Léa" == here.last(incident).acknowledged_by
        assert ["incident.opened", "acknowledged", "false_alarm", "incident.closed"] == here.story(incident)


def test_resume_goes_to_the_agent_and_no_pause_follows(tmp_path: Path) -> None:
    """The agent hears the wish once, even when the broker echoes it to us; re-sending ends at once."""
    with farm(tmp_path / "vigie.db") as here:
        here.fail()
        here.acknowledge()
        here.say(PersonCommandKind.RESUME)
        here.say(PersonCommandKind.RESUME)
        commands = [message for message in here.outbox.sent if message.leaf == "command"]
        assert [PersonCommandKind.RESUME] == [decode_person_command(message.payload).kind for message in commands]
        here.wait(70)
        assert 1 == len(here.outbox.pauses())


def test_a_person_pauses_a_printer_without_an_incident(tmp_path: Path) -> None:
    """The order goes out, is repeated on silence, and its end is an event."""
    with farm(tmp_path / "vigie.db") as here:
        here.say(PersonCommandKind.PAUSE)
        here.acknowledge()
        here.wait(12)
        assert 2 == len(here.outbox.pauses())
        here.answer(PauseOutcome.PAUSED)
        here.wait(70)
        assert 2 == len(here.outbox.pauses())
        assert here.incidents.open_incident("p1") is None


def test_a_person_orders_a_failed_pause_again(tmp_path: Path) -> None:
    """After a failed pause a person's order is a new command of the same incident."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        here.acknowledge()
        here.answer(PauseOutcome.REJECTED)
        here.say(PersonCommandKind.PAUSE)
        first, second = here.outbox.pauses()
        assert first.id != second.id
        assert first.incident == second.incident
        here.answer(PauseOutcome.PAUSED)
        assert IncidentStatus.PAUSED is here.last(incident).status


def test_an_old_command_is_not_obeyed(tmp_path: Path) -> None:
    """What a person wanted an hour ago may be wrong now."""
    with farm(tmp_path / "vigie.db") as here:
        incident = here.fail()
        old = here.clock.now()
        here.clock.advance(3600.0)
        here.say(PersonCommandKind.MUTE, minutes=5)
        from_then = decode_person_command(
            b'{"printer":"p1","kind":"false_alarm","by":"queue","at":%f}' % old  # arrives late
        )
        assert not here.incidents.person(from_then).counts
        assert IncidentStatus.PAUSING is here.last(incident).status


def test_a_mute_that_is_delivered_again_does_not_count_again(tmp_path: Path) -> None:
    """A broker that repeats itself must not silence a printer that somebody has unmuted since."""
    with farm(tmp_path / "vigie.db") as here:
        mute = PersonCommand("p1", PersonCommandKind.MUTE, "Léa", here.clock.now(), minutes=60)
        assert [True, False] == [here.incidents.person(mute).counts for _ in range(2)]


def test_a_restart_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Open incidents and unsent messages are read back; the same command, no second one; then it can be proven."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        incident = before.fail()
    with farm(path, before.clock) as after:
        assert incident == after.incidents.open_incident("p1")
        assert before.outbox.pauses() == after.outbox.pauses()
        after.acknowledge()
        after.answer(PauseOutcome.PAUSED)
        assert ["incident.opened", "pause.sent", "pause.confirmed"] == after.story(incident)
        assert wait_until(lambda: "pause" not in [out.leaf for out in after.history.unsent()])


def test_a_restart_asks_again_at_once(tmp_path: Path) -> None:
    """The broker had the order, but the agent may have gone down with us: the same id again, without waiting 10 s."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.fail()
        before.acknowledge()
    with farm(path, before.clock) as after:
        assert [] == after.outbox.pauses()
        after.wait(1)
        assert before.outbox.pauses() == after.outbox.pauses()


def test_a_restart_sends_no_pause_that_was_proven(tmp_path: Path) -> None:
    """The answer was heard, the acknowledgement was not: the pause leaves the outbox unsent."""
    path = tmp_path / "vigie.db"
    with farm(path) as before:
        before.fail()
        before.answer(PauseOutcome.PAUSED)
    with farm(path, before.clock) as after:
        assert [] == after.outbox.pauses()
        after.wait(70)
        assert [] == after.outbox.pauses()


def test_a_full_disk_still_pauses_the_printer(tmp_path: Path) -> None:
    """Nothing can be written: the pause is sent all the same, and the record follows when there is room."""
    with farm(tmp_path / "vigie.db") as here:
        connection = here.history._connection
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 1")
        incident = here.incidents.failed(
            a_printer(), an_observation("p1", here.clock.now()), b"x" * 100_000, "ab", {}, here.clock.now()
        )
        assert 1 == len(here.outbox.pauses())
        assert here.history.problem
        here.acknowledge()
        here.answer(PauseOutcome.PAUSED)
        connection.execute("PRAGMA max_page_count = 100000")
        assert wait_until(lambda: not here.history.problem)
        assert ["incident.opened", "pause.sent", "pause.confirmed"] == here.story(incident)
        assert "pause" not in [out.leaf for out in here.history.unsent()]
