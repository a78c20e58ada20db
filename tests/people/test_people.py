"""The desk: incidents go in, messages come out at a simulated service, and everything is written before it is sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from monitor import messenger
from monitor.board import PrinterView
from monitor.clock import SystemClock
from monitor.config.model import Config
from monitor.history import Change, History
from monitor.people.people import People
from monitor.people.wording import code
from monitor.records import (
    CommonCause,
    EventKind,
    GroupKind,
    GroupName,
    Incident,
    IncidentStatus,
    PersonCommand,
    PersonCommandKind,
)
from monitor.wall import HealthReport
from tests.people.farm import a_config, an_incident, contacts
from tests.people.simulated_gateway import SimulatedGateway
from tests.support import wait_until

FAILED, PAUSED, HELD = IncidentStatus.PAUSE_FAILED, IncidentStatus.PAUSED, IncidentStatus.HELD
QUICK = (0.01, 0.01)
STOP = "STOP p1 BY HAND"
WELL = HealthReport(broker_connected=True)
DARK = CommonCause((GroupName(GroupKind.ROOM, "Hall"),), 3, 3)


class Desk:
    """People, with what they record and ask for."""

    def __init__(
        self, config: Config, gateway: SimulatedGateway, history: History, retry_after_s: Sequence[float]
    ) -> None:
        assert config.people is not None
        self.history = history
        self.events: list[tuple[str, EventKind, str]] = []
        self.commands: list[PersonCommand] = []
        self.views: list[PrinterView] = []
        self.health = WELL
        ways = {c.id: partial(messenger.send, gateway.url(c.id)) for c in config.people.contacts}
        self.people = People(
            config, config.people, ways, history, lambda: self.views, lambda: self.health,
            self._record, self.commands.append, SystemClock(), retry_after_s, 0.5,
        )  # fmt: skip

    def _record(self, printer: str, kind: EventKind, detail: str) -> None:
        self.events.append((printer, kind, detail))

    def hears(self, incident: Incident, jpeg: bytes | None = None) -> None:
        """Let an incident become what it is now."""
        self.history.commit(Change(incident, evidence=jpeg))
        self.people.incident_changed(incident)

    def kinds(self) -> list[EventKind]:
        """Return what was recorded."""
        return [kind for _, kind, _ in self.events]


@pytest.fixture
def gateway() -> Iterator[SimulatedGateway]:
    """Yield a service that takes messages."""
    server = SimulatedGateway()
    server.start()
    yield server
    server.stop()


@contextmanager
def desk(
    path: Path,
    gateway: SimulatedGateway,
    *names: str,
    printers: int = 3,
    retry_after_s: Sequence[float] = QUICK,
    **keys: object,
) -> Iterator[Desk]:
    """Run a desk with these contacts on a database file."""
    history = History(path / "vigie.db")
    history.start()
    there = Desk(a_config(contacts(*names), printers, **keys), gateway, history, retry_after_s)
    there.people.start()
    try:
        yield there
    finally:
        there.people.stop()
        history.stop()


def test_a_failed_pause_is_told_with_its_picture(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """What, where, why, and the code by which an answer finds it; written, marked as sent, and recorded."""
    incident = an_incident(detail="rejected: no permission")
    with desk(tmp_path, gateway, "a", "b") as there:
        there.hears(incident, b"\xff\xd8 a jpeg")
        assert gateway.gets(1)
        (message,) = gateway.received
        assert ("a", STOP) == (message.to, message.title)
        assert all(part in message.body for part in ("Spaghetti", "R, S", "no permission", code(incident.id)))
        assert ((b"\xff\xd8 a jpeg",), (f"{code(incident.id)}.jpg",)) == (message.pictures, message.names)
        assert wait_until(lambda: there.kinds() == [EventKind.PEOPLE_TOLD])
        (notice,) = there.history.reader.notices(incident.id)
        assert ("pause-failed", "a", 1, True) == (notice.step, notice.contact, notice.tries, notice.sent_at is not None)


def test_the_pause_that_is_proven_first_is_the_only_message(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """Opened and pausing are nothing to be told of when Vigie pauses."""
    with desk(tmp_path, gateway, "a") as there:
        there.hears(an_incident(1, IncidentStatus.PAUSING))
        there.hears(an_incident(1, PAUSED))
        assert gateway.gets(1)
        assert [("a", "p1 is paused")] == gateway.told()


def test_who_cannot_be_reached_is_tried_again_and_then_the_next_is_told(
    tmp_path: Path, gateway: SimulatedGateway
) -> None:
    """Bounded tries, an event that says so, no problem while somebody knows."""
    gateway.refuses = {"a"}
    with desk(tmp_path, gateway, "a", "b") as there:
        there.hears(an_incident())
        assert gateway.gets(1)
        assert [("b", STOP)] == gateway.told()
        assert 4 == gateway.tries
        assert wait_until(lambda: [EventKind.PEOPLE_NOT_TOLD, EventKind.PEOPLE_TOLD] == there.kinds())
        assert "" == there.people.problem
        tries = {notice.contact: notice.tries for notice in there.history.reader.notices(an_incident().id)}
        assert {"a": 3, "b": 1} == tries


def test_that_nobody_could_be_told_is_a_problem_until_somebody_is(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """It names the printer and the reason, and it goes on trying."""
    gateway.refuses = {"a"}
    with desk(tmp_path, gateway, "a", escalate_after_s=0.5) as there:
        there.hears(an_incident())
        assert wait_until(lambda: there.people.problem != "")
        assert "p1 (pause-failed): a: JSON" in there.people.problem
        gateway.refuses = set()
        assert gateway.gets(1)
        assert wait_until(lambda: there.people.problem == "")


def test_what_was_acknowledged_between_two_tries_is_not_sent(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """The service comes back too late to wake somebody."""
    gateway.refuses = {"a"}
    with desk(tmp_path, gateway, "a", retry_after_s=(1.0,)) as there:
        there.hears(an_incident(1, PAUSED))
        assert wait_until(lambda: gateway.tries == 1)
        gateway.refuses = set()
        there.hears(an_incident(1, PAUSED, acknowledged_by="Léa"))
        assert not wait_until(lambda: len(gateway.received) > 0, 1.5)
        assert [] == there.events


def test_a_picture_that_the_service_does_not_take_does_not_cost_the_message(
    tmp_path: Path, gateway: SimulatedGateway
) -> None:
    """The last try goes without it."""
    gateway.refuses_pictures = {"a"}
    with desk(tmp_path, gateway, "a") as there:
        there.hears(an_incident(), b"\xff\xd8 a jpeg")
        assert gateway.gets(1)
        assert [("a", ())] == [(message.to, message.pictures) for message in gateway.received]


def test_a_service_that_hangs_delays_nobody_else(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """Each contact has a courier of its own."""
    gateway.hangs = {"a"}
    with desk(tmp_path, gateway, "a", "b", escalate_after_s=0.2) as there:
        there.hears(an_incident())
        assert gateway.gets(1)
        assert [("b", STOP)] == gateway.told()
        gateway.let_go()


def test_held_printers_with_one_cause_are_one_message(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """It names the cause and all of them; one that joins later is no news; an answer is for all."""
    held = [an_incident(number, HELD, cause=DARK, acts_at=2e9) for number in (1, 2, 3)]
    with desk(tmp_path, gateway, "a") as there:
        for incident in held[:2]:
            there.hears(incident)
        assert gateway.gets(1)
        assert [("a", "Alarms at once, not paused: 2")] == gateway.told()
        assert gateway.received[0].body.startswith("3 of 3 printers of room Hall at the same moment: ")
        assert " look at the light and the cameras. p1, p2." in gateway.received[0].body
        there.hears(held[2])
        assert wait_until(lambda: 3 == len(there.events))
        assert 1 == len(gateway.received)
        assert 3 == there.people.answered([code(held[0].id)], "Léa")
        assert {("p1", "acknowledge"), ("p2", "acknowledge"), ("p3", "acknowledge")} == {
            (command.printer, str(command.kind)) for command in there.commands
        }


def test_who_acknowledges_one_printer_of_a_cause_knows_the_cause(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """Nobody else is told of the others."""
    held = [an_incident(number, HELD, cause=DARK, acts_at=2e9) for number in (1, 2)]
    with desk(tmp_path, gateway, "a", "b", escalate_after_s=1) as there:
        for incident in held:
            there.hears(incident)
        assert gateway.gets(1)
        there.hears(replace(held[1], acknowledged_by="Léa"))
        assert not wait_until(lambda: len(gateway.received) > 1, 2.0)


def test_many_incidents_are_bundled_after_the_first_messages(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """Nobody's telephone rings thirty times."""
    with desk(tmp_path, gateway, "a", printers=9, at_most=2) as there:
        for incident in [an_incident(number) for number in range(1, 10)]:
            there.people.incident_changed(incident)
        assert wait_until(lambda: 9 == len(there.events))
        assert 2 >= len(gateway.received)


def test_after_a_restart_nothing_is_sent_again_and_what_was_not_sent_is(
    tmp_path: Path, gateway: SimulatedGateway
) -> None:
    """The second one's service was away when Vigie ended."""
    gateway.refuses = {"a"}
    first, second = an_incident(1), an_incident(2)
    with desk(tmp_path, gateway, "a") as there:
        there.hears(first)
        assert wait_until(lambda: there.people.problem != "")
    gateway.refuses = set()
    with desk(tmp_path, gateway, "a") as there:
        there.hears(first)
        assert gateway.gets(1)
        assert wait_until(lambda: len(there.events) == 1)
    with desk(tmp_path, gateway, "a") as there:
        there.hears(first)
        there.hears(second)
        assert gateway.gets(2)
    assert [STOP, "STOP p2 BY HAND"] == [title for _, title in gateway.told()]


def test_an_answer_acknowledges_and_may_wish_more(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """By the code of the message; an unknown code means nothing."""
    with desk(tmp_path, gateway, "a") as there:
        there.hears(an_incident(1, IncidentStatus.ASKING))
        assert gateway.gets(1)
        assert 0 == there.people.answered(["V-AAAAAA"], "Léa")
        assert 1 == there.people.answered([code(an_incident(1).id)], "Léa", PersonCommandKind.LET_PRINT)
        wishes = [(command.printer, command.kind, command.by) for command in there.commands]
        assert [("p1", PersonCommandKind.ACKNOWLEDGE, "Léa"), ("p1", PersonCommandKind.LET_PRINT, "Léa")] == wishes


def test_a_trouble_of_vigie_itself_is_told_and_that_it_is_over(tmp_path: Path, gateway: SimulatedGateway) -> None:
    """It concerns no printer, so no printer's history has it; who had not heard of it hears nothing."""
    with desk(tmp_path, gateway, "a", "b", unable_after_s=0.2) as there:
        there.health = HealthReport(broker_connected=False)
        assert gateway.gets(1)
        there.health = WELL
        assert gateway.gets(2)
        expected = [("a", "WATCH THE PRINTERS: no MQTT broker"), ("a", "Works again; it was: no MQTT broker")]
        assert expected == gateway.told()
        assert [] == there.events


def test_that_nothing_can_be_written_is_told_although_it_cannot_be_written(
    tmp_path: Path, gateway: SimulatedGateway
) -> None:
    """With the remedy that the history has for it."""
    with desk(tmp_path, gateway, "a", unable_after_s=0.2) as there:
        there.health = HealthReport(broker_connected=True, storage_problem="the disk is full: free space")
        assert gateway.gets(1)
        assert [("a", "Vigie: nothing can be written")] == gateway.told()
        assert "the disk is full: free space" in gateway.received[0].body
