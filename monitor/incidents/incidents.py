"""Incidents as they happen: what cameras, agents, printers, people and the clock say, each handed to its case."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from monitor.clock import Clock
from monitor.config.model import Printer
from monitor.history import Change, History, Outgoing
from monitor.incidents import life, messages, policy
from monitor.incidents.adopting import Inheritance
from monitor.incidents.case import Case, Step, closed
from monitor.incidents.cases import Cases, Outbox
from monitor.incidents.clocks import in_time
from monitor.incidents.handing import Handing
from monitor.incidents.judging import Judging
from monitor.incidents.manual import ManualPauses
from monitor.incidents.opening import opened
from monitor.incidents.pictures import NoPictures, Pictures
from monitor.incidents.progress import from_text
from monitor.incidents.standings import Standings, is_over
from monitor.incidents.verdicts import Verdicts
from monitor.incidents.wishes import Wishes
from monitor.mqtt import Delivery, DeliveryOutcome
from monitor.owning import Alone, Owning
from monitor.records import (
    Action,
    Answer,
    EventKind,
    Hold,
    Incident,
    IncidentStatus,
    Learned,
    Observation,
    PauseCommand,
    PauseProgress,
    PauseResult,
    PersonCommand,
    PrinterReport,
    Standing,
    Verdict,
)

log = logging.getLogger(__name__)

RELEARN_EVERY_S = 3600.0  # what nobody says again lapses
REMOVED = "the printer was taken out of cameras.yaml"


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
        on_standing: Callable[[Standing], None] = lambda _: None,
        *,
        pictures: Pictures | None = None,
        view_of: Callable[[str], str] = lambda _: "",
        on_learned: Callable[[Learned], None] = lambda _: None,
        owning: Owning | None = None,
    ) -> None:
        """``sites``: the site of each printer by id, which may change. ``listener`` hears of every incident after each
        change, ``on_standing`` of what people decided for a printer, ``on_learned`` of what a camera has learned; none
        may block. ``pictures``: where missed failures are looked up; ``view_of``: what a printer's camera looks at.
        ``owning``: which printers are ours, where others share them; then each is taken up by :meth:`adopt`."""
        self.listener = listener
        self._history, self._outbox, self._clock = history, outbox, clock
        self._pause_timeout_s, self._sites = pause_timeout_s, sites
        self._lock = threading.RLock()
        self._manual = ManualPauses()
        self._standings = Standings(on_standing)
        self._owning = owning or Alone()
        self._cases = Cases(history, outbox, self._standings, self._tell, self._owning.keep)
        self._handing = Handing(history, self._cases, self._manual, self._owning, pause_timeout_s)
        self._view_of = view_of
        self._verdicts = Verdicts(view_of, on_learned)
        self._judging = Judging(self._cases, self._verdicts, history.reader, pictures or NoPictures(), sites)
        self._wishes = Wishes(
            self._cases, self._manual, self._judging, self._verdicts, sites, pause_timeout_s, self._owning
        )
        self._relearn_at = 0.0

    def start(self) -> None:
        """Go on where the last run ended: its standing decisions, its open incidents and its unsent messages."""
        now = self._clock.now()
        with self._lock:
            self._verdicts.restore(self._history.verdicts(), now)
            if self._owning.is_shared:
                self._handing.start()
                return
            self._standings.keep(self._history.standings())
            for incident, progress in self._history.open_incidents():
                # due at once: an agent inside of our process went down with us, and forgot the order
                self._cases.restore(replace(in_time(from_text(incident, progress), now), resend_at=now))
            self._outbox.send([message for message in self._history.unsent() if self._is_wanted(message)])
            self._outbox.send(messages.incident_message(case.incident, now) for case in self._cases)
            for case in list(self._cases):
                if self._sites.get(case.incident.printer) != case.incident.site:
                    self.removed(case.incident.site, case.incident.printer, now)
            count = len(list(self._cases))
        if count:
            log.info("open from before: %d", count)

    def adopt(self, site: str, printer: str, inheritance: Inheritance | None, now: float) -> Incident | None:
        """A printer is ours from now on: go on with what its last owner has kept; None: with our own history's.

        Return the incident that is open. Raises StorageDamaged when it cannot be read.
        """
        with self._lock:
            return self._handing.adopt(site, printer, inheritance, now)

    def disown(self, printer: str, now: float, *, was_kept: bool) -> None:
        """A printer is another monitor's from now on: nothing ends by that. ``was_kept``: it knows what is open."""
        with self._lock:
            self._handing.disown(printer, now, was_kept=was_kept)

    def open_incident(self, printer: str) -> Incident | None:
        """Return the printer's open incident."""
        with self._lock:
            case = self._cases.of(printer)
            return case.incident if case else None

    def standing(self, printer: str) -> Standing:
        """Return what people decided for a printer."""
        with self._lock:
            return self._standings.of(printer)

    def failed(
        self,
        printer: Printer,
        observation: Observation,
        evidence_jpeg: bytes,
        model_sha256: str,
        parameters: Mapping[str, float],
        now: float,
        hold: Hold | None = None,
        job: str | None = None,
        job_progress: float | None = None,
        job_left_s: float | None = None,
    ) -> Incident:
        """A failure was decided: open an incident and go the printer's way, or hold it until :meth:`release`.

        ``job`` is the printer's, with how far it has come (0 to 1) and how long it would still print. While the
        printer has an open incident that one is returned, and nothing else happens.
        """
        with self._lock:
            known = self._cases.of(printer.id)
            if known is not None:
                return known.incident
            incident = replace(
                opened(printer, observation, model_sha256, parameters, now),
                job=job,
                job_progress=job_progress,
                job_left_s=job_left_s,
                view=self._view_of(printer.id),
                epoch=self._owning.epoch(printer.id),
            )
            case, first = Case(incident), ((EventKind.INCIDENT_OPENED, incident.failure_class.value),)
            step = policy.held(case, hold) if hold else self._act(case, printer, now)
            self._cases.take(replace(step, events=(*first, *step.events)), now, evidence_jpeg)
            return step.case.incident

    def release(self, printer: Printer, now: float, why: str) -> None:
        """A held failure is one of its own after all: go the printer's way, also after people were alarmed and nobody
        has acknowledged it. Nothing happens when none was held."""
        with self._lock:
            case = self._cases.of(printer.id)
            if case is None or not policy.is_releasable(case):
                return
            step = self._act(case, printer, now)
            self._cases.take(replace(step, events=((EventKind.RELEASED, why), *step.events)), now)

    def removed(self, site: str, printer: str, now: float) -> None:
        """A printer is watched no more: its incident is closed, no pause of it goes out, the broker forgets it."""
        with self._lock:
            case = self._cases.of(printer)
            self._cases.take(closed(case, now, REMOVED) if case else None, now)
            for pause in self._manual.forget(printer):
                self._cases.commit(Change(), withdrawn=pause.id)
            self._cases.commit(Change(outgoing=messages.clearing_messages(site, printer, now)))

    def happened(self, printer: Printer, kind: EventKind, at: float, detail: str = "") -> None:
        """Record and publish what is worth knowing; a recovery closes an incident that nobody paused, and ends what
        a person allowed for the failure that is over."""
        with self._lock:
            standing = self._standings.of(printer.id)
            is_over = kind is EventKind.RECOVERED and standing.let_print_job is not None
            changed = (replace(standing, let_print_job=None),) if is_over else ()
            self._cases.record(printer.site, printer.id, kind, at, detail, changed)
            case = self._cases.of(printer.id)
            if case is not None and kind is EventKind.RECOVERED:
                self._cases.take(life.recovered(case, at), at)

    def pause_progress(self, progress: PauseProgress) -> None:
        """An agent tells how far it has come with a pause."""
        now = self._clock.now()
        with self._lock:
            case = self._cases.of(progress.printer)
            self._cases.take(life.progressed(case, progress, now) if case else None, now)

    def pause_result(self, result: PauseResult) -> None:
        """An agent has answered a pause."""
        now = self._clock.now()
        with self._lock:
            case = self._cases.of(result.printer)
            self._cases.take(life.answered(case, result, now) if case else None, now)
            told = self._manual.answered(result)
            if told is not None:
                self._tell_manual(*told, now)

    def reported(self, report: PrinterReport) -> None:
        """A printer says what it does."""
        now = self._clock.now()
        with self._lock:
            case = self._cases.of(report.printer)
            self._cases.take(life.reported(case, report, now) if case else None, now)
            standing = self._standings.of(report.printer)
            if is_over(standing, report):
                self._cases.commit(Change(standing=(replace(standing, let_print_job=None),)))

    def delivered(self, message: Outgoing, delivery: Delivery) -> None:
        """A message has left the outbox; the publisher's ``on_sent``, on a thread that may wait for the disk."""
        self._history.note(Change(sent=(message.id,)))
        if message.pause is None or delivery.outcome is DeliveryOutcome.FAILED:
            return
        has_subscribers = delivery.outcome is not DeliveryOutcome.NO_SUBSCRIBERS
        now = self._clock.now()
        with self._lock:
            case = self._cases.of(message.printer)
            step = life.sent(case, message.pause, has_subscribers=has_subscribers) if case else None
            self._cases.take(step, now)

    def person(self, command: PersonCommand) -> Answer:
        """A person has decided something, at the wall or over MQTT; tell how it was taken.

        The same command counts once, one that comes too late not at all. Raises StorageError when it is about
        something that cannot be read.
        """
        with self._lock:
            return self._wishes.take(command, self._clock.now())

    def verdicts(self, printer: str) -> Sequence[Verdict]:
        """Return what people said about a printer's pictures, oldest first, withdrawn verdicts too."""
        with self._lock:
            return self._verdicts.of(printer)

    def learned(self, printer: str) -> Learned:
        """Return what a printer's camera has learned from verdicts."""
        with self._lock:
            return self._verdicts.learned(printer, self._clock.now())

    def forget(self, printer: str, by: str) -> int:
        """Withdraw every verdict of which a printer's camera has learned anything; return how many those were."""
        with self._lock:
            return self._judging.forget(printer, by, self._clock.now())

    def relearn(self) -> None:
        """Derive anew what the cameras have learned: one of them may look at something else now."""
        with self._lock:
            self._verdicts.relearn(self._clock.now())

    def tick(self, now: float) -> None:
        """Act where nobody has said no in time, send again what nobody has proven, and give up at the expiry."""
        self._outbox.tick()
        with self._lock:
            if now >= self._relearn_at:
                self._relearn_at = now + RELEARN_EVERY_S
                self._verdicts.relearn(now)
            for case in self._cases:
                due = policy.is_due(case, now)
                self._cases.take(self._due(case, now) if due else life.ticked(case, now, self._owning.unsent), now)
            again, failed = self._manual.ticked(now)
            for pause in again:
                self._cases.send_pause(pause, now)
            for told in failed:
                self._tell_manual(*told, now)

    def _act(self, case: Case, printer: Printer, now: float) -> Step:
        settings = printer.settings
        action = settings.on_failure if self._standings.of(printer.id).armed else Action.ALERT
        return policy.acted(case, action, self._new_pause(case.incident, now), settings.ask_for_s)

    def _due(self, case: Case, now: float) -> Step:
        if case.incident.status is IncidentStatus.HELD:
            return policy.unreleased(case)
        if not self._standings.of(case.incident.printer).armed:
            return policy.withheld(case)
        return life.ordered(case, self._new_pause(case.incident, now))

    def _new_pause(self, incident: Incident, now: float) -> PauseCommand:
        reason = f"{incident.failure_class.value} seen with {incident.score:.0%}"
        expires_at = now + self._pause_timeout_s
        epoch = self._owning.epoch(incident.printer)
        return messages.new_pause(incident.site, incident.printer, incident.id, reason, now, expires_at, epoch)

    def _is_wanted(self, message: Outgoing) -> bool:
        """Whether a message of the last run still makes sense: an order that was proven or overtaken does not."""
        if message.pause is None:
            return True
        pause = messages.pause_of(message)
        if pause is not None and not pause.incident and self._clock.now() < pause.expires_at:
            self._manual.add(pause)
            return True
        case = self._cases.of(message.printer)
        ordered = case.incident.pause_id if case and case.incident.status is IncidentStatus.PAUSING else None
        if ordered != message.pause:
            self._history.note(Change(sent=(message.id,)))
        return ordered == message.pause

    def _tell(self, incident: Incident) -> None:
        self.listener(incident)

    def _tell_manual(self, pause: PauseCommand, kind: EventKind, detail: str, now: float) -> None:
        self._cases.record(pause.site, pause.printer, kind, now, detail)
