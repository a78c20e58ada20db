"""Proves that each camera shows its printer: has motion in the pictures weighed against what the printers say."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from monitor.belonging import Evidence, Motion, in_words
from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.records import JobState
from monitor.records.belonging import Belonging, Belongs

Place = tuple[str, str]  # site, and room where it counts

ONE_PLACE = 200
"""Printers. Every camera of a place is compared with every printer of it: 200 take 5 ms each half minute and some
10 MB, 1,000 would take 100 ms and 180 MB. In a larger site each room is a place of its own."""

log = logging.getLogger(__name__)

_WORKS: Mapping[JobState, bool] = {JobState.PRINTING: True, JobState.IDLE: False, JobState.PAUSED: False}
"""In any other state a printer may move or not."""


class Proving:
    """Compares, and tells the board; :meth:`tick` is called every :data:`~monitor.belonging.STEP_S`. One thread's.

    Cameras of a site (of a room, where a site is large) are compared with all of its printers: what other monitors
    watch is known by its reports. Who comes to a site, or leaves it, has what is known of its cameras forgotten.
    """

    def __init__(self, board: Board, motions: Callable[[], Mapping[str, Motion]], clock: Clock) -> None:
        """``motions``: how much has moved in each camera's pictures; a count that falls is of another view."""
        self._board, self._motions, self._clock = board, motions, clock
        self._places: dict[Place, Evidence] = {}
        self._before: Mapping[str, Motion] = {}

    @property
    def compared(self) -> Sequence[int]:
        """How many printers are compared with each other, for each place."""
        return [len(evidence.printers) for evidence in self._places.values()]

    def tick(self) -> None:
        """Take in what the last half minute has shown."""
        before, self._before = self._before, self._motions()
        moves = {printer: motion.since(before.get(printer, Motion())) for printer, motion in self._before.items()}
        places = _places(self._board.snapshot().printers)
        self._places = {place: self._evidence(place, views) for place, views in places.items()}
        for place, evidence in self._places.items():
            for printer in evidence.printers:
                if _is_anew(before.get(printer), self._before.get(printer)):
                    evidence.forget(printer)
            found = evidence.step(moves, {view.id: _works(view) for view in places[place]})
            for view in places[place]:
                if view.id in moves:  # others are told of by who watches them
                    self._tell(view, found[view.id])

    def _evidence(self, place: Place, views: Sequence[PrinterView]) -> Evidence:
        known, printers = self._places.get(place), tuple(view.id for view in views)
        return known if known is not None and known.printers == printers else Evidence(printers)

    def _tell(self, view: PrinterView, found: Belonging) -> None:
        if view.belonging == found:
            return
        if found.belongs is Belongs.DOES_NOT:
            log.warning("%s: %s", view.id, in_words(found))
        elif view.belonging.belongs is Belongs.DOES_NOT:
            log.info("%s: the camera shows it after all, as far as is known", view.id)
        self._board.belongs(view.id, found, self._clock.now())


def _places(views: Sequence[PrinterView]) -> Mapping[Place, Sequence[PrinterView]]:
    """Return the printers that are compared with each other."""
    places: dict[Place, list[PrinterView]] = {}
    sizes = Counter(view.site for view in views)
    for view in views:
        places.setdefault((view.site, "" if sizes[view.site] <= ONE_PLACE else view.room), []).append(view)
    return places


def _works(view: PrinterView) -> bool | None:
    return None if view.report is None else _WORKS.get(view.report.state)


def _is_anew(before: Motion | None, now: Motion | None) -> bool:
    return before is not None and (now is None or _pairs(now) < _pairs(before))


def _pairs(motion: Motion) -> int:
    return motion.moved + motion.still + motion.unclear
