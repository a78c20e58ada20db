"""The agent on a real broker: what it hears, whom it pauses, what it tells. Its printers are simulated."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.agent import Agent
from monitor.agent.intake import Ignored
from monitor.agent.wanted import LATE_S
from monitor.clock import SystemClock
from monitor.config.model import Control, OctoPrintControl
from monitor.errors import StorageInUse
from monitor.mqtt import Endpoint
from monitor.records import JobState, PauseCommand, PausedBy, PauseOutcome, PauseStep, State
from tests.agent.farms import BY_HAND, farm
from tests.agent.mqtt_printer import CONTROL, MqttPrinter
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.printers.simulated_octoprint import SimulatedOctoPrint
from tests.support import wait_until


@contextmanager
def agent_of(
    endpoint: Endpoint, controls: Mapping[str, Control], journal: Path | None = None, client_id: str = "agent"
) -> Iterator[Agent]:
    """Run an agent; the client id stays the same, as a farm's does, unless the broker is to know nothing of it."""
    agent = Agent(farm(controls), endpoint, SystemClock(), client_id, journal=journal)
    agent.start()
    try:
        yield agent
    finally:
        agent.stop()


def said(desk: PauseDesk, printer: str, state: JobState) -> Callable[[], bool]:
    """Return a condition: the newest report of the printer says this."""

    def condition() -> bool:
        report = desk.newest(printer)
        return report is not None and report.state is state

    return condition


def test_a_pause_is_proven_and_reported(mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter) -> None:
    """One order at the printer, one answer, and the report follows."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        assert PauseOutcome.PAUSED is desk.pause("p1").outcome
        assert wait_until(said(desk, "p1", JobState.PAUSED))
        assert ["pause"] == p1.orders


def test_a_command_that_comes_again_is_answered_again_but_not_obeyed_again(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """Also when a person has resumed the job since."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        command = desk.command("p1")
        desk.send(command)
        first = desk.answer(command)
        desk.resume("p1")
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        desk.send(command)
        assert first == desk.answer(command, count=2)
        assert PauseOutcome.PAUSED is desk.pause("p1").outcome  # another command is obeyed, after the repeated one
        assert ["pause", "resume", "pause"] == p1.orders


def test_what_was_sent_while_the_agent_was_away_arrives_unless_it_expired(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """The broker keeps the agent's session; the payload carries the expiry, because brokers may not."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
    fresh = desk.command("p1")
    desk.send(replace(desk.command("p1"), expires_at=fresh.issued_at))
    desk.send(fresh)
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}) as agent:
        assert PauseOutcome.PAUSED is desk.answer(fresh).outcome
        assert 1 == agent.ignored[Ignored.EXPIRED]
        assert 1 == p1.pauses


def left_unanswered(
    broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, journal: Path, incident: str = "0189"
) -> PauseCommand:
    """Order a pause, and stop the agent before the printer has paused. The broker knows nothing of the agent then."""
    p1.is_stubborn = True
    command = replace(desk.command("p1"), incident=incident)
    with agent_of(broker.endpoint, {"p1": CONTROL}, journal, "first"):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        desk.send(command)
        assert wait_until(lambda: PauseStep.ORDERED in desk.steps(command))
    assert 1 == p1.pauses
    return command


def test_what_was_ordered_and_not_answered_is_taken_up_by_the_next_agent_itself(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """Nobody sends the command again. A printer that is found paused was paused by the order of before."""
    command = left_unanswered(mosquitto_broker, desk, p1, tmp_path / "agent.db")
    desk.tell(State.PAUSING, "p1", command.incident)
    p1.says("paused")
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db", "second"):
        answer = desk.answer(command, 20)
    assert (PauseOutcome.PAUSED, PausedBy.VIGIE) == (answer.outcome, answer.paused_by)
    assert 1 == p1.pauses


def test_what_a_person_ordered_is_taken_up_too(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """There is no incident that could tell whether it is wanted."""
    command = left_unanswered(mosquitto_broker, desk, p1, tmp_path / "agent.db", incident="")
    p1.says("paused")
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db", "second"):
        assert PauseOutcome.PAUSED is desk.answer(command, 20).outcome


def test_without_a_broker_what_was_ordered_is_taken_up_all_the_same(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """Nobody can be asked; the broker that comes back later hears the answer."""
    command = left_unanswered(mosquitto_broker, desk, p1, tmp_path / "agent.db")
    mosquitto_broker.kill()
    mosquitto_broker.forget()
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db", "second") as agent:
        assert wait_until(lambda: agent.undecided == 0)
        mosquitto_broker.start()
        p1.says("paused")
        assert PauseOutcome.PAUSED is desk.answer(command, 20).outcome


def test_what_is_not_wanted_any_more_is_left_alone(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """A person has said no while the agent was away: its journal has the order, and the broker has it again."""
    command = left_unanswered(mosquitto_broker, desk, p1, tmp_path / "agent.db")
    desk.tell(State.FAILING, "p1", None)
    p1.is_stubborn = False
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db") as agent:
        late = replace(command, id="0191", issued_at=command.issued_at - LATE_S)

        def is_kept() -> bool:
            desk.send(late)  # again: at first, the agent may not listen yet
            return agent.undecided == 2

        assert wait_until(is_kept, every_s=0.2)
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        assert not wait_until(lambda: agent.undecided < 2, 2.0)
        assert ([], 1) == (desk.answers(command), p1.pauses)


def test_a_late_pause_waits_for_a_monitor_that_has_not_told_of_its_incident_yet(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """Just restarted, it sends what is unproven before it tells the state of its printers."""
    desk.tell(State.WATCHING, "p1", None)
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}) as agent:
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        command = desk.command("p1")
        command = replace(command, issued_at=command.issued_at - LATE_S - 1)
        desk.send(command)
        assert wait_until(lambda: agent.undecided == 1)
        desk.tell(State.PAUSING, "p1", command.incident)
        assert PauseOutcome.PAUSED is desk.answer(command).outcome
        assert 1 == p1.pauses


def test_what_was_answered_is_known_to_the_next_agent(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """A person has resumed the job in between; the command that comes again gets its answer, and pauses nobody."""
    command = desk.command("p1")
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db"):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        desk.send(command)
        first = desk.answer(command)
    p1.says("printing")
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db"):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        desk.send(command)
        assert first == desk.answer(command, count=2)
        assert ["pause"] == p1.orders


def test_how_far_a_pause_has_come_is_told(mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter) -> None:
    """Accepted, ordered, and pausing when the printer says so."""
    p1.is_stubborn = True
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        command = desk.command("p1")
        desk.send(command)
        assert wait_until(lambda: p1.pauses == 1)
        p1.says("pausing")
        steps = [PauseStep.ACCEPTED, PauseStep.ORDERED, PauseStep.PAUSING]
        assert wait_until(lambda: desk.steps(command) == steps)
        p1.says("paused")
        assert PauseOutcome.PAUSED is desk.answer(command).outcome


def test_an_agent_whose_clock_is_an_hour_ahead_says_why_it_pauses_nobody(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """Its monitor goes on waiting, and can tell people that a clock is wrong."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        command = desk.command("p1")
        command = replace(command, issued_at=command.issued_at - 3600, expires_at=command.expires_at - 3600)
        desk.send(command)
        answer = desk.answer(command)
        assert (PauseOutcome.TIMEOUT, True) == (answer.outcome, "if this machine's clock is right" in answer.detail)
        assert [] == p1.orders


def test_two_agents_do_not_share_a_journal(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """The second one is refused, and stops in order."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db"):
        second = Agent(
            farm({"p1": CONTROL}), mosquitto_broker.endpoint, SystemClock(), "b", None, tmp_path / "agent.db"
        )
        with pytest.raises(StorageInUse, match="--journal"):
            second.start()
        second.stop()


def test_a_resume_that_was_wished_while_the_agent_was_away_is_lost(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """Who wished it sees that nothing happened; hours later it would surprise somebody with a hand in the printer."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        desk.pause("p1")
    desk.resume("p1")
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert PauseOutcome.ALREADY_PAUSED is desk.pause("p1").outcome
        assert ["pause"] == p1.orders


def test_what_printers_do_is_told_again_to_a_broker_that_comes_back(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """It may have lost what it retained; and what changed in between was told to nobody."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        mosquitto_broker.kill()
        before = len(desk.reports("p1"))
        mosquitto_broker.start()
        assert desk.link.wait_connected(10)
        p1.says("idle")
        assert wait_until(said(desk, "p1", JobState.IDLE)), desk.reports("p1")[before:]


def test_printers_that_hang_delay_nobody(mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter) -> None:
    """Thirty machines accept a connection and never answer; the one that fails is paused before they are given up."""
    mute = SimulatedOctoPrint()
    mute.is_mute.set()
    mute.start()
    hanging: dict[str, Control] = {
        f"h{number}": OctoPrintControl(type="octoprint", url=mute.url, api_key="key") for number in range(30)
    }
    try:
        with agent_of(mosquitto_broker.endpoint, {**hanging, "p1": CONTROL}):
            assert wait_until(said(desk, "p1", JobState.PRINTING))
            assert wait_until(lambda: len(mute.requests) >= 30)
            to_hanging = [desk.command(printer, lasts_s=1) for printer in hanging]
            for command in to_hanging:
                desk.send(command)
            assert PauseOutcome.PAUSED is desk.pause("p1").outcome
            assert 1 == p1.pauses
            assert not any(desk.answers(command) for command in to_hanging)
            mute.release()
    finally:
        mute.stop()


def test_a_printer_without_control_says_so_before_it_fails(mosquitto_broker: Mosquitto, desk: PauseDesk) -> None:
    """And a pause of it is rejected at once, so that people are told."""
    with agent_of(mosquitto_broker.endpoint, {"p1": BY_HAND}):
        assert wait_until(said(desk, "p1", JobState.UNKNOWN))
        report = desk.newest("p1")
        assert report is not None
        assert (False, True) == (report.can_pause, "by hand" in report.detail)
        assert PauseOutcome.REJECTED is desk.pause("p1").outcome


def test_a_stopped_agent_leaves_no_old_state_behind(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """Reports are retained: the last one says that nobody asks the printer any more."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}):
        assert wait_until(said(desk, "p1", JobState.PRINTING))
    assert wait_until(said(desk, "p1", JobState.UNKNOWN))
    assert "the agent was stopped" == desk.reports("p1")[-1].detail
    assert [] == p1.orders


def test_all_of_ninety_printers_are_told_to_have_no_agent_any_more(
    mosquitto_broker: Mosquitto, desk: PauseDesk
) -> None:
    """More reports than may be under way at once are not lost in the goodbye."""
    printers = [f"p{number}" for number in range(90)]
    with agent_of(mosquitto_broker.endpoint, dict.fromkeys(printers, BY_HAND)):
        assert wait_until(lambda: all(desk.reports(printer) for printer in printers))
    assert wait_until(lambda: {"the agent was stopped"} == {desk.reports(p)[-1].detail for p in printers})


def test_an_agent_of_one_site_leaves_the_others_alone(mosquitto_broker: Mosquitto) -> None:
    """Each place may run its own, next to its printers."""
    agent = Agent(farm({"p1": CONTROL}), mosquitto_broker.endpoint, SystemClock(), "agent", sites={"elsewhere"})
    desk = PauseDesk(mosquitto_broker.endpoint, SystemClock())
    desk.start()
    agent.start()
    try:
        desk.send(desk.command("p1"))
        assert not wait_until(lambda: bool(desk.reports("p1")), 0.5)
    finally:
        agent.stop()
        desk.stop()
    assert 0 == agent.ignored.total()
