"""Incidents as they happen: every transition is written first, then sent, then told to the board."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from monitor.clock import Clock
from monitor.config.model import Printer
from monitor.history import Change, History, Outgoing
from monitor.ids import uuid7
from monitor.incidents import life, messages
from monitor.incidents.life import Case, Step
from monitor.incidents.manual import ManualPauses
from monitor.incidents.progress import from_text, to_text
from monitor.mqtt import Delivery, DeliveryOutcome
from monitor.records import (
    Action,
    Event,
    EventKind,
    FailureClass,
    Incident,
    IncidentStatus,
    Observation,
    PauseCommand,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
)

log = logging.getLogger(__name__)

COMMANDS_REMEMBERED = 1_000  # the broker echoes our own commands, and may deliver others' twice
COMMAND_TOO_OLD_S = messages.COMMAND_LASTS_S

_LEVELS = {EventKind.INCIDENT_OPENED: logging.WARNING, EventKind.PAUSE_FAILED: logging.ERROR}


class Outbox(Protocol):
    """Where messages go: the :class:`monitor.publisher.Publisher`."""

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Send messages that are in the history already."""

    def pending(self, pause: str) -> bool:
        """Whether a pause command still waits to be sent or acknowledged."""

    def tick(self) -> None:
        """Try again what was refused, and drop what has expired."""


class Incidents:
    """Owns all open incidents. Every method may be called from any thread; each waits for the disk, so none may be
    called from a network thread. When the disk is full all goes on in memory (see :mod:`monitor.history`)."""

    def __init__(
        self,
        history: History,
        outbox: Outbox,
        sites: Mapping[str, str],
        clock: Clock,
        pause_timeout_s: float = 60.0,
        listener: Callable[[Incident], None] = lambda _: None,
    ) -> None:
        """``sites``: the site of each printer by id. ``listener`` hears of every incident after each change."""
        self.listener = listener
        self._history, self._outbox, self._sites, self._clock = history, outbox, sites, clock
        self._pause_timeout_s = pause_timeout_s
        self._lock = threading.RLock()
        self._cases: dict[str, Case] = {}  # open ones, by printer
        self._manual = ManualPauses()
        self._commands: OrderedDict[PersonCommand, None] = OrderedDict()

    def start(self) -> None:
        """Go on where the last run ended: its open incidents and its unsent messages."""
        now = self._clock.now()
        with self._lock:
            for incident, progress in self._history.open_incidents():
                # due at once: an agent inside of our process went down with us, and forgot the order
                self._cases[incident.printer] = replace(from_text(incident, progress), resend_at=now)
                self.listener(incident)
            self._outbox.send(message for message in self._history.unsent() if self._is_wanted(message))
            self._outbox.send(messages.incident_message(case.incident, now) for case in self._cases.values())
        if self._cases:
            log.info("open from before: %d", len(self._cases))

    def open_incident(self, printer: str) -> Incident | None:
        """Return the printer's open incident."""
        with self._lock:
            case = self._cases.get(printer)
            return case.incident if case else None

    def failed(
        self,
        printer: Printer,
        observation: Observation,
        evidence_jpeg: bytes,
        model_sha256: str,
        parameters: Mapping[str, float],
        now: float,
    ) -> Incident:
        """A failure was decided: open an incident and order the pause, if that is the printer's action.

        While the printer has an open incident that one is returned, and nothing else happens.
        """
        with self._lock:
            if printer.id in self._cases:
                return self._cases[printer.id].incident
            incident = _incident(printer, observation, model_sha256, parameters, now)
            case, opened = Case(incident), ((EventKind.INCIDENT_OPENED, incident.failure_class.value),)
            step = Step(case, opened)
            if incident.action is Action.PAUSE:
                reason = f"{incident.failure_class.value} seen with {incident.score:.0%}"
                ordered = life.ordered(case, self._new_pause(printer.site, printer.id, incident.id, reason, now))
                step = Step(ordered.case, opened, send_pause=True)
            self._take(step, now, evidence_jpeg)
            return step.case.incident

    def happened(self, printer: Printer, kind: EventKind, at: float, detail: str = "") -> None:
        """Record and publish what is worth knowing; a recovery closes an incident that nobody paused."""
        with self._lock:
            case = self._cases.get(printer.id)
            self._record(printer.site, printer.id, kind, at, detail, case.incident.id if case else None)
            if case is not None and kind is EventKind.RECOVERED:
                self._take(life.recovered(case, at), at)

    def pause_result(self, result: PauseResult) -> None:
        """An agent has answered a pause."""
        now = self._clock.now()
        with self._lock:
            case = self._cases.get(result.printer)
            self._take(life.answered(case, result, now) if case else None, now)
            told = self._manual.answered(result)
            if told is not None:
                self._tell_manual(*told, now)

    def reported(self, report: PrinterReport) -> None:
        """A printer says what it does."""
        now = self._clock.now()
        with self._lock:
            case = self._cases.get(report.printer)
            self._take(life.reported(case, report, now) if case else None, now)

    def delivered(self, message: Outgoing, delivery: Delivery) -> None:
        """A message has left the outbox; the publisher's ``on_sent``, on a thread that may wait for the disk."""
        self._history.note(Change(sent=(message.id,)))
        if message.pause is None or delivery.outcome is DeliveryOutcome.FAILED:
            return
        has_subscribers = delivery.outcome is not DeliveryOutcome.NO_SUBSCRIBERS
        now = self._clock.now()
        with self._lock:
            case = self._cases.get(message.printer)
            self._take(life.sent(case, message.pause, has_subscribers=has_subscribers) if case else None, now)

    def person(self, command: PersonCommand) -> bool:
        """A person has decided something, at the wall or over MQTT; tell whether it counts.

        The same command counts once, one that comes too late not at all.
        """
        now = self._clock.now()
        with self._lock:
            if command.printer not in self._sites or not self._is_new(command):
                return False
            if now - command.at > COMMAND_TOO_OLD_S:
                log.warning("%s: %s by %s came too late", command.printer, command.kind, command.by)
                return False
            if command.kind is PersonCommandKind.MUTE:
                self._muted(command, now)
            elif command.kind is PersonCommandKind.PAUSE:
                self._pause(command, now)
            else:
                self._decided(command, now)
            return True

    def tick(self, now: float) -> None:
        """Send again what nobody has proven, and give up at the expiry."""
        self._outbox.tick()
        with self._lock:
            for case in list(self._cases.values()):
                self._take(life.ticked(case, now), now)
            again, failed = self._manual.ticked(now)
            for pause in again:
                self._send_pause(pause, now)
            for told in failed:
                self._tell_manual(*told, now)

    def _is_wanted(self, message: Outgoing) -> bool:
        """Whether a message of the last run still makes sense: an order that was proven or overtaken does not."""
        if message.pause is None:
            return True
        case = self._cases.get(message.printer)
        ordered = case.incident.pause_id if case and case.incident.status is IncidentStatus.PAUSING else None
        if ordered != message.pause:
            self._history.note(Change(sent=(message.id,)))
        return ordered == message.pause

    def _decided(self, command: PersonCommand, now: float) -> None:
        site = self._sites[command.printer]
        if command.kind is PersonCommandKind.RESUME:  # before the incident changes: the agent resumes, not we
            self._commit(Change(outgoing=(messages.command_message(command, site),)))
        case = self._cases.get(command.printer)
        self._take(life.told(case, command, now) if case else None, now)

    def _pause(self, command: PersonCommand, now: float) -> None:
        site, case = self._sites[command.printer], self._cases.get(command.printer)
        incident = case.incident.id if case else ""
        pause = self._new_pause(site, command.printer, incident, f"{command.by} asked for it", now)
        if case is None:
            self._manual.add(pause)
            self._send_pause(pause, now)
        elif case.incident.status in (IncidentStatus.OPEN, IncidentStatus.PAUSE_FAILED):
            self._take(life.ordered(case, pause), now)

    def _muted(self, command: PersonCommand, now: float) -> None:
        ends = command.minutes is not None and command.minutes <= 0
        detail = command.by if ends or command.minutes is None else f"{command.by}, for {command.minutes:g} minutes"
        kind = EventKind.UNMUTED if ends else EventKind.MUTED
        self._record(self._sites[command.printer], command.printer, kind, now, detail, None)

    def _is_new(self, command: PersonCommand) -> bool:
        if command in self._commands:
            return False
        self._commands[command] = None
        if len(self._commands) > COMMANDS_REMEMBERED:
            self._commands.popitem(last=False)
        return True

    def _new_pause(self, site: str, printer: str, incident: str, reason: str, now: float) -> PauseCommand:
        return PauseCommand(uuid7(now), site, printer, incident, now, now + self._pause_timeout_s, reason)

    def _take(self, step: Step | None, now: float, evidence: bytes | None = None) -> None:
        """Make a step true: write it whole, keep it, send it, tell the board."""
        if step is None:
            return
        incident = step.case.incident
        events = tuple(_event(incident.site, incident.printer, k, now, d, incident.id) for k, d in step.events)
        outgoing: tuple[Outgoing, ...] = ()
        if step.send_pause and step.case.pause is not None and not self._outbox.pending(step.case.pause.id):
            outgoing += (messages.pause_message(step.case.pause, now),)  # first: the rest may be large
        former = self._cases.get(incident.printer)
        if former is None or former.incident != incident:
            outgoing += (messages.incident_message(incident, now),)
        outgoing += messages.event_messages(events)
        if evidence is not None:
            outgoing += (messages.evidence_message(incident, evidence, now),)
        if incident.status is IncidentStatus.CLOSED:
            self._cases.pop(incident.printer, None)
        else:
            self._cases[incident.printer] = step.case
        for event in events:
            log.log(_LEVELS.get(event.kind, logging.INFO), "%s: %s: %s", event.printer, event.kind, event.detail)
        self._commit(Change(incident, to_text(step.case), evidence, events, outgoing))
        self.listener(incident)

    def _send_pause(self, pause: PauseCommand, now: float) -> None:
        if not self._outbox.pending(pause.id):
            self._commit(Change(outgoing=(messages.pause_message(pause, now),)))

    def _tell_manual(self, pause: PauseCommand, kind: EventKind, detail: str, now: float) -> None:
        self._record(pause.site, pause.printer, kind, now, detail, None)

    def _record(self, site: str, printer: str, kind: EventKind, at: float, detail: str, incident: str | None) -> None:
        event = _event(site, printer, kind, at, detail, incident)
        self._commit(Change(events=(event,), outgoing=messages.event_messages((event,))))

    def _commit(self, change: Change) -> None:
        """Write, then send. What could not be written is sent all the same: a pause matters more than its record."""
        self._history.commit(change)
        self._outbox.send(change.outgoing)


def _incident(
    printer: Printer, observation: Observation, model_sha256: str, parameters: Mapping[str, float], now: float
) -> Incident:
    classes = observation.classes
    return Incident(
        id=uuid7(now),
        site=printer.site,
        printer=printer.id,
        opened_at=now,
        failure_class=max(classes, key=lambda name: classes[name]) if classes else FailureClass.SPAGHETTI,
        score=observation.score or 0.0,
        boxes=observation.boxes,
        model_sha256=model_sha256,
        parameters=dict(parameters),
        action=printer.settings.on_failure,
        status=IncidentStatus.OPEN,
    )


def _event(site: str, printer: str, kind: EventKind, at: float, detail: str, incident: str | None) -> Event:
    return Event(uuid7(at), site, printer, at, kind, incident, detail)
