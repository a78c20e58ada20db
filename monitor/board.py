"""The board: what is known about every printer right now, as an immutable snapshot with a version.

The pipeline and the MQTT side write to it, the wall reads from it. The state of a printer is derived in
:func:`~monitor.printer_view.derive_state`, in one place, from what the pictures, the printer, the incident and the
people say.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import takewhile

from monitor.calibration import Calibration
from monitor.config.model import Config
from monitor.judge import Judgement
from monitor.printer_view import PrinterView, derive_state, first_views
from monitor.records import Action, Frame, Health, Incident, IncidentStatus, Observation, PrinterReport, Standing
from monitor.records.belonging import Belonging
from monitor.records.changing import changed
from monitor.scores import Scores

__all__ = ["SCORES_KEPT", "Board", "News", "PrinterView", "Snapshot", "Tile", "derive_state"]

SCORES_KEPT = 3600
"""Points of score over time that the board keeps for each printer."""

_CONFIGURED = ("name", "site", "site_name", "room", "room_name", "threshold", "on_failure")


@dataclass(frozen=True, slots=True)
class Tile:
    """A small JPEG of the newest inspected frame, encoded once and shared by all viewers."""

    jpeg: bytes
    number: int
    taken_at: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All printers at one moment, in the file's order."""

    version: int
    at: float
    printers: tuple[PrinterView, ...]


@dataclass(frozen=True, slots=True)
class News:
    """The board now, and what of it is new since a version."""

    snapshot: Snapshot
    printers: tuple[PrinterView, ...]  # of which anything is new, the tile too; in no order
    is_other_farm: bool  # printers may have come, gone or changed places


class Board:
    """The board itself. Every method may be called from any thread."""

    def __init__(
        self, config: Config, threshold: float, started_at: float, calibration: Calibration | None = None
    ) -> None:
        """``calibration`` is the model's, if it has one."""
        self._calibration = calibration
        self.model_threshold = threshold  # what holds where a printer has none of its own
        self._changed = threading.Condition()
        self._version = 0
        self._at = started_at
        self._disarmed: set[str] = set()  # by people
        self._views = {view.id: view for view in first_views(config, threshold, started_at)}
        self._tiles: dict[str, Tile] = {}
        self._frames: dict[str, Frame] = {}
        self._scores = {printer: Scores(SCORES_KEPT) for printer in self._views}
        self._followed_in = 0  # version
        self._changed_in = dict.fromkeys(self._views, 0)  # version by printer, the newest last

    def follow(self, config: Config, anew: Collection[str], now: float) -> None:
        """Show the printers of another configuration, in its order; those in ``anew`` as if never seen."""
        with self._changed:
            kept = {name: view for name, view in self._views.items() if name not in anew}
            first = first_views(config, self.model_threshold, now)
            self._views = {view.id: self._renewed(kept.get(view.id), view) for view in first}
            for by_printer in (self._tiles, self._frames, self._scores):
                for printer in by_printer.keys() - kept.keys() | by_printer.keys() - self._views.keys():
                    del by_printer[printer]
            for printer in self._views.keys() - self._scores.keys():
                self._scores[printer] = Scores(SCORES_KEPT)
            self._version += 1
            self._followed_in = self._version
            self._changed_in = dict.fromkeys(self._views, self._version)
            self._at = max(self._at, now)
            self._changed.notify_all()

    def _renewed(self, known: PrinterView | None, first: PrinterView) -> PrinterView:
        """Return what is known of a printer, with what its configuration says now."""
        if known is None:
            return first
        said = {key: getattr(first, key) for key in _CONFIGURED}
        return replace(known, **said, armed=first.armed and known.id not in self._disarmed)

    def snapshot(self) -> Snapshot:
        """Return all printers as they are known now."""
        with self._changed:
            return self._snapshot()

    def wait(self, version: int, timeout_s: float) -> Snapshot:
        """Return a snapshot newer than ``version``, or the present one after ``timeout_s`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version > version, timeout_s)
            return self._snapshot()

    def news(self, version: int) -> News:
        """Return what is new since ``version``; a version below 0 was never: all is."""
        with self._changed:
            newer = takewhile(lambda changed: changed[1] > version, reversed(self._changed_in.items()))
            printers = tuple(self._views[printer] for printer, _ in newer)
            return News(self._snapshot(), printers, self._followed_in > version)

    def view(self, printer: str) -> PrinterView:
        """Return one printer; raises KeyError when it is unknown."""
        with self._changed:
            return self._views[printer]

    def tile(self, printer: str) -> Tile | None:
        """Return the newest tile of a printer; None where none was made, for nobody looked (:mod:`monitor.tiles`)."""
        return self._tiles.get(printer)

    def tile_made(self, printer: str, tile: Tile) -> None:
        """Take in a tile that was made for somebody who began to look; one that has come meanwhile is newer."""
        with self._changed:
            if printer in self._views and self._tiles.setdefault(printer, tile) is tile:
                self._note_change(printer)

    def picture(self, printer: str) -> Frame | None:
        """Return the newest inspected frame of a printer, as the camera sent it."""
        return self._frames.get(printer)

    def scores(self, printer: str) -> tuple[tuple[float, float], ...]:
        """Return (taken_at, score) of the last inspections; raises KeyError when the printer is unknown."""
        with self._changed:
            return self._scores[printer].points()

    def let_go(self, printer: str) -> None:
        """Forget our own pictures of a printer, which is watched elsewhere from now on."""
        self._tiles.pop(printer, None)
        self._frames.pop(printer, None)

    def told(self, view: PrinterView, now: float) -> None:
        """Take in a whole view of a printer that is watched elsewhere."""
        with self._changed:
            if view.id in self._views and self._views[view.id] != view:
                self._views[view.id] = view
                self._at = max(self._at, now)
                self._note_change(view.id)

    def tile_told(self, printer: str, tile: Tile) -> None:
        """Take in the newest tile of a printer that is watched elsewhere."""
        with self._changed:
            if printer in self._views:
                self._tiles[printer] = tile
                self._note_change(printer)

    def inspected(self, observation: Observation, judgement: Judgement, frame: Frame, tile_jpeg: bytes | None) -> None:
        """Take in what an inspection showed and what the judge made of it.

        ``tile_jpeg`` None: nobody looks, and the tile before is no longer what is to be seen; or there is no picture,
        and then it still is.
        """
        printer, at = observation.printer, observation.taken_at
        self._frames[printer] = frame
        if tile_jpeg is not None:
            self._tiles[printer] = Tile(tile_jpeg, frame.number, at)
        elif observation.health is not Health.UNREADABLE:
            self._tiles.pop(printer, None)
        with self._changed:
            if judgement.score is not None and printer in self._scores:
                self._scores[printer].add(at, judgement.score)
            self._update(
                printer,
                at,
                phase=judgement.phase,
                score=judgement.score,
                probability=self._probability(judgement.score),
                evidence_s=judgement.evidence_s,
                health=observation.health,
                boxes=observation.boxes,
                frame_taken_at=at,
                picture_problem=observation.detail,
                is_known=True,
            )

    def judged(self, printer: str, judgement: Judgement, now: float) -> None:
        """Take in what the judge says when no picture comes: only a change is worth a new version."""
        with self._changed:
            if printer in self._views and self._views[printer].phase is not judgement.phase:
                self._update(printer, now, phase=judgement.phase, evidence_s=judgement.evidence_s)

    def reported(self, report: PrinterReport) -> None:
        """Take in what a printer says about itself."""
        with self._changed:
            self._update(report.printer, report.reported_at, report=report)

    def incident(self, incident: Incident, now: float) -> None:
        """Take in a change of an incident; a closed one leaves the board."""
        shown = None if incident.status is IncidentStatus.CLOSED else incident
        with self._changed:
            self._update(incident.printer, now, incident=shown)

    def muted(self, printer: str, until: float | None, now: float) -> None:
        """Take in that a printer is muted until a time, or no longer."""
        self._note(printer, now, muted_until=until)

    def stand(self, standing: Standing, now: float) -> None:
        """Take in what people decided for a printer; one that cameras.yaml never pauses is not armed by that."""
        with self._changed:
            view = self._views.get(standing.printer)
            if view is None:
                return  # decided when cameras.yaml still had it
            (self._disarmed.discard if standing.armed else self._disarmed.add)(view.id)
            armed = standing.armed and view.on_failure is not Action.ALERT
            goes_on = standing.let_print_job is not None
            if (view.armed, view.goes_on) != (armed, goes_on):
                self._update(standing.printer, now, armed=armed, goes_on=goes_on)

    def camera(self, printer: str, problem: str, now: float) -> None:
        """Take in what is wrong with a camera's connection; empty when nothing is."""
        self._note(printer, now, camera_problem=problem)

    def belongs(self, printer: str, belonging: Belonging, now: float) -> None:
        """Take in whether a printer's camera shows it."""
        self._note(printer, now, belonging=belonging)

    def _note(self, printer: str, now: float, **said: object) -> None:
        """Take in what was said of a printer: only a change is worth a new version."""
        with self._changed:
            view = self._views.get(printer)
            if view is not None and any(getattr(view, key) != value for key, value in said.items()):
                self._update(printer, now, **said)

    def _probability(self, score: float | None) -> float | None:
        return None if score is None or self._calibration is None else self._calibration.probability(score)

    def _update(self, printer: str, at: float, **changes: object) -> None:
        old = self._views.get(printer)
        if old is None:
            return  # cameras.yaml does not have it any more
        view = changed(old, **changes)
        state = derive_state(view.phase, view.report, view.incident, view.muted_until)
        if state is not old.state:
            view = replace(view, state=state, since=at)
        self._views[printer] = view
        self._at = max(self._at, at)
        self._note_change(printer)

    def _note_change(self, printer: str) -> None:
        self._version += 1
        self._changed_in.pop(printer, None)  # else it would keep its old place
        self._changed_in[printer] = self._version
        self._changed.notify_all()

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._version, self._at, tuple(self._views.values()))
