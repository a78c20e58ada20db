"""Orders of a monitor that has lost the printer to another one are not obeyed."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from monitor.agent.epochs import Epochs, KnownEpoch
from monitor.agent.intake import Ignored
from monitor.agent.wanted import LATE_S
from monitor.incidents import life
from monitor.incidents.case import Case
from monitor.records import (
    Action,
    FailureClass,
    Incident,
    IncidentStatus,
    JobState,
    PauseOutcome,
    PauseResult,
    State,
)
from tests.agent.mqtt_printer import CONTROL, MqttPrinter
from tests.agent.test_agent import agent_of, said
from tests.agent.test_journal import COMMAND, NOW, kept
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.support import wait_until


@given(st.lists(st.integers(0, 5), max_size=8), st.integers(0, 6))
def test_only_what_is_older_than_the_newest_is_over(heard: list[int], epoch: int) -> None:
    """In whatever order they are heard; epoch 0, of a monitor alone, never is."""
    epochs = Epochs()
    for one in heard:
        epochs.hear("p1", one)
    assert epochs.is_over("p1", epoch) is (0 < epoch < max(heard, default=0))
    assert not epochs.is_over("p2", epoch)


def test_only_news_are_written() -> None:
    """And an older one that was kept takes nothing back."""
    noted: list[KnownEpoch] = []
    epochs = Epochs(noted.append)
    for epoch in (2, 2, 1, 3):
        epochs.hear("p1", epoch)
    epochs.remember([KnownEpoch("p1", 1), KnownEpoch("p2", 7)])
    assert [KnownEpoch("p1", 2), KnownEpoch("p1", 3)] == noted
    assert [KnownEpoch("p1", 3), KnownEpoch("p2", 7)] == epochs.everything()


def test_the_newest_epoch_outlives_the_agent(tmp_path: Path) -> None:
    """The journal has it, beside pauses and wishes."""
    with kept(tmp_path / "agent.db") as before:
        before.accept(replace(COMMAND, epoch=6))
        before.journal.note(KnownEpoch("p1", 6))
        before.journal.keep(KnownEpoch("p1", 7))
    with kept(tmp_path / "agent.db", NOW + 10) as after:
        assert [KnownEpoch("p1", 7)] == [entry for entry in after.entries if isinstance(entry, KnownEpoch)]
        assert 6 == after.unanswered[0].epoch


def test_an_order_of_an_old_epoch_is_answered_and_not_obeyed(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter, tmp_path: Path
) -> None:
    """Whether a command or a state has brought the newer one, and also after a restart of the agent."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db") as agent:
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        newest = replace(desk.command("p1"), epoch=4)
        desk.send(newest)
        assert PauseOutcome.PAUSED is desk.answer(newest).outcome
        old = replace(desk.command("p1"), epoch=3)
        desk.send(old)
        answer = desk.answer(old)
        assert (PauseOutcome.OUTDATED, "an old epoch ordered this: 3, and 4 has spoken for the printer since") == (
            answer.outcome,
            answer.detail,
        )
        tell(desk, p1, None, epoch=5)
        desk.send(again := replace(desk.command("p1"), epoch=4))
        assert PauseOutcome.OUTDATED is desk.answer(again).outcome
        assert 2 == agent.ignored[Ignored.OLD_EPOCH]
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}, tmp_path / "agent.db"):
        desk.send(after := replace(desk.command("p1"), epoch=4))
        assert PauseOutcome.OUTDATED is desk.answer(after).outcome
    assert ["pause", "resume"] == p1.orders


def tell(desk: PauseDesk, printer: MqttPrinter, incident: str | None, epoch: int) -> None:
    """Publish a state; the agent has heard it when it has obeyed a wish, which comes over the same link."""
    desk.tell(State.WATCHING, "p1", incident, epoch)
    wishes = printer.orders.count("resume")
    desk.resume("p1")
    assert wait_until(lambda: printer.orders.count("resume") > wishes)


def test_the_new_owner_goes_on_with_the_same_order(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """It is answered once more, whatever the old owner still sends of it, and the printer is not touched again."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}) as agent:
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        command = replace(desk.command("p1"), epoch=3)
        desk.send(command)
        first = desk.answer(command)
        desk.send(replace(command, epoch=4))
        assert first == desk.answer(command, count=2)
        desk.send(command)
        assert wait_until(lambda: 1 == agent.ignored[Ignored.OLD_EPOCH])
        desk.send(replace(command, epoch=4))
        assert first == desk.answer(command, count=3)
    assert ["pause"] == p1.orders


def test_a_late_order_is_not_wanted_because_an_old_owner_says_so(
    mosquitto_broker: Mosquitto, desk: PauseDesk, p1: MqttPrinter
) -> None:
    """What it says of open incidents counts no more."""
    with agent_of(mosquitto_broker.endpoint, {"p1": CONTROL}) as agent:
        assert wait_until(said(desk, "p1", JobState.PRINTING))
        tell(desk, p1, None, epoch=4)
        late = replace(desk.command("p1"), incident="0189", epoch=4)
        desk.send(replace(late, issued_at=late.issued_at - LATE_S - 1))
        assert wait_until(lambda: 1 == agent.undecided)
        tell(desk, p1, "0189", epoch=3)
        assert 1 == agent.undecided
        desk.tell(State.PAUSING, "p1", "0189", epoch=4)
        assert PauseOutcome.PAUSED is desk.answer(late).outcome


def test_an_outdated_order_is_no_refusal_by_the_printer() -> None:
    """The new owner's pause goes on; nobody is told but the reason, should nothing else come."""
    incident = Incident(
        "0189", "paris", "p1", NOW, FailureClass.BLOB, 0.9, (), "", {}, Action.PAUSE, IncidentStatus.OPEN
    )
    case = life.ordered(Case(incident), replace(COMMAND, epoch=4)).case
    step = life.answered(case, PauseResult(COMMAND.id, COMMAND.printer, PauseOutcome.OUTDATED, 0, "old"), NOW)
    assert step is not None
    assert (IncidentStatus.PAUSING, "outdated: old") == (step.case.incident.status, step.case.last_answer)
