"""The check of a room after cleaning: ``POST /api/rooms/<site>/<room>/touched`` says that its cameras were touched."""

from typing import Annotated

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, StringConstraints
from werkzeug.exceptions import BadRequest, NotFound

from monitor.access import Right
from monitor.errors import VigieError
from monitor.records import PersonCommand, PersonCommandKind, Reception
from monitor.wall.answers import problem
from monitor.wall.bodies import read_body
from monitor.wall.context import current
from monitor.wall.described import described
from monitor.wall.gate import needs, who
from monitor.wall.region import NotAnswered
from monitor.wall.shapes.printers import Touched

blueprint = Blueprint("checking", __name__)


class Sayer(BaseModel):
    """The body of a request; ``by`` is needed where nobody has to log in."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


@blueprint.post("/api/rooms/<site>/<room>/touched")
@needs(Right.ACT)
@described(Touched, status=202, body=Sayer, also=(504,))
def touched(site: str, room: str) -> tuple[Response, int]:
    """Have all cameras of a room checked anew: what was known of which printer each shows is forgotten.

    For the next hours somebody is asked about them sooner than usual. Nothing else changes: every printer is watched
    and paused as before.
    """
    services = current().services
    by = who().name or read_body(Sayer).by
    if not by:
        raise BadRequest("by: say who asks")
    printers = [view.id for view in services.board.snapshot().printers if (view.site, view.room) == (site, room)]
    if not printers:
        raise NotFound(f"no printer stands in room {room} of site {site}")
    checked = []
    for printer in printers:
        command = PersonCommand(printer, PersonCommandKind.CAMERA_TOUCHED, by, services.clock.now())
        try:
            answer = services.act(command)
        except NotAnswered as unknown:
            return problem(504, f"{printer} was not answered: {unknown}", unknown.reason)
        except VigieError as refused:
            return problem(503, f"{printer} could not be asked: {refused}")
        if answer is None or answer.reception is Reception.TAKEN:
            checked.append(printer)
    return jsonify({"site": site, "room": room, "printers": checked}), 202
