"""Printers that come and go while the monitor runs: what of the rooms begins and ends by that.

Letting go happens at once, on the cluster's thread: when it returns nothing is judged, sent or answered here any more,
and the last word is kept, so that the next owner may begin. Cameras are closed, and new printers are taken up, on a
thread of our own: both may take a while.
"""

import logging
import threading
from dataclasses import replace

from monitor.board import derive_state
from monitor.capture.slot import LatestFrame
from monitor.cluster.records import Case, Moves, Ownership
from monitor.errors import BadPayload, ClusterError, NotOwner, StorageError
from monitor.following import SETTLED_S, Rooms
from monitor.history import Change, History
from monitor.judge import Phase
from monitor.pipeline.watch import Watch
from monitor.records import Incident, IncidentStatus
from monitor.sharing.estate import inherited, notices_of
from monitor.sharing.sharing import Sharing

log = logging.getLogger(__name__)

RETRY_S = 0.5


class Moving:
    """Makes true what the cluster says."""

    def __init__(self, ownership: Ownership, sharing: Sharing, rooms: Rooms, history: History) -> None:
        self.problem = ""  # why printers that are ours are not watched; empty when they are
        self._ownership, self._sharing, self._rooms, self._history = ownership, sharing, rooms, history
        self._lock = rooms.changing
        self._wanted: dict[str, int] = {}  # epochs of what the cluster gave us
        self._reading: set[str] = set()  # printers whose camera is open
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="moving")

    def start(self) -> None:
        """Begin with what is ours already."""
        self._thread.start()
        self._ownership.on_change(self.changed)

    def stop(self) -> None:
        """Take up nothing more. Idempotent."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def changed(self, moves: Moves) -> None:
        """Take in what has changed hands; what was lost is let go when this returns."""
        with self._lock:
            for printer in moves.lost:
                self._wanted.pop(printer, None)
            self._leave(sorted(printer for printer in moves.lost if self._sharing.is_ours(printer)))
            self._wanted.update(moves.gained)
        if moves:
            log.info("gained %s, lost %s", sorted(moves.gained) or "nothing", sorted(moves.lost) or "nothing")
        self._wake.set()

    def _leave(self, printers: list[str]) -> None:
        rooms, now = self._rooms, self._rooms.clock.now()
        for printer in printers:
            self._sharing.give(printer)
            rooms.pipeline.remove(printer)
            rooms.slots.pop(printer, None)
        if printers:
            rooms.pipeline.settle(SETTLED_S)
        for printer in printers:
            rooms.board.let_go(printer)
            incident = rooms.incidents.open_incident(printer)
            rooms.incidents.disown(printer, now, was_kept=self._sharing.shelf.end(printer))
            unsent = rooms.publisher.drop(printer)
            if unsent:
                self._history.note(Change(sent=tuple(message.id for message in unsent)))
            if incident is not None:
                rooms.people.incident_changed(_over(incident))
        rooms.announcer.forget(printers)

    def _run(self) -> None:
        while True:
            self._wake.clear()
            if self._stopping.is_set():  # asked after the wake was cleared, which may have been the one of the end
                return
            try:
                self._close_cameras()
                is_done = self._take_up()
            except Exception:  # the root of the thread: a printer that is ours must be watched
                log.exception("a printer that is ours could not be taken up; trying again")
                is_done = False
            self._wake.wait(None if is_done else RETRY_S)

    def _close_cameras(self) -> None:
        with self._lock:
            gone = {printer for printer in self._reading if not self._sharing.is_ours(printer)}
            self._reading -= gone
        self._rooms.readers.remove(gone)

    def _take_up(self) -> bool:
        """Take up what is ours by now; tell whether nothing is left to do."""
        problems = []
        with self._lock:
            wanted = sorted(self._wanted)
        for printer in wanted:
            with self._lock:
                epoch = self._wanted.get(printer)
                is_there = self._sharing.is_ours(printer) or not self._rooms.config.knows(printer)
                if epoch is None or is_there or self._stopping.is_set():
                    continue
                try:
                    self._adopt(printer, epoch)
                except NotOwner as exc:
                    log.info("%s: lost before it was taken up: %s", printer, exc)
                except (ClusterError, BadPayload, StorageError) as exc:
                    problems.append(f"{printer} is not watched: what its last owner kept cannot be read: {exc}")
        self._tell(problems)
        return not problems

    def _tell(self, problems: list[str]) -> None:
        problem = "; ".join(problems[:3])
        if problem and problem != self.problem:
            log.error("%s", problem)
        self.problem = problem

    def _adopt(self, printer: str, epoch: int) -> None:
        rooms, now = self._rooms, self._rooms.clock.now()
        case = self._ownership.case(printer)
        inheritance, notices = inherited(case), notices_of(case)
        if notices:
            self._history.commit(Change(notices=tuple(notices)))  # who was told is not told again
        self._sharing.take(printer, epoch, case)
        try:
            incident = rooms.incidents.adopt(rooms.site_of[printer], printer, inheritance, now)
        except BaseException:
            self._sharing.give(printer)
            self._sharing.shelf.end(printer)
            raise
        self._show(printer, incident, case)
        self._watch(printer, case, now)
        rooms.announcer.forget([printer])
        self._reading.add(printer)
        rooms.readers.add([printer])

    def _show(self, printer: str, incident: Incident | None, case: Case | None) -> None:
        """Show what is known of a printer that we have not looked at yet, and nothing of what its last owner saw."""
        view, now = self._rooms.board.view(printer), self._rooms.clock.now()
        state = derive_state(Phase.BLIND, view.report, incident, view.muted_until)
        seen = replace(
            view,
            state=state,
            since=view.since if state is view.state else now,
            phase=Phase.BLIND,
            score=None,
            probability=None,
            evidence_s=case.evidence_s if case is not None else 0.0,
            health=None,
            boxes=(),
            incident=incident,
            camera_problem="",
            picture_problem="",
            is_known=True,
        )
        self._rooms.board.told(seen, now)

    def _watch(self, printer: str, case: Case | None, now: float) -> None:
        rooms, report = self._rooms, self._rooms.board.view(printer).report
        slot = rooms.slots[printer] = LatestFrame()
        watch = Watch(rooms.config.printer(printer), rooms.inspectors.threshold, now, rooms.inspectors.healthy)
        watch.inherit(case.evidence_s if case is not None else 0.0)
        rooms.pipeline.add(watch, slot)
        rooms.stand(rooms.incidents.standing(printer))
        if report is not None:
            rooms.pipeline.hear(report)
            rooms.incidents.reported(report)


def _over(incident: Incident) -> Incident:
    """Return an incident as closed, for those who only need to know that it is nothing of ours."""
    return replace(incident, status=IncidentStatus.CLOSED)
