"""Printers that change hands between monitors: their open cases are taken up, and let go without an end."""

import logging
from collections import defaultdict

from monitor.history import Change, History, Outgoing
from monitor.incidents import messages
from monitor.incidents.adopting import Inheritance, adopted, left_behind, renewed
from monitor.incidents.case import Case
from monitor.incidents.cases import Cases
from monitor.incidents.manual import ManualPauses
from monitor.incidents.progress import from_text, to_text
from monitor.owning import Owning
from monitor.records import Incident, Standing

log = logging.getLogger(__name__)

NEVER_KEPT = "another monitor watches this printer; what was decided here was never known there"


class Handing:
    """Not thread-safe; its owner holds a lock."""

    def __init__(
        self, history: History, cases: Cases, manual: ManualPauses, owning: Owning, pause_timeout_s: float
    ) -> None:
        self._history, self._cases, self._manual, self._owning = history, cases, manual, owning
        self._pause_timeout_s = pause_timeout_s
        self._left: defaultdict[str, dict[str, Incident]] = defaultdict(dict)  # open in our history, perhaps not really
        self._progress: dict[str, str] = {}  # by incident
        self._standings: dict[str, Standing] = {}
        self._unsent: defaultdict[str, list[Outgoing]] = defaultdict(list)

    def start(self) -> None:
        """Read what the last run has left: whose it is now is not known yet."""
        for incident, progress in self._history.open_incidents():
            self._leave(incident, progress)
        for message in self._history.unsent():
            self._unsent[message.printer].append(message)
        self._standings = {standing.printer: standing for standing in self._history.standings()}

    def adopt(self, site: str, printer: str, inheritance: Inheritance | None, now: float) -> Incident | None:
        """Go on with what the last owner has kept; None: with what our own history has, for nobody has kept anything.

        Return the incident that is open. Raises StorageDamaged when it cannot be read.
        """
        case, standing = self._inherited(printer, inheritance, now)
        self._settle_left(printer, case, now)
        outgoing = self._still_to_say(printer, case)
        standing, known = standing or Standing(printer), self._standings.pop(printer, None) or Standing(printer)
        if case is None:
            outgoing = (*outgoing, messages.no_incident(site, printer, now))
            if standing == known:
                self._cases.say(outgoing, standing)  # hundreds may come at once, and most bring nothing to write
            else:
                self._cases.commit(Change(outgoing=outgoing, standing=(standing,)))
            return None
        self._cases.restore(case)
        outgoing = (*outgoing, messages.incident_message(case.incident, now))
        self._cases.commit(Change(case.incident, to_text(case), outgoing=outgoing, standing=(standing,)))
        return case.incident

    def disown(self, printer: str, now: float, *, was_kept: bool) -> None:
        """Let go of a printer: its case stays open, for whoever owns it next. ``was_kept``: the next owner knows it."""
        self._manual.forget(printer)
        self._standings[printer] = self._cases.standings.of(printer)
        case = self._cases.drop(printer)
        if case is None:
            return
        if was_kept:
            self._leave(case.incident, to_text(case))
        else:
            self._history.note(Change(left_behind(case.incident, now, NEVER_KEPT), to_text(case)))

    def _inherited(
        self, printer: str, inheritance: Inheritance | None, now: float
    ) -> tuple[Case | None, Standing | None]:
        epoch = self._owning.epoch(printer)
        if inheritance is not None:
            return adopted(inheritance, epoch, now, self._pause_timeout_s), inheritance.standing
        newest = max(self._left[printer].values(), key=lambda one: one.opened_at, default=None)
        if newest is None:
            return None, self._standings.get(printer)
        case = from_text(newest, self._progress[newest.id])
        return renewed(case, epoch, now, self._pause_timeout_s), self._standings.get(printer)

    def _leave(self, incident: Incident, progress: str) -> None:
        self._left[incident.printer][incident.id] = incident
        self._progress[incident.id] = progress

    def _settle_left(self, printer: str, case: Case | None, now: float) -> None:
        """Close in our own history what others have closed since."""
        for incident in self._left.pop(printer, {}).values():
            progress = self._progress.pop(incident.id)
            if case is None or incident.id != case.incident.id:
                self._history.note(Change(left_behind(incident, now), progress))

    def _still_to_say(self, printer: str, case: Case | None) -> tuple[Outgoing, ...]:
        """Return the events that the last run had not told; what it wanted to be retained or done is told anew."""
        unsent = self._unsent.pop(printer, [])
        over = tuple(message.id for message in unsent if message.leaf != "event")
        if over:
            self._history.note(Change(sent=over))
        if case is not None:
            log.info("%s: its incident %s goes on here", printer, case.incident.id)
        return tuple(message for message in unsent if message.leaf == "event")
