"""What people ask for: ``POST /api/printers/<printer>/commands``. Checked here, done by the application's ``act``.

    {"kind": "acknowledge" | "unacknowledge" | "confirm" | "false_alarm" | "missed" | "withdraw" | "resume" | "pause"
             | "let_print" | "arm" | "disarm" | "mute" | "camera_right" | "camera_put_right" | "camera_touched",
     "by": "name", "minutes": 30, "reason": "...", "incident": "id", "verdict": "id", "frame_taken_at": 1234.5}

``camera_right`` and ``camera_put_right`` answer whether a camera shows another printer; ``camera_touched`` has it
checked anew (``POST /api/rooms/<site>/<room>/touched``: those of a room).

``by`` counts only where nobody has to log in: who is logged in is known by name. ``minutes`` belongs to mute, and mute
needs it (0 ends a mute); ``reason`` may be left out. A word that names an ``incident`` is about that one and no other;
``missed`` needs ``frame_taken_at``, the second of a stored picture; ``withdraw`` takes a ``verdict`` back, or the
newest that stands on an ``incident``.

202: taken, not yet done; ``reception`` is ``known`` when it was so already, ``verdict`` is what holds now, and
``overruled`` what had held until then (two people may differ: both words stay in the history, the later one holds).
504, only at a hub: the site has not answered, and nobody knows whether it is done; ``reason`` says why.
404: there is no such incident, verdict or picture. 409: it does not fit what is the case now; ``detail`` says why.
Only JSON from our own origin is taken: a form or a page elsewhere can neither set this content type nor hide where it
comes from (see :func:`monitor.wall.gate.guard`).
"""

from typing import Annotated

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from werkzeug.exceptions import BadRequest

from monitor.access import Right
from monitor.errors import VigieError
from monitor.records import Answer, PersonCommand, PersonCommandKind, Reception
from monitor.wall.answers import problem
from monitor.wall.api import known_view
from monitor.wall.bodies import read_body
from monitor.wall.context import current
from monitor.wall.described import described
from monitor.wall.gate import needs, who
from monitor.wall.present import Json, verdict
from monitor.wall.region import NotAnswered
from monitor.wall.shapes.verdicts import Taken

MUTE_MINUTES_AT_MOST = 7 * 24 * 60
ID_LENGTH = 80

_STATUS = {Reception.REFUSED: 409, Reception.NOT_FOUND: 404}

blueprint = Blueprint("commands", __name__)


class Wish(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    kind: PersonCommandKind
    by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    minutes: Annotated[float, Field(ge=0, le=MUTE_MINUTES_AT_MOST, allow_inf_nan=False)] | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    incident: Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH)] | None = None
    verdict: Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH)] | None = None
    frame_taken_at: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def minutes_belong_to_mute(self) -> "Wish":
        """A mute without end is a printer nobody watches; minutes elsewhere are a misunderstanding."""
        if (self.kind is PersonCommandKind.MUTE) != (self.minutes is not None):
            raise ValueError("minutes are needed for mute, and for nothing else")
        return self

    @model_validator(mode="after")
    def what_it_is_about(self) -> "Wish":
        """A picture belongs to what was missed in it, a verdict to its withdrawal."""
        if (self.kind is PersonCommandKind.MISSED) != (self.frame_taken_at is not None):
            raise ValueError("frame_taken_at is needed for missed, and for nothing else")
        if self.verdict is not None and self.kind is not PersonCommandKind.WITHDRAW:
            raise ValueError("verdict is for withdraw only")
        if self.kind is PersonCommandKind.WITHDRAW and self.verdict is None and self.incident is None:
            raise ValueError("withdraw needs a verdict or an incident")
        return self


@blueprint.post("/api/printers/<printer>/commands")
@needs(Right.ACT)
@described(Taken, status=202, body=Wish, also=(409, 504))
def command(printer: str) -> tuple[Response, int]:
    """Take a person's command for a printer."""
    wall = current()
    known_view(wall, printer)
    wish = read_body(Wish)
    by = who().name or wish.by
    if not by:
        raise BadRequest("by: say who asks")
    wanted = PersonCommand(
        printer,
        wish.kind,
        by,
        wall.services.clock.now(),
        wish.minutes,
        wish.reason,
        wish.incident,
        wish.verdict,
        wish.frame_taken_at,
    )
    try:
        answer = wall.services.act(wanted) or Answer(Reception.TAKEN)
    except NotAnswered as unknown:
        return problem(504, f"{wish.kind} for {printer} was not answered: {unknown}", unknown.reason)
    except VigieError as refused:
        return problem(503, f"{wish.kind} could not be taken for {printer}: {refused}")
    if answer.reception in _STATUS:
        return problem(_STATUS[answer.reception], f"{wish.kind} for {printer}: {answer.detail}")
    return jsonify(_told(wanted, answer)), 202


def _told(wanted: PersonCommand, answer: Answer) -> Json:
    return {
        "accepted": True,
        "printer": wanted.printer,
        "kind": wanted.kind,
        "reception": answer.reception,
        "detail": answer.detail,
        "verdict": verdict(answer.verdict) if answer.verdict else None,
        "overruled": verdict(answer.overruled) if answer.overruled else None,
    }
