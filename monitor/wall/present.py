"""Facts as JSON, for the stream, the API and the pages: the one place that names the keys."""

from collections.abc import Callable, Collection
from dataclasses import fields
from operator import attrgetter
from typing import Any

from monitor.board import PrinterView
from monitor.config.live import LiveConfig
from monitor.config.model import Printer
from monitor.incidents.life import NOBODY_LISTENS
from monitor.records import Box, CommonCause, Event, Incident, JobState, PausedBy, State, Verdict
from monitor.wall.attention import Attention, attention

Json = dict[str, Any]

STALE_AFTER_INSPECTIONS = 3.0
STALE_AFTER_AT_LEAST_S = 5.0

_SHOWS_BOXES = frozenset({State.SUSPECT, State.FAILING, State.PAUSING, State.PAUSED, State.PAUSE_FAILED})
_NOT_ON_A_TILE = frozenset({"score", "probability", "evidence_s", "frame_taken_at"})
"""Of a view: what changes with every picture."""

_facts_of_tile: Callable[[PrinterView], tuple[Any, ...]] = attrgetter(
    *(field.name for field in fields(PrinterView) if field.name not in _NOT_ON_A_TILE)
)


class Presenter:
    """Turns views into JSON. What the stream repeats for every viewer is kept until anything of it changes."""

    def __init__(self, config: LiveConfig) -> None:
        self._config = config
        self._kept: dict[str, tuple[tuple[Any, ...], Printer, Json]] = {}

    def knows(self, printer: str) -> bool:
        """Tell whether cameras.yaml has this printer."""
        return self._config.knows(printer)

    def printer(self, printer: str) -> Printer:
        """Return the configuration of a printer; raises KeyError."""
        return self._config.printer(printer)

    def attention(self, view: PrinterView) -> Attention:
        """Return how urgently the printer asks for a person."""
        return attention(view, self.printer(view.id))

    def tile(self, view: PrinterView) -> Json:
        """Return what a tile shows. Leaves out what changes with every picture, so that equal means unchanged."""
        kept, printer, facts = self._kept.get(view.id), self.printer(view.id), _facts_of_tile(view)
        if kept is not None and kept[1] is printer and kept[0] == facts:
            return kept[2]
        shown = self._tile(view)
        self._kept[view.id] = (facts, printer, shown)
        return shown

    def keep_only(self, printers: Collection[str]) -> None:
        """Forget what was kept of printers that are gone."""
        for printer in self._kept.keys() - set(printers):
            self._kept.pop(printer, None)

    def full(self, view: PrinterView) -> Json:
        """Return everything about a printer: the API's answer."""
        return self.tile(view) | {
            "score": view.score,
            "probability": view.probability,
            "threshold": view.threshold,
            "evidence_s": view.evidence_s,
            "frame_taken_at": view.frame_taken_at,
            "boxes": [box(b) for b in view.boxes],
            "rotate": self.printer(view.id).settings.rotate,
        }

    def _tile(self, view: PrinterView) -> Json:
        asks = self.attention(view)
        report = view.report
        return {
            "id": view.id,
            "name": view.name,
            "site": {"id": view.site, "name": view.site_name},
            "room": {"id": view.room, "name": view.room_name},
            "state": view.state,
            "since": view.since,
            "level": asks.level,
            "rank": int(asks.rank),
            "needs_person": asks.needs_person,
            "warnings": list(asks.warnings),
            "health": view.health,
            "camera_problem": view.camera_problem or view.picture_problem,
            "boxes": _tile_boxes(view),
            "job_state": report.state if report else JobState.UNKNOWN,
            "job": report.job if report else None,
            "progress": round(report.progress, 3) if report and report.progress is not None else None,
            "printer_detail": report.detail if report else "",
            "incident": incident(view.incident) if view.incident else None,
            "muted_until": view.muted_until,
            "on_failure": view.on_failure,
            "armed": view.armed,
            "goes_on": view.goes_on,
            "paused_by": report.paused_by if report and report.state is JobState.PAUSED else PausedBy.UNKNOWN,
            "stale_after_s": self._stale_after_s(view),
            "is_known": view.is_known,
            "belongs": view.belonging.belongs,
            "perhaps_shows": view.belonging.perhaps or None,
        }

    def _stale_after_s(self, view: PrinterView) -> float:
        settings = self.printer(view.id).settings
        rests = view.report is not None and view.report.state is JobState.IDLE
        every_s = settings.idle_every_s if rests else settings.inspect_every_s
        return max(STALE_AFTER_AT_LEAST_S, STALE_AFTER_INSPECTIONS * every_s)


def box(where: Box) -> Json:
    """Return a box; x, y, width, height in fractions of the upright picture."""
    return {
        "class": where.failure_class,
        "x": round(where.x, 4),
        "y": round(where.y, 4),
        "width": round(where.width, 4),
        "height": round(where.height, 4),
        "score": round(where.score, 3),
    }


def incident(fact: Incident) -> Json:
    """Return an incident with its decision."""
    return {
        "id": fact.id,
        "site": fact.site,
        "printer": fact.printer,
        "opened_at": fact.opened_at,
        "closed_at": fact.closed_at,
        "class": fact.failure_class,
        "score": fact.score,
        "boxes": [box(b) for b in fact.boxes],
        "status": fact.status,
        "action": fact.action,
        "acknowledged_by": fact.acknowledged_by,
        "detail": fact.detail,
        "is_heard": fact.detail != NOBODY_LISTENS,
        "job": fact.job,
        "acts_at": fact.acts_at,
        "cause": cause(fact.cause) if fact.cause else None,
        "model_sha256": fact.model_sha256,
        "parameters": dict(fact.parameters),
    }


def cause(fact: CommonCause) -> Json:
    """Return what many printers' alarms have in common; the page puts it into words."""
    groups = [{"kind": group.kind, "name": group.name} for group in fact.groups]
    return {"groups": groups, "alarms": fact.alarms, "of": fact.of, "news": fact.news}


def event(fact: Event) -> Json:
    """Return an event."""
    return {"id": fact.id, "at": fact.at, "kind": fact.kind, "incident": fact.incident, "detail": fact.detail}


def verdict(fact: Verdict) -> Json:
    """Return what a person has said about a picture."""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "by": fact.by,
        "at": fact.at,
        "frame_taken_at": fact.frame_taken_at,
        "score": fact.score,
        "boxes": [box(b) for b in fact.boxes],
        "class": fact.failure_class,
        "incident": fact.incident,
        "reason": fact.reason,
        "withdrawn_by": fact.withdrawn_by,
        "withdrawn_at": fact.withdrawn_at,
    }


def _tile_boxes(view: PrinterView) -> list[Json]:
    """Return where the failure is seen: in the newest picture, or where it was decided while the newest shows none."""
    if view.state not in _SHOWS_BOXES:
        return []
    return [box(b) for b in view.boxes or (view.incident.boxes if view.incident else ())]
