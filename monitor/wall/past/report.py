"""The report of a period: page, JSON and CSV."""

import re
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from monitor.access import Right
from monitor.errors import BadPeriod
from monitor.report.csv_text import csv_text
from monitor.report.periods import Period, PeriodKind, day_of
from monitor.report.summary import By, Report
from monitor.report.tables import REPORT_HEAD, report_json, report_rows
from monitor.wall.asking import asked_grams, asked_period, asked_word
from monitor.wall.context import current
from monitor.wall.described import described
from monitor.wall.gate import needs
from monitor.wall.language import choose
from monitor.wall.pages import page
from monitor.wall.past.history import attached
from monitor.wall.past.reporting import report_values, sources_of
from monitor.wall.shapes.reports import Report as ReportShape
from monitor.wall.shapes.reports import ReportQuery

blueprint = Blueprint("report", __name__)


@blueprint.get("/report")
@needs(Right.VIEW)
def report() -> Response:
    """Answer with the report's page."""
    wall = current()
    made = _asked()
    by = asked_word(request.args, "by", By) or By.PRINTER
    today = day_of(made.made_at, made.period.zone)
    return page(
        wall,
        "report.html",
        **report_values(made, by, choose(request)),
        kinds=[kind for kind in PeriodKind if kind is not PeriodKind.CUSTOM],
        beside=_beside(made.period),
        today=today,
        link=_link,
    )


@blueprint.get("/api/report")
@needs(Right.VIEW)
@described(ReportShape, query=ReportQuery)
def api_report() -> Response:
    """Answer with all figures of a period; ``by`` (printer, room, site or class) leaves one of the groupings."""
    by = asked_word(request.args, "by", By)
    return jsonify(report_json(_asked(), (by,) if by else tuple(By)))


@blueprint.get("/api/report.csv")
@needs(Right.VIEW)
@described(media="text/csv", query=ReportQuery)
def report_csv() -> Response:
    """Answer with the figures by printer, room, site or class, and those of all in the last line."""
    by = asked_word(request.args, "by", By) or By.PRINTER
    text = csv_text(REPORT_HEAD, report_rows(_asked(), by))
    return attached(text.encode(), "text/csv; charset=utf-8; header=present", f"vigie-report-by-{by}.csv")


@blueprint.get("/print.css")
@needs(Right.VIEW)
def print_head() -> Response:
    """Answer with the style that puts a text at the head of every printed page: only a style can do so."""
    text = request.args.get("head", "")
    if not re.fullmatch(r"[\w .,:/+·–…-]{0,160}", text):
        raise BadRequest("head: letters, digits, spaces and dashes, 160 at most")
    style = f'@page {{ @top-left {{ content: "{text}"; font: 8pt sans-serif; color: #333; white-space: nowrap; }} }}\n'
    return Response(style, mimetype="text/css")


def _asked() -> Report:
    wall = current()
    now = wall.services.clock.now()
    asked = asked_period(request.args, now)
    return sources_of(wall).report(asked, wall.services.config.current, now, asked_grams(request.args))


def _beside(shown: Period) -> tuple[Period | None, Period | None]:
    """Return the periods before and after; None at the ends of what can be asked for."""
    try:
        before = shown.preceding()
    except BadPeriod:
        before = None
    try:
        return before, shown.following()
    except BadPeriod:
        return before, None


def _link(path: str = "/report", /, **changes: object) -> str:
    """Return an address that asks for the same, with some of it changed; None takes something out."""
    asked = {key: value for key, value in request.args.items() if key != "lang"}
    asked |= {key.rstrip("_"): str(value) for key, value in changes.items() if value is not None}
    for key in [key.rstrip("_") for key, value in changes.items() if value is None]:
        asked.pop(key, None)
    return f"{path}?{urlencode(asked)}"
