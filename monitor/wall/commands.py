"""What people ask for: ``POST /api/printers/<printer>/commands``. Checked here, done by the application's ``act``.

    {"kind": "acknowledge" | "false_alarm" | "resume" | "pause" | "let_print" | "arm" | "disarm" | "mute",
     "by": "name", "minutes": 30, "reason": "..."}

``by`` counts only where nobody has to log in: who is logged in is known by name. ``minutes`` belongs to mute, and mute
needs it (0 ends a mute); ``reason`` may be left out. The answer is 202: accepted, not yet done.
Only JSON from our own origin is taken: a form or a page elsewhere can neither set this content type nor hide where it
comes from (see :func:`monitor.wall.gate.guard`).
"""

from typing import Annotated

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from monitor.access import Right
from monitor.errors import VigieError
from monitor.records import PersonCommand, PersonCommandKind
from monitor.wall.answers import problem
from monitor.wall.api import known_view
from monitor.wall.context import current
from monitor.wall.gate import needs, who

MUTE_MINUTES_AT_MOST = 7 * 24 * 60

blueprint = Blueprint("commands", __name__)


class Wish(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    kind: PersonCommandKind
    by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    minutes: Annotated[float, Field(ge=0, le=MUTE_MINUTES_AT_MOST, allow_inf_nan=False)] | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    @model_validator(mode="after")
    def minutes_belong_to_mute(self) -> "Wish":
        """A mute without end is a printer nobody watches; minutes elsewhere are a misunderstanding."""
        if (self.kind is PersonCommandKind.MUTE) != (self.minutes is not None):
            raise ValueError("minutes are needed for mute, and for nothing else")
        return self


@blueprint.post("/api/printers/<printer>/commands")
@needs(Right.ACT)
def command(printer: str) -> tuple[Response, int]:
    """Take a person's command for a printer."""
    wall = current()
    known_view(wall, printer)
    wish = _wish()
    by = who().name or wish.by
    if not by:
        raise BadRequest("by: say who asks")
    try:
        wall.services.act(PersonCommand(printer, wish.kind, by, wall.services.clock.now(), wish.minutes, wish.reason))
    except VigieError as refused:
        return problem(503, f"{wish.kind} could not be taken for {printer}: {refused}")
    return jsonify(accepted=True, printer=printer, kind=wish.kind), 202


def _wish() -> Wish:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(f"send application/json, not {request.mimetype or 'nothing'}")
    try:
        return Wish.model_validate_json(request.get_data())
    except ValidationError as wrong:
        raise BadRequest("; ".join(_sentence(error["loc"], error["msg"]) for error in wrong.errors())) from None


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in where)}: {message}" if where else message
