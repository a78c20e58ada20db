"""The harness's own judgement: it must find what it looks for."""

from collections.abc import Sequence

import pytest

from monitor.records import Action, EventKind, FailureClass, Incident, IncidentStatus
from tests.crash.printers import CountingPrinter
from tests.crash.verdict import Outcome, Told, is_settled, judge

FINE = (EventKind.INCIDENT_OPENED, EventKind.PAUSE_CONFIRMED)
TOLD = (EventKind.INCIDENT_OPENED, EventKind.PAUSE_FAILED)


def incident(events: Sequence[EventKind] = FINE, status: IncidentStatus = IncidentStatus.PAUSED) -> Told:
    """Return an incident of printer p1."""
    return Told(
        Incident(
            "0189", "site", "p1", 1.0, FailureClass.SPAGHETTI, 0.9, (), "ab", {}, action=Action.PAUSE, status=status
        ),
        events,
    )


def judged(printer: CountingPrinter, *told: Told, failing: str = "p1") -> Outcome:
    """Return the verdict on one printer."""
    outcome = Outcome(0)
    judge(outcome, {"p1": printer}, [failing], list(told))
    return outcome


def test_one_pause_or_one_escalation_is_what_is_wanted() -> None:
    """Neither lost nor doubled; both is told apart."""
    for printer, told in ((CountingPrinter("p1", pauses=1), incident()), (CountingPrinter("p1"), incident(TOLD))):
        outcome = judged(printer, told)
        assert ([], [], 0) == (outcome.lost, outcome.doubled, outcome.both)
    assert 1 == judged(CountingPrinter("p1", pauses=1), incident(TOLD)).both


@pytest.mark.parametrize(
    ("printer", "told", "why"),
    [
        (CountingPrinter("p1"), [], "no incident"),
        (CountingPrinter("p1"), [incident(FINE[:1], IncidentStatus.PAUSING)], "not settled"),
        (CountingPrinter("p1"), [incident(FINE[:1], IncidentStatus.CLOSED)], "neither paused nor told"),
        (CountingPrinter("p1"), [incident()], "proven, but never paused"),
    ],
)
def test_what_is_lost_is_found(printer: CountingPrinter, told: list[Told], why: str) -> None:
    """Each in words, with the seed."""
    assert any(fault.startswith(why) for fault in judged(printer, *told).lost)


@pytest.mark.parametrize(
    ("printer", "told", "why"),
    [
        (CountingPrinter("p1", pauses=2), [incident()], "paused 2 times"),
        (CountingPrinter("p1", pauses=2, resumes=1, pauses_after_resume=1), [incident()], "paused after a person"),
        (CountingPrinter("p1", pauses=1, pauses_after_no=1), [incident()], "paused after a person had said no"),
        (CountingPrinter("p1", pauses=1), [incident(), incident(TOLD)], "2 incidents"),
        (CountingPrinter("p1"), [incident((*TOLD, EventKind.PAUSE_FAILED))], "told twice"),
    ],
)
def test_what_is_doubled_is_found(printer: CountingPrinter, told: list[Told], why: str) -> None:
    """Each in words, with the seed."""
    assert any(fault.startswith(why) for fault in judged(printer, *told).doubled)


def test_what_a_person_refused_is_not_lost() -> None:
    """Neither paused nor told, because somebody wanted it to print on."""
    events = (EventKind.INCIDENT_OPENED, EventKind.LET_PRINT, EventKind.INCIDENT_CLOSED)
    assert [] == judged(CountingPrinter("p1"), incident(events, IncidentStatus.CLOSED)).lost


def test_a_healthy_printer_is_never_paused() -> None:
    """Whatever happens around it."""
    outcome = judged(CountingPrinter("p1", pauses=1), failing="p2")
    assert [True] == [fault.startswith("paused for nothing") for fault in outcome.doubled]


def test_a_run_is_settled_when_every_incident_has_come_to_its_end() -> None:
    """And there is one at all."""
    assert not is_settled([], "p1")
    assert not is_settled([incident(), incident(status=IncidentStatus.PAUSING)], "p1")
    assert is_settled([incident()], "p1")


def test_a_printer_counts_what_is_done_to_it() -> None:
    """An order while it stands is no pause; a person resumes it once."""
    printer = CountingPrinter("p1", drains_s=1.0, resumed_after_s=5.0)
    printer.pause(0.0)
    printer.pause(0.5)
    assert "pausing" == printer.state
    printer.tick(1.0)
    assert ("paused", 1, 2) == (printer.state, printer.pauses, printer.orders)
    printer.tick(6.0)
    printer.pause(7.0)
    assert (2, 1, 1) == (printer.pauses, printer.resumes, printer.pauses_after_resume)
