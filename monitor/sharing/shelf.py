"""What is kept for the next owner of each printer: the newest case, before anything that follows from it is sent.

A thread of its own keeps, so that nobody waits for the cluster but the messages of the printer in question. What could
not be kept is tried again for as long as the printer is ours.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from monitor.clock import Clock
from monitor.cluster.records import Case, Ownership
from monitor.errors import ClusterError, NotOwner
from monitor.history import Change
from monitor.records import Notice
from monitor.sharing.estate import changed, concerned, is_about, notices_of, with_notices

log = logging.getLogger(__name__)

RETRY_S = 0.5
AWAY_S = 10.0  # so long after it did not answer, the cluster is not asked to take last words
REFUSED_S = 5.0  # and if it is not taken from us after all


@dataclass(slots=True)
class _Place:
    newest: Case
    kept: Case | None = None  # that the cluster has for certain
    notices: dict[str, Notice] = field(default_factory=dict)  # to people, of the open incident, by id
    not_before: float = 0.0  # monotonic; it was refused: the printer is another node's, and will be taken from us


class Shelf:
    """One place a printer that is ours. Every method may be called from any thread."""

    def __init__(self, ownership: Ownership, clock: Clock) -> None:
        self.problem = ""  # why something is not kept; empty when all is
        self._ownership, self._clock = ownership, clock
        self._evidence_s: Callable[[str], float] = lambda _: 0.0
        self._on_kept: Callable[[str], None] = lambda _: None
        self._places: dict[str, _Place] = {}
        self._condition = threading.Condition()
        self._away_until = 0.0  # monotonic
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="shelf")

    def start(self, evidence_s: Callable[[str], float], on_kept: Callable[[str], None]) -> None:
        """Begin to keep. ``evidence_s``: the judge's, of a printer. ``on_kept``: the newest of a printer is safe, and
        what waits of it may be sent; it may block."""
        self._evidence_s, self._on_kept = evidence_s, on_kept
        self._thread.start()

    def stop(self) -> None:
        """Keep nothing more. Idempotent."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def begin(self, printer: str, epoch: int, case: Case | None) -> None:
        """A printer is ours: what its last owner kept is kept under our epoch first of all."""
        newest = replace(case, epoch=epoch) if case is not None else Case(printer, epoch)
        notices = {notice.id: notice for notice in notices_of(case)}
        with self._condition:
            self._places[printer] = _Place(newest, notices=notices)
            self._condition.notify_all()

    def keep(self, change: Change) -> None:
        """Take in what was written; it is kept soon."""
        with self._condition:
            for printer in concerned(change):
                place = self._places.get(printer)
                if place is not None:
                    place.newest = replace(changed(place.newest, change))  # another object, also when it is equal
            for place in self._places.values() if change.notices else ():
                _tell(place, change.notices)
            self._condition.notify_all()

    def is_kept(self, printer: str) -> bool:
        """Whether all that is known of a printer is safe."""
        place = self._places.get(printer)
        return place is not None and place.kept is place.newest

    def wait(self, printer: str, timeout_s: float) -> bool:
        """Wait until all that is known of a printer is safe; tell whether it is."""
        with self._condition:
            return self._condition.wait_for(lambda: self.is_kept(printer), timeout_s)

    def end(self, printer: str) -> bool:
        """A printer is not ours any more: keep a last word if that is still taken. Tell whether the incident that is
        open is known to whoever comes next."""
        with self._condition:
            place = self._places.pop(printer, None)
        if place is None:
            return True
        case = replace(place.newest, evidence_s=self._evidence_s(printer), at=self._clock.now())
        is_news = place.kept is not place.newest or case.evidence_s != place.newest.evidence_s
        if is_news and time.monotonic() >= self._away_until:
            try:
                self._ownership.keep(with_notices(case, place.notices.values()))
            except NotOwner as exc:
                log.info("%s: no last word was kept: %s", printer, exc)
            except ClusterError as exc:
                self._away_until = time.monotonic() + AWAY_S  # there may be many more, and each would wait for it
                log.info("%s: no last word was kept: %s", printer, exc)
            else:
                return True
        return case.incident is None or (place.kept is not None and place.kept.incident is not None)

    def _run(self) -> None:
        while (printer := self._next()) is not None:
            try:
                self._try(printer)
            except Exception:  # the root of the thread: nothing is sent of a printer that is not kept, so it must go on
                log.exception("%s: its case is not kept; trying again", printer)
                self._pause()

    def _next(self) -> str | None:
        """Return a printer whose newest case is not kept yet; waits for one. None: it is time to end."""
        with self._condition:
            while not self._stopping:
                now = time.monotonic()
                waiting = [p for p, place in self._places.items() if place.kept is not place.newest]
                printer = next((p for p in waiting if self._places[p].not_before <= now), None)
                if printer is not None:
                    return printer
                self.problem = ""
                self._condition.wait(REFUSED_S if waiting else None)
        return None

    def _try(self, printer: str) -> None:
        evidence_s = self._evidence_s(printer)
        with self._condition:
            place = self._places.get(printer)
            if place is None:
                return
            case = place.newest = replace(place.newest, evidence_s=evidence_s, at=self._clock.now())
            told = list(place.notices.values())
        try:
            self._ownership.keep(with_notices(case, told))
        except NotOwner as exc:
            log.warning("%s: not ours any more, nothing is sent of it: %s", printer, exc)
            place.not_before = time.monotonic() + REFUSED_S
            return
        except ClusterError as exc:
            self._note(str(exc))
            self._pause()
            return
        with self._condition:
            place.kept = case
            self._condition.notify_all()
        if self.is_kept(printer):
            self._on_kept(printer)

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            log.error("%s; until it is kept nothing is sent of that printer", problem)

    def _pause(self) -> None:
        deadline = time.monotonic() + RETRY_S
        with self._condition:
            self._condition.wait_for(lambda: self._stopping, deadline - time.monotonic())


def _tell(place: _Place, notices: Iterable[Notice]) -> None:
    """Take in who was told of the incident that is open; of former ones nobody needs to know."""
    fresh = {notice.id: notice for notice in notices if is_about(place.newest, notice)}
    if fresh:
        kept = {key: notice for key, notice in place.notices.items() if is_about(place.newest, notice)}
        place.notices, place.newest = kept | fresh, replace(place.newest)
