"""What a camera has learned from people's verdicts: ``/api/printers/<printer>/learned`` shows it, and can forget it."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound

from monitor.access import Right
from monitor.learning import LASTS_S, holding, taught_by
from monitor.records import Learned, Place, Verdict
from monitor.wall.api import known_view
from monitor.wall.context import Learning, current
from monitor.wall.described import described
from monitor.wall.gate import needs, who
from monitor.wall.present import Json, verdict
from monitor.wall.shapes.verdicts import ForgetQuery, Forgotten
from monitor.wall.shapes.verdicts import Learned as LearnedShape

VERDICTS_AT_MOST = 200
NAME_AT_MOST = 80

blueprint = Blueprint("learned", __name__)


@blueprint.get("/api/printers/<printer>/learned")
@needs(Right.VIEW)
@described(LearnedShape)
def learned(printer: str) -> Response:
    """Answer with the places and the shift of the threshold, and with the verdicts behind them, newest first."""
    wall = current()
    known_view(wall, printer)
    learning = _learning()
    return jsonify(_shown(learning, printer))


@blueprint.delete("/api/printers/<printer>/learned")
@needs(Right.ADMINISTER)
@described(Forgotten, query=ForgetQuery)
def forget(printer: str) -> Response:
    """Withdraw every verdict that has taught this camera anything; they stay in the history.

    Where nobody has to log in, ``?by=`` says who does it.
    """
    wall = current()
    known_view(wall, printer)
    by = who().name or request.args.get("by", "").strip()[:NAME_AT_MOST]
    if not by:
        raise BadRequest("by: say who wants it forgotten")
    learning = _learning()
    withdrawn = learning.forget(printer, by)
    return jsonify(_shown(learning, printer) | {"withdrawn": withdrawn})


def _learning() -> Learning:
    learning = current().services.learning
    if learning is None:
        raise NotFound("nothing is learned here")
    return learning


def _shown(learning: Learning, printer: str) -> Json:
    now_learned, said = learning.learned(printer), learning.verdicts(printer)
    stands = {one.id for one in holding(said)}
    newest = list(reversed(said))[:VERDICTS_AT_MOST]
    return {
        "printer": printer,
        "places": [_place(place) for place in now_learned.places],
        "threshold_shift": now_learned.threshold_shift,
        "lasts_s": LASTS_S,
        "verdicts": [_verdict(one, now_learned, holds=one.id in stands) for one in newest],
    }


def _place(place: Place) -> Json:
    return {
        "x": round(place.x, 4),
        "y": round(place.y, 4),
        "width": round(place.width, 4),
        "height": round(place.height, 4),
        "discount": place.discount,
        "verdicts": list(place.verdicts),
    }


def _verdict(one: Verdict, now_learned: Learned, *, holds: bool) -> Json:
    """Return a verdict, whether it is the one that holds, and what it teaches at present: place, threshold or ""."""
    return verdict(one) | {"holds": holds, "teaches": taught_by(one, now_learned) if holds else ""}
