"""Proves that each camera shows its printer: has motion in the pictures weighed against what the printers say.

Long before a proof, people are asked to look; what they answer is taken in here.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from monitor.belonging import Evidence, Handling, Motion, Touch, in_words, touches
from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.records import Answer, JobState, PersonCommand, PersonCommandKind, Reception
from monitor.records.belonging import Belonging, Belongs

Place = tuple[str, str]  # site, and room where it counts

ONE_PLACE = 200
"""Printers. Every camera of a place is compared with every printer of it: 200 take 9 ms each half minute and some
11 MB, 1,000 would take 180 ms and 280 MB. In a larger site each room is a place of its own."""

ANSWER_LASTS_S = 60.0
"""An answer that was so long under way may be about what is no longer asked."""

log = logging.getLogger(__name__)

_WORKS: Mapping[JobState, bool] = {JobState.PRINTING: True, JobState.IDLE: False, JobState.PAUSED: False}
"""In any other state a printer may move or not."""


class Proving:
    """Compares, and tells the board; :meth:`tick` is called every :data:`~monitor.belonging.STEP_S`. Thread-safe.

    Cameras of a site (of a room, where a site is large) are compared with all of its printers: what other monitors
    watch is known by its reports. Who comes to a site, or leaves it, has what is known of its cameras forgotten.
    """

    def __init__(
        self,
        board: Board,
        motions: Callable[[], Mapping[str, Motion]],
        clock: Clock,
        handlings: Callable[[], Mapping[str, Handling]] = dict,
    ) -> None:
        """``motions``: how much has moved in each camera's pictures; a count that falls is of another view.
        ``handlings``: how often each was lost or moved."""
        self._board, self._motions, self._handlings, self._clock = board, motions, handlings, clock
        self._places: dict[Place, Evidence] = {}
        self._before: Mapping[str, Motion] = {}
        self._handled: Mapping[str, Handling] = {}
        self._lock = threading.Lock()

    @property
    def compared(self) -> Sequence[int]:
        """How many printers are compared with each other, for each place."""
        return [len(evidence.printers) for evidence in self._places.values()]

    def tick(self) -> None:
        """Take in what the last half minute has shown."""
        with self._lock:
            self._tick()

    def answer(self, command: PersonCommand) -> Answer:
        """Take in what a person says of a printer's camera: whether it is right, was put right, or was touched."""
        with self._lock:
            view = next((one for one in self._board.snapshot().printers if one.id == command.printer), None)
            evidence = next((one for one in self._places.values() if command.printer in one.printers), None)
            if view is None or evidence is None:
                return Answer(Reception.NOT_FOUND, "no camera of this name is compared here")
            if self._clock.now() - command.at > ANSWER_LASTS_S:
                return Answer(Reception.REFUSED, "it came too late")
            return self._answer(command, evidence, view.belonging)

    def _answer(self, command: PersonCommand, evidence: Evidence, known: Belonging) -> Answer:
        printer, other = command.printer, known.perhaps
        match command.kind:
            case PersonCommandKind.CAMERA_TOUCHED:
                evidence.begin_anew(printer)
            case PersonCommandKind.CAMERA_RIGHT if known.belongs is Belongs.ASKED:
                evidence.is_right(printer, other)
            case PersonCommandKind.CAMERA_PUT_RIGHT if known.belongs in (Belongs.ASKED, Belongs.DOES_NOT):
                evidence.put_right([printer, other] if other else [printer])
            case _:
                return Answer(Reception.REFUSED, "nothing is asked about this camera: that has ended meanwhile")
        log.info("%s: %s, says %s%s", printer, command.kind, command.by, f" (and {other})" if other else "")
        self._tell(evidence)
        return Answer(Reception.TAKEN)

    def _tick(self) -> None:
        before, self._before = self._before, self._motions()
        moves = {printer: motion.since(before.get(printer, Motion())) for printer, motion in self._before.items()}
        handled, self._handled = self._handled, self._handlings()
        places = _places(self._board.snapshot().printers)
        self._places = {place: self._evidence(place, views) for place, views in places.items()}
        for place, evidence in self._places.items():
            anew = [one for one in evidence.printers if _is_anew(before.get(one), self._before.get(one))]
            for printer in anew:
                evidence.forget(printer)
            own = {printer: self._handled[printer] for printer in evidence.printers if printer in self._handled}
            evidence.touched(touches(own, handled) | dict.fromkeys(anew, Touch.CHANGED))
            evidence.step(moves, {view.id: _works(view) for view in places[place]})
            self._tell(evidence)

    def _evidence(self, place: Place, views: Sequence[PrinterView]) -> Evidence:
        known, printers = self._places.get(place), tuple(view.id for view in views)
        return known if known is not None and known.printers == printers else Evidence(printers)

    def _tell(self, evidence: Evidence) -> None:
        found, at = evidence.known(), self._clock.now()
        for view in self._board.snapshot().printers:
            if view.id in found and view.id in self._before:  # others are told of by who watches them
                self._tell_one(view, found[view.id], at)

    def _tell_one(self, view: PrinterView, found: Belonging, at: float) -> None:
        if view.belonging == found:
            return
        if found.belongs is Belongs.DOES_NOT:
            log.warning("%s: %s", view.id, in_words(found))
        elif found.belongs is Belongs.ASKED:
            log.info("%s: does its camera show %s? Somebody should look", view.id, found.perhaps)
        elif view.belonging.belongs is Belongs.DOES_NOT:
            log.info("%s: the camera shows it after all, as far as is known", view.id)
        self._board.belongs(view.id, found, at)


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
