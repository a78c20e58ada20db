"""The JSON API that reads: printers, scores, incidents, version, health. Every error is JSON too."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from zlib import crc32

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from monitor.access import Right
from monitor.board import PrinterView
from monitor.incidents.steps import steps_of
from monitor.records import Event, Incident
from monitor.scores import thin_scores
from monitor.wall.answers import health_json, with_etag
from monitor.wall.context import Wall, current
from monitor.wall.described import described
from monitor.wall.gate import needs, public, who
from monitor.wall.present import Json, event, incident
from monitor.wall.query import number
from monitor.wall.shapes.incidents import Incidents, IncidentsQuery
from monitor.wall.shapes.printers import Alive, MonitorHealth, OnePrinter, Printers, Scores, ScoresQuery, Version

INCIDENTS_AT_MOST = 500
CHART_POINTS = 600

blueprint = Blueprint("api", __name__)


def known_view(wall: Wall, printer: str) -> PrinterView:
    """Return the view of a printer; raises NotFound when cameras.yaml does not have it."""
    if not wall.presenter.knows(printer):
        raise NotFound(f"there is no printer {printer!r} in cameras.yaml; /api/printers lists them")
    return wall.services.board.view(printer)


@blueprint.get("/api/printers")
@needs(Right.VIEW)
@described(Printers, headers={"X-Now": "time on the server's clock; also with a 304"}, has_etag=True)
def printers() -> Response:
    """Answer with all printers, as the first message of the stream does; with an ETag for those who poll."""
    wall = current()
    snapshot, now = wall.services.board.snapshot(), wall.services.clock.now()
    health = health_json(wall.services, snapshot)
    content = {
        "at": now,
        "vigie": wall.version,
        "health": health,
        "printers": [wall.presenter.full(view) for view in snapshot.printers],
    }
    etag = f"{wall.instance}-{snapshot.version}-{crc32(repr(health).encode()):x}"
    response = jsonify(content)
    response.headers["X-Now"] = f"{now:.3f}"
    return with_etag(response, etag)


@blueprint.get("/api/printers/<printer>")
@needs(Right.VIEW)
@described(OnePrinter)
def one_printer(printer: str) -> Response:
    """Answer with everything about one printer, and with how the monitor itself is."""
    wall = current()
    view = known_view(wall, printer)
    health = health_json(wall.services, wall.services.board.snapshot())
    return jsonify(at=wall.services.clock.now(), health=health, printer=wall.presenter.full(view))


@blueprint.get("/api/printers/<printer>/scores")
@needs(Right.VIEW)
@described(Scores, query=ScoresQuery)
def scores(printer: str) -> Response:
    """Answer with the score over the last ``minutes``, thinned to the peaks so that a chart can draw it."""
    wall = current()
    view = known_view(wall, printer)
    minutes = number("minutes", default=15.0, least=1.0, most=24 * 60.0)
    now = wall.services.clock.now()
    points = [point for point in wall.services.board.scores(printer) if point[0] >= now - minutes * 60]
    thinned = thin_scores(points, max(0.25, minutes * 60 / CHART_POINTS))
    return jsonify(
        at=now,
        minutes=minutes,
        threshold=view.threshold,
        scores=[[round(at, 2), round(score, 4)] for at, score in thinned],
    )


@blueprint.get("/api/incidents")
@needs(Right.VIEW)
@described(Incidents, query=IncidentsQuery, also=(404,))
def incidents() -> Response:
    """Answer with the newest incidents and what happened in each; ``printer`` and ``limit`` narrow it down.

    ``shadow`` counts the pauses that were withheld in all time, and those of them that people call false alarms.
    """
    wall = current()
    printer = request.args.get("printer")
    if printer is not None:
        known_view(wall, printer)
    limit = int(number("limit", default=50, least=1, most=INCIDENTS_AT_MOST))
    found = wall.services.incidents.incidents(printer, limit)
    return jsonify(
        at=wall.services.clock.now(),
        incidents=[_with_its_life(fact, wall.services.incidents.events(fact.id)) for fact in found],
        shadow=asdict(wall.services.incidents.shadow(printer)),
    )


def _with_its_life(fact: Incident, events: Sequence[Event]) -> Json:
    steps = [asdict(step) for step in steps_of(fact, events)]
    return incident(fact) | {"steps": steps, "events": [event(e) for e in events]}


@blueprint.get("/api/version")
@needs(Right.VIEW)
@described(Version)
def version() -> Response:
    """Answer with the software's version."""
    return jsonify(name="vigie", version=current().version)


@blueprint.get("/health")
@public
@described(MonitorHealth | Alive)
def health() -> Response:
    """Answer 200 as long as the monitor runs; ``status`` is ``degraded`` when it lacks something that it needs.

    What it lacks, and how the printers are, is for those who may look.
    """
    wall = current()
    content = {"version": wall.version} | health_json(wall.services, wall.services.board.snapshot())
    if not (who().may(Right.VIEW) or who().may(Right.METRICS)):
        content = {key: content[key] for key in ("version", "status")}
    return Response(json.dumps(content), mimetype="application/json")
