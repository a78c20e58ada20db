"""People are told: the desk at which incidents arrive, notices are written, and answers come back."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.board import PrinterView
from monitor.clock import Clock
from monitor.config.model import Config, Contact
from monitor.config.model import People as PeopleSection
from monitor.errors import StorageError
from monitor.history import Change, History
from monitor.messenger import Letter
from monitor.people.bundling import Bundler
from monitor.people.courier import RETRY_AFTER_S, Carrier, Courier
from monitor.people.escalation import GATHER_S, Escalation, Matter
from monitor.people.facts import Facts
from monitor.people.farm_watch import FarmWatch, Sighting
from monitor.people.line import Line
from monitor.people.own_watch import OwnHealth, OwnWatch
from monitor.people.wording import Fact, code, message
from monitor.records import EventKind, Incident, IncidentStatus, Notice, NoticeStep, PersonCommand, PersonCommandKind
from monitor.service.turns import WRITING_S, Turns

log = logging.getLogger(__name__)

TICK_S = 1.0

_STEPS = {
    IncidentStatus.OPEN: NoticeStep.OPENED,
    IncidentStatus.ASKING: NoticeStep.ASKED,
    IncidentStatus.HELD: NoticeStep.HELD,
    IncidentStatus.PAUSED: NoticeStep.PAUSED,
    IncidentStatus.PAUSE_FAILED: NoticeStep.PAUSE_FAILED,
}


class People:
    """Tells people. ``incident_changed`` only takes note and may be called under any lock; the rest waits for disks."""

    def __init__(
        self,
        config: Config,
        section: PeopleSection,
        carriers: Mapping[str, Carrier],
        history: History,
        views: Callable[[], Sequence[PrinterView]],
        health: Callable[[], OwnHealth],
        record: Callable[[str, EventKind, str], None],
        act: Callable[[PersonCommand], object],
        clock: Clock,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
        gather_s: float = GATHER_S,
        keep: Callable[[Change], None] = lambda _: None,
    ) -> None:
        """``carriers``: the way to each contact by id. ``record`` takes a printer, an event of it, and a detail.
        ``keep`` hears who was told, for whoever tells of the same printers next."""
        self._keep = keep
        self._section, self._history, self._clock = section, history, clock
        self._views, self._health = views, health
        self._record, self._act = record, act
        self._facts, self._farm_watch = Facts(config), FarmWatch(config.printers, section.blind_after_s)
        self._own_watch = OwnWatch(config.printers, section.unable_after_s)
        self._gather_s = gather_s
        self._escalation = Escalation(Line(config), section.escalate_after_s, gather_s)
        self._incidents: dict[str, Incident] = {}  # the open ones, by id
        self._sightings: dict[str, Sighting] = {}  # by key
        self._why: dict[str, str] = {}  # the last reason why a contact could not be told
        self._changed: dict[str, Incident] = {}
        self._lock = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._couriers = {
            contact.id: Courier(contact, carriers[contact.id], Bundler(section.at_most), self, clock, retry_after_s)
            for contact in section.contacts
        }
        self.turns = Turns("people", WRITING_S)
        self._thread = threading.Thread(target=self._run, name="people")

    def start(self) -> None:
        """Start telling."""
        for courier in self._couriers.values():
            courier.start()
        self._thread.start()

    def stop(self) -> None:
        """Tell nothing more; what was not sent is, after the next start. Idempotent."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        for courier in self._couriers.values():
            courier.request_stop()
        for courier in self._couriers.values():
            courier.stop()

    @property
    def problem(self) -> str:
        """Who should have been told, and why nobody was; empty when all is well."""
        with self._lock:
            unreached = self._escalation.unreached()
            whys = "; ".join(f"{contact}: {why}" for contact, why in self._why.items())
        if not unreached:
            return ""
        names = ", ".join(f"{matter.printer or 'Vigie itself'} ({matter.step})" for matter in unreached[:5])
        return f"nobody could be told about {names}: {whys}"

    def follow(self, config: Config) -> None:
        """Know the printers of another configuration; who is told stays as it is."""
        with self._lock:
            self._facts = Facts(config)
            self._farm_watch.follow(config.printers)
            self._own_watch.follow(config.printers)
            self._escalation.follow(config)

    def incident_changed(self, incident: Incident) -> None:
        """Take note of an incident after a change of it."""
        with self._lock:
            self._changed[incident.id] = incident
        self._wake.set()

    def answered(self, codes: Iterable[str], by: str, wish: PersonCommandKind | None = None) -> int:
        """Somebody takes care of the incidents behind these codes, and perhaps wishes more; return how many there are.

        A cause that many printers share is answered for all of them.
        """
        with self._lock:
            meant = [incident for incident in self._incidents.values() if code(incident.id) in set(codes)]
            causes = {i.cause for i in meant if i.cause is not None and i.status is IncidentStatus.HELD}
            joined = [i for i in self._incidents.values() if i.status is IncidentStatus.HELD and i.cause in causes]
        found = {incident.id: incident for incident in (*meant, *joined)}
        for incident in found.values():
            for kind in (PersonCommandKind.ACKNOWLEDGE, wish):
                if kind is not None:
                    now = self._clock.now()
                    self._act(PersonCommand(incident.printer, kind, by, now, incident=incident.id))
        return len(found)

    def tick(self) -> None:
        """Take in what has changed, and hand over what is due."""
        now = self._clock.now()
        with self._lock:
            changed, self._changed = self._changed, {}
        for incident in changed.values():
            self._take(incident, now)
        self._look(now)
        with self._lock:
            due = self._escalation.due(now)
        if due:
            self._write(due)  # first: after a crash it is sent all the same
        for contact, courier in self._couriers.items():
            if mine := [notice for notice in due if notice.contact == contact]:
                courier.add(mine)

    def matter(self, notice: Notice) -> Matter | None:
        """Return what a notice is about, if it is still to be told."""
        with self._lock:
            return self._escalation.matter(notice.incident) if self._escalation.is_wanted(notice) else None

    def letter(self, contact: Contact, notices: Sequence[Notice]) -> Letter | None:
        """Return the message for some notices, with a picture if they have one step; None if all of them are over."""
        facts = [fact for notice in notices if (fact := self._fact(notice)) is not None]
        if not facts:
            return None
        title, body = message(facts, contact.language, in_a_room=contact.matrix is not None)
        is_urgent = any(fact.step.is_urgent for fact in facts)
        picture = self._evidence(notices[0].incident) if len({fact.step for fact in facts}) == 1 else None
        return Letter(notices[0].id, title, body, is_urgent, picture, f"{code(notices[0].incident)}.jpg")

    def carried(self, contact: Contact, notices: Sequence[Notice], at: float) -> None:
        """They were told in one message."""
        with self._lock:
            self._why.pop(contact.called, None)
            rows = tuple(self._escalation.sent(notice, at) for notice in notices)
        self._write(rows)
        self._tell_history(EventKind.PEOPLE_TOLD, contact, notices, "")

    def not_carried(self, contact: Contact, notices: Sequence[Notice], at: float, why: str) -> None:
        """They could not be told: the next contact is due at once."""
        with self._lock:
            self._why[contact.called] = why
            rows = tuple(self._escalation.failed(notice, at, why) for notice in notices)
        self._write(rows)
        self._tell_history(EventKind.PEOPLE_NOT_TOLD, contact, notices, f": {why}")
        self._wake.set()

    def dropped(self, notices: Sequence[Notice]) -> None:
        """They are not true any more."""
        with self._lock:
            for notice in notices:
                self._escalation.dropped(notice)

    def _write(self, notices: Iterable[Notice]) -> None:
        change = Change(notices=tuple(notices))
        self._history.commit(change)
        self._keep(change)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.tick()
                self.turns.turn()
            except Exception:  # the root of the thread: who is not told now must be told in a second
                log.exception("telling people met a fault; trying again in %g s", TICK_S)
            self._clock.wait(self._wake, TICK_S)

    def _take(self, incident: Incident, now: float) -> None:
        if incident.status is IncidentStatus.CLOSED:
            with self._lock:
                self._incidents.pop(incident.id, None)
                self._escalation.over(incident.id)
            return
        step = _STEPS.get(incident.status)
        with self._lock:
            self._incidents[incident.id] = incident
            if step is None or step not in self._section.tell:
                self._escalation.rest(incident.id)
                return
        shared = _shared(incident)
        with self._lock:
            group = [one for one in self._incidents.values() if shared and _shared(one) == shared] or [incident]
        is_acknowledged = any(one.acknowledged_by is not None for one in group)  # who knows one knows the cause
        for one in group:
            self._learn(Matter(one.id, one.printer, step, now, is_acknowledged, shared))

    def _look(self, now: float) -> None:
        views = self._views()
        found = [*self._farm_watch.look(views, now), *self._own_watch.look(self._health(), views, now)]
        seen = {s.matter.key: s for s in found if s.matter.step in self._section.tell}
        for key in self._sightings.keys() - seen.keys():
            with self._lock:
                self._escalation.over(key)
        for key, sighting in seen.items():
            known = self._sightings.get(key)
            if known is None or known.matter.step is not sighting.matter.step:
                self._learn(sighting.matter)
        self._sightings = seen

    def _learn(self, matter: Matter) -> None:
        with self._lock:
            is_known = matter.key in self._escalation
        before = () if is_known else self._before(matter.key)
        with self._lock:
            gathering = [m.since for m in self._escalation.matters() if self._are_one(m, matter)]
            self._escalation.learn(replace(matter, since=min(gathering, default=matter.since)), before)
        for notice in before:
            if matter.cause and notice.step == NoticeStep.HELD and notice.sent_at and notice.contact in self._couriers:
                self._couriers[notice.contact].bundler.knows(matter.cause, notice.sent_at)

    def _are_one(self, known: Matter, new: Matter) -> bool:
        """Whether a message about the known matter still waits for the like of the new one."""
        has_cause = bool(new.cause) and known.cause == new.cause
        return has_cause and known.step is new.step and new.since - known.since < self._gather_s

    def _before(self, key: str) -> Sequence[Notice]:
        """Return what was written about a matter in an earlier run."""
        try:
            return self._history.reader.notices(key)
        except StorageError as exc:
            log.warning("who was told of %s before cannot be read, so they may be told again: %s", key, exc)
            return ()

    def _fact(self, notice: Notice) -> Fact | None:
        with self._lock:
            matter, incident = self._escalation.matter(notice.incident), self._incidents.get(notice.incident)
            sighting = self._sightings.get(notice.incident)
        if matter is None:
            return None
        if incident is not None:
            return self._facts.of_incident(matter, incident)
        return self._facts.of_sighting(matter, sighting) if sighting else None

    def _evidence(self, incident: str) -> bytes | None:
        try:
            return self._history.reader.evidence(incident)
        except StorageError as exc:
            log.warning("the message goes without its picture: %s", exc)
            return None

    def _tell_history(self, kind: EventKind, contact: Contact, notices: Iterable[Notice], why: str) -> None:
        for notice in notices:
            with self._lock:
                matter = self._escalation.matter(notice.incident)
            news = f"{notice.step}: {contact.called} ({contact.way}){why}"
            if matter is not None and matter.printer:
                self._record(matter.printer, kind, news)
            elif matter is not None:
                log.info("%s: %s", kind, news)


def _shared(incident: Incident) -> str:
    """Return what is the same for all incidents of one cause at one time; a later one is news again."""
    if incident.cause is None or incident.status not in (IncidentStatus.HELD, IncidentStatus.OPEN):
        return ""
    return f"{incident.status}: {incident.cause} until {incident.acts_at}"
