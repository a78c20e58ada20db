"""The open cases. A step becomes true in one order only: it is written, then sent, then told to the board."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from monitor.history import Change, History, Outgoing
from monitor.ids import uuid7
from monitor.incidents import messages
from monitor.incidents.case import Case, Step
from monitor.incidents.progress import to_text
from monitor.incidents.standings import Standings
from monitor.records import Event, EventKind, Incident, IncidentStatus, PauseCommand, Standing, Verdict

log = logging.getLogger(__name__)

CLOSED_REMEMBERED = 500  # people speak of what was closed a moment ago, also while the disk is full

_LEVELS = {EventKind.INCIDENT_OPENED: logging.WARNING, EventKind.PAUSE_FAILED: logging.ERROR}


class Outbox(Protocol):
    """Where messages go: the :class:`monitor.publisher.Publisher`."""

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Send messages that are in the history already."""

    def pending(self, pause: str) -> bool:
        """Whether a pause command still waits to be sent or acknowledged."""

    def withdraw(self, pause: str) -> None:
        """Send a pause command no more, unless that has happened already."""

    def tick(self) -> None:
        """Try again what was refused, and drop what has expired."""


class Cases:
    """Not thread-safe; its owner holds a lock. What could not be written is sent all the same: a pause matters more
    than its record (see :mod:`monitor.history`)."""

    def __init__(
        self,
        history: History,
        outbox: Outbox,
        standings: Standings,
        listener: Callable[[Incident], None],
        keep: Callable[[Change], None] = lambda _: None,
    ) -> None:
        """``listener`` hears of every incident after each change; ``keep`` of what was written, before it is sent."""
        self._keep = keep
        self.standings = standings
        self._history, self._outbox, self._listener = history, outbox, listener
        self._open: dict[str, Case] = {}  # by printer
        self._closed: OrderedDict[str, Incident] = OrderedDict()  # by id

    def __iter__(self) -> Iterator[Case]:
        """Iterate over the open cases as they are now."""
        return iter(list(self._open.values()))

    def of(self, printer: str) -> Case | None:
        """Return the printer's open case."""
        return self._open.get(printer)

    def closed(self, incident: str) -> Incident | None:
        """Return an incident that was closed lately."""
        return self._closed.get(incident)

    def newest_closed(self, printer: str) -> Incident | None:
        """Return the printer's incident that was closed last, if that was lately."""
        return next((one for one in reversed(self._closed.values()) if one.printer == printer), None)

    def drop(self, printer: str) -> Case | None:
        """Let go of the printer's open case, which stays open elsewhere; return it."""
        return self._open.pop(printer, None)

    def restore(self, case: Case) -> None:
        """Take over what the last run has written."""
        self._open[case.incident.printer] = case
        self._listener(case.incident)

    def take(
        self,
        step: Step | None,
        now: float,
        evidence: bytes | None = None,
        wishes: tuple[Outgoing, ...] = (),
        verdicts: tuple[Verdict, ...] = (),
    ) -> None:
        """Make a step true; ``wishes`` are a person's, for the agent, and go with it, as do ``verdicts``."""
        if step is None:
            return
        former, incident = self._open.get(step.case.incident.printer), step.case.incident
        events = tuple(
            an_event(incident.site, incident.printer, kind, now, why, incident.id) for kind, why in step.events
        )
        outgoing = (
            *self._pause_of(step, now),
            *wishes,
            *_told(former, incident, now),
            *messages.event_messages(events),
        )
        if evidence is not None:
            outgoing += (messages.evidence_message(incident, evidence, now),)
        if incident.status is IncidentStatus.CLOSED:
            self._open.pop(incident.printer, None)
            self._remember(incident)
        else:
            self._open[incident.printer] = step.case
        change = Change(incident, to_text(step.case), evidence, events, outgoing, self._let_print(step), verdicts)
        self.commit(change, withdrawn=_no_longer_wanted(former, step.case))
        self._listener(incident)

    def commit(self, change: Change, withdrawn: str = "") -> None:
        """Write, then send; ``withdrawn`` is a pause that must not go out any more."""
        for event in change.events:
            log.log(_LEVELS.get(event.kind, logging.INFO), "%s: %s: %s", event.printer, event.kind, event.detail)
        self._history.commit(change)
        self._keep(change)
        self.standings.keep(change.standing)
        if withdrawn:
            self._outbox.withdraw(withdrawn)
        self._outbox.send(change.outgoing)

    def say(self, outgoing: Iterable[Outgoing], standing: Standing) -> None:
        """Send what follows from nothing that must be written, and go by what stands in the history already."""
        self.standings.keep((standing,))
        self._outbox.send(outgoing)

    def record(
        self, site: str, printer: str, kind: EventKind, at: float, detail: str, standing: tuple[Standing, ...] = ()
    ) -> None:
        """Write and publish what happened, with the incident it happened in."""
        case = self._open.get(printer)
        event = an_event(site, printer, kind, at, detail, case.incident.id if case else None)
        self.commit(Change(events=(event,), outgoing=messages.event_messages((event,)), standing=standing))

    def judged(
        self,
        events: tuple[Event, ...],
        verdicts: tuple[Verdict, ...],
        standing: tuple[Standing, ...] = (),
        labelled: tuple[tuple[str, bytes], ...] = (),
    ) -> None:
        """Write and publish what somebody says of an incident that is closed, or of a stored picture."""
        outgoing = messages.event_messages(events)
        self.commit(Change(events=events, outgoing=outgoing, standing=standing, verdicts=verdicts, labelled=labelled))

    def send_pause(self, pause: PauseCommand, now: float) -> None:
        """Send an order that belongs to no incident, unless it waits to be sent already."""
        if not self._outbox.pending(pause.id):
            self.commit(Change(outgoing=(messages.pause_message(pause, now),)))

    def _remember(self, incident: Incident) -> None:
        self._closed[incident.id] = incident
        if len(self._closed) > CLOSED_REMEMBERED:
            self._closed.popitem(last=False)

    def _pause_of(self, step: Step, now: float) -> tuple[Outgoing, ...]:
        pause = step.case.pause
        if not step.send_pause or pause is None or self._outbox.pending(pause.id):
            return ()
        return (messages.pause_message(pause, now),)  # first of all: the rest may be large

    def _let_print(self, step: Step) -> tuple[Standing, ...]:
        if not step.lets_print:
            return ()
        incident = step.case.incident
        return (replace(self.standings.of(incident.printer), let_print_job=incident.job or ""),)


def an_event(site: str, printer: str, kind: EventKind, at: float, detail: str, incident: str | None) -> Event:
    """Return an event with an id of its own."""
    return Event(uuid7(at), site, printer, at, kind, incident, detail)


def _told(former: Case | None, incident: Incident, now: float) -> tuple[Outgoing, ...]:
    is_news = former is None or former.incident != incident
    return (messages.incident_message(incident, now),) if is_news else ()


def _no_longer_wanted(former: Case | None, case: Case) -> str:
    """Return the pause that was under way and is not any more: proven, given up, or refused by a person."""
    if former is None or former.pause is None or former.incident.status is not IncidentStatus.PAUSING:
        return ""
    return "" if case.incident.status is IncidentStatus.PAUSING else former.pause.id
