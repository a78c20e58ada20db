"""Pictures one by one: the tile and the full frame of a printer, the evidence of an incident."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from monitor.access import Right
from monitor.wall.answers import jpeg
from monitor.wall.api import known_view
from monitor.wall.context import current
from monitor.wall.described import JPEG, described, picture_answer
from monitor.wall.gate import needs

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/tile/<printer>.jpg")
@needs(Right.VIEW)
@picture_answer()
def tile(printer: str) -> Response:
    """Answer with the newest tile, the very bytes that the stream carries."""
    wall = current()
    known_view(wall, printer)
    wall.tiles.look([printer])
    newest = wall.tiles.tile(printer)
    if newest is None:
        raise NotFound(f"no picture of {printer} has been inspected yet")
    return jpeg(newest.jpeg, f"{newest.number}-{newest.taken_at:.3f}", newest.taken_at)


@blueprint.get("/picture/<printer>.jpg")
@needs(Right.VIEW)
@picture_answer()
def picture(printer: str) -> Response:
    """Answer with the newest inspected frame in full, as the camera sent it: not rotated. At a hub with the tile."""
    wall = current()
    known_view(wall, printer)
    newest = wall.services.board.picture(printer)
    if newest is None and wall.services.region is not None:
        return tile(printer)  # all that a hub has
    if newest is None:
        raise NotFound(f"no picture of {printer} has been inspected yet")
    return jpeg(newest.jpeg, f"{newest.number}-{newest.taken_at:.3f}", newest.taken_at)


@blueprint.get("/evidence/<incident>.jpg")
@needs(Right.VIEW)
@described(media=JPEG, has_etag=True)
def evidence(incident: str) -> Response:
    """Answer with the frame on which an incident was decided; it never changes."""
    found = current().services.incidents.evidence(incident)
    if found is None:
        raise NotFound(f"there is no evidence for incident {incident!r}: no such incident, or it is past keep_days")
    response = jpeg(found, incident)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
