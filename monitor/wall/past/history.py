"""The pages and the API of the past: which incidents there were, and the record of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from monitor.access import Right
from monitor.errors import BadFrame
from monitor.history import Story
from monitor.jpeg import read_headers
from monitor.records import EventKind, FailureClass
from monitor.report.charts import scores_around
from monitor.report.csv_text import csv_text
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.periods import machine_zone
from monitor.report.record import Known, checksum, filed, record_of
from monitor.report.summary import told_apart, whereabouts
from monitor.report.tables import INCIDENT_HEAD, incident_rows, story_json
from monitor.wall.answers import jpeg
from monitor.wall.asking import Filters, Judged, asked_filters, asked_page
from monitor.wall.context import Wall, current
from monitor.wall.described import JPEG, described
from monitor.wall.gate import needs
from monitor.wall.language import choose, translate
from monitor.wall.pages import page
from monitor.wall.past.reporting import sources_of
from monitor.wall.past.showing import Shown
from monitor.wall.past.thumbnail import thumbnail
from monitor.wall.shapes.reports import History, HistoryQuery, IncidentFile

A_PAGE = 50

blueprint = Blueprint("history", __name__)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the incidents that somebody asked for."""

    filters: Filters
    total: int
    outcomes: Mapping[Outcome, int]  # of all pages
    number: int
    pages: int
    stories: Sequence[Story]


@blueprint.get("/history")
@needs(Right.VIEW)
def history() -> Response:
    """Answer with the page of incidents."""
    wall = current()
    found = _found(wall)
    config = wall.services.config.current
    places = whereabouts(config)
    return page(
        wall,
        "history.html",
        found=found,
        shown=Shown(choose(request), found.filters.period.zone),
        places=places,
        names=told_apart(places, attrgetter("name")),
        rooms={f"{site.id}/{room.id}": (site.name, room.name) for site in config.sites for room in site.rooms},
        sites=config.sites,
        classes=FailureClass,
        all_outcomes=Outcome,
        judged=Judged,
        outcome_of=outcome_of,
        query=_query_without("page"),
    )


@blueprint.get("/api/history")
@needs(Right.VIEW)
@described(History, query=HistoryQuery)
def api_history() -> Response:
    """Answer with a page of incidents: period, printer, room, site, class and outcome narrow it down."""
    found = _found(current())
    return jsonify(
        total=found.total,
        page=found.number,
        pages=found.pages,
        zone=found.filters.period.zone,
        outcomes=found.outcomes,
        incidents=[story_json(story) for story in found.stories],
    )


@blueprint.get("/api/incidents.csv")
@needs(Right.VIEW)
@described(media="text/csv", query=HistoryQuery)
def incidents_csv() -> Response:
    """Answer with all incidents that the filters leave, as RFC 4180 CSV in UTF-8."""
    wall = current()
    filters = asked_filters(request.args, wall.services.clock.now())
    config = wall.services.config.current
    stories = [s for s in sources_of(wall).stories(filters.narrowing(config)) if filters.keeps(s)]
    text = csv_text(INCIDENT_HEAD, incident_rows(stories, whereabouts(config)))
    return attached(text.encode(), "text/csv; charset=utf-8; header=present", "vigie-incidents.csv")


@blueprint.get("/incident/<incident>")
@needs(Right.VIEW)
def incident(incident: str) -> Response:
    """Answer with the page of one incident: its whole record, for people and for paper."""
    wall = current()
    known = _known(wall, incident)
    record = record_of(known)
    language, zone = choose(request), request.args.get("zone") or machine_zone()
    return page(
        wall,
        "incident.html",
        known=known,
        record=record,
        checksum=checksum(record),
        shown=Shown(language, zone),
        parameters=sorted(known.incident.parameters.items(), key=lambda item: "threshold" not in item[0]),
        view_box=_view_box(known),
        chart=_chart(known, language),
        made_at=wall.services.clock.now(),
        site_wall=_site_wall(wall, known.incident.printer),
    )


@blueprint.get("/api/incidents/<incident>")
@needs(Right.VIEW)
@described(IncidentFile)
def incident_file(incident: str) -> Response:
    """Answer with the record of one incident as a file: checksum and evidence picture are in it."""
    known = _known(current(), incident)
    return attached(
        filed(record_of(known), known.evidence), "application/json", f"vigie-incident-{known.incident.id}.json"
    )


@blueprint.get("/evidence/<incident>/small.jpg")
@needs(Right.VIEW)
@described(media=JPEG, has_etag=True)
def small_evidence(incident: str) -> Response:
    """Answer with a small upright picture of the evidence, boxes drawn on it; it never changes."""
    wall = current()
    fact, evidence = sources_of(wall).evidence(incident)
    if fact is None or evidence is None:
        raise NotFound(f"there is no evidence for incident {incident[:60]!r}")
    known = wall.services.config.knows(fact.printer)
    rotate = wall.services.config.printer(fact.printer).settings.rotate if known else 0
    try:
        response = jpeg(thumbnail(evidence, rotate, fact.boxes), f"{fact.id}-{rotate}")
    except BadFrame as exc:
        raise NotFound(str(exc)) from exc
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def attached(content: bytes, kind: str, name: str) -> Response:
    """Return a file to be saved."""
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _found(wall: Wall) -> Found:
    filters, number = asked_filters(request.args, wall.services.clock.now()), asked_page(request.args)
    stories = [s for s in sources_of(wall).stories(filters.narrowing(wall.services.config.current)) if filters.keeps(s)]
    counts = Counter(outcome_of(story) for story in stories)
    pages = max(1, -(-len(stories) // A_PAGE))
    number = min(number, pages)
    shown = stories[(number - 1) * A_PAGE : number * A_PAGE]
    return Found(filters, len(stories), {o: counts[o] for o in Outcome}, number, pages, shown)


def _known(wall: Wall, incident: str) -> Known:
    known = sources_of(wall).known(incident, wall.services.config.current)
    if known is None:
        raise NotFound(f"there is no incident {incident[:60]!r}: /history lists them; they are kept for keep_days")
    return known


def _site_wall(wall: Wall, printer: str) -> str:
    """Return where the record lies with all that a hub has not; empty where that is here, or nobody knows."""
    site = wall.services.region.site_of(printer) if wall.services.region is not None else None
    return site.wall if site is not None else ""


def _view_box(known: Known) -> tuple[int, int]:
    """Return width and height of the evidence as the camera sent it, in pixels; (0, 0) where there is none."""
    try:
        headers = read_headers(known.evidence) if known.evidence else None
    except BadFrame:
        return 0, 0
    return (headers.width, headers.height) if headers else (0, 0)


def _chart(known: Known, language: str) -> Markup | None:
    if len(known.scores) < 2:
        return None

    def t(key: str, **values: object) -> str:
        return translate(language, key, **values)

    opened_at = known.incident.opened_at
    marks = {t("event.incident.opened"): opened_at}
    if known.suspected_at is not None:
        marks[t("event.suspected")] = known.suspected_at
    for event in known.events:
        if event.kind is EventKind.PAUSE_CONFIRMED:
            marks.setdefault(t("event.pause.confirmed"), event.at)
    threshold = known.incident.parameters.get("threshold")
    return Markup(scores_around(known.scores, opened_at, threshold, marks, t))  # noqa: S704  # escaped by the drawing


def _query_without(name: str) -> str:
    """Return the present query without one of its keys, to be continued."""
    return urlencode([(key, value) for key, value in request.args.items(multi=True) if key not in (name, "lang")])
