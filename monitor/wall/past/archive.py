"""The past of a printer: scores and states over time, stored frames, and what other settings would have decided.

Times are unix seconds. What is not written yet, the last half minute, comes from the board's memory.
"""

import re
from dataclasses import replace

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable

from monitor.access import Right
from monitor.archive import ArchiveReader
from monitor.board import PrinterView
from monitor.judge import JudgeSettings
from monitor.wall.answers import jpeg
from monitor.wall.api import known_view
from monitor.wall.context import Wall, current
from monitor.wall.described import described, picture_answer
from monitor.wall.gate import needs
from monitor.wall.past.past import Span, series_json, whatif_json
from monitor.wall.query import number
from monitor.wall.shapes.archive import Frames, Series, SeriesQuery, SpanQuery, WhatIf, WhatIfQuery

DAY_S = 86_400.0
SPAN_AT_MOST_S = 400 * DAY_S
POINTS_AT_MOST = 4_000
FRAMES_AT_MOST = 5_000

_TAKEN_AT = re.compile(r"\d{1,11}\.\d{3}")

blueprint = Blueprint("archive", __name__)


@blueprint.get("/api/printers/<printer>/series")
@needs(Right.VIEW)
@described(Series, query=SeriesQuery)
def series(printer: str) -> Response:
    """Answer with the score (least, most and mean of each bucket), states and events of a time; gaps are left out.

    ``threshold`` is the one of now, null for a printer that left cameras.yaml. ``problem`` says why there is only what
    is in memory; empty when there is all.
    """
    wall = current()
    view = _view(wall, printer)
    points = int(number("points", default=600, least=2, most=POINTS_AT_MOST))
    return jsonify(series_json(wall.services, _reader(wall), printer, view, _span(wall), points))


@blueprint.get("/api/printers/<printer>/frames")
@needs(Right.VIEW)
@described(Frames, query=SpanQuery)
def frames(printer: str) -> Response:
    """Answer with the stored frames of a time, oldest first; the newest of them when there are very many."""
    wall = current()
    _view(wall, printer)
    span = _span(wall)
    found = _reader(wall).frames(printer, span.since, span.until, FRAMES_AT_MOST)
    listed = [{"taken_at": kept.taken_at, "score": kept.score, "kept_for": kept.kept_for} for kept in found]
    return jsonify({"from": span.since, "to": span.until, "frames": listed})


@blueprint.get("/frame/<printer>/<taken_at>.jpg")
@needs(Right.VIEW)
@picture_answer()
def frame(printer: str, taken_at: str) -> Response:
    """Answer with a stored frame as the camera sent it: not rotated. It never changes; ``taken_at`` has 3 decimals."""
    found = _reader(current()).frame(printer, float(taken_at)) if _TAKEN_AT.fullmatch(taken_at) else None
    if found is None:
        raise NotFound(f"no frame of {printer!r} at {taken_at!r} is kept; /api/printers/{printer}/frames lists them")
    response = jpeg(found, f"{printer}-{taken_at}", float(taken_at))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@blueprint.get("/api/printers/<printer>/whatif")
@needs(Right.VIEW)
@described(WhatIf, query=WhatIfQuery)
def whatif(printer: str) -> Response:
    """Answer with what the judge would have decided over the last day with other settings, and with those of now.

    ``threshold``, ``fail_after_s`` and ``suspect_after_s`` replace the printer's own. ``unknown`` lists what a replay
    of stored scores cannot know: after-a-pause, camera-bar, gaps, short.
    """
    wall = current()
    view = known_view(wall, printer)
    settings = wall.services.config.printer(printer).settings
    present = JudgeSettings(
        view.threshold,
        settings.suspect_after_s,
        settings.fail_after_s,
        settings.recover_after_s,
        settings.blind_after_s,
    )
    other = replace(
        present,
        threshold=number("threshold", present.threshold, least=0.001, most=0.999),
        fail_after_s=number("fail_after_s", present.fail_after_s, least=0.1, most=3600),
        suspect_after_s=number("suspect_after_s", present.suspect_after_s, least=0.1, most=3600),
    )
    now = wall.services.clock.now()
    return jsonify(whatif_json(_reader(wall), printer, Span(now - DAY_S, now), present, other))


def _view(wall: Wall, printer: str) -> PrinterView | None:
    """Return the view of a printer, None for one that is in the archive only; raises NotFound for all others."""
    if wall.presenter.knows(printer):
        return known_view(wall, printer)
    if wall.services.archive is not None and wall.services.archive.knows(printer):
        return None
    raise NotFound(f"there is no printer {printer!r}, neither in cameras.yaml nor in what is kept of the past")


def _reader(wall: Wall) -> ArchiveReader:
    if wall.services.archive is None:
        raise ServiceUnavailable("nothing is kept over time here")
    return wall.services.archive


def _span(wall: Wall) -> Span:
    """Return the time that is asked for: the last hour, unless ``from`` and ``to`` say otherwise."""
    now = wall.services.clock.now()
    until = number("to", now, least=0.0, most=1e11)
    since = number("from", until - 3600.0, least=0.0, most=1e11)
    if not 0 < until - since <= SPAN_AT_MOST_S:
        raise BadRequest(f"from={since:.0f} and to={until:.0f}: from must be before to, by 400 days at most")
    return Span(since, until)
