"""A printer's settings in cameras.yaml: ``/api/printers/<printer>/settings`` shows them and writes them."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict

from monitor.access import Right
from monitor.config.model import PrinterSettings
from monitor.wall.answers import problem
from monitor.wall.api import known_view
from monitor.wall.bodies import read_body
from monitor.wall.context import current
from monitor.wall.described import Shape, described
from monitor.wall.farm.keeping import keeper, said, seen_version
from monitor.wall.gate import needs, who

SHOWN = (
    "region",
    "mask",
    "threshold",
    "inspect_every_s",
    "suspect_after_s",
    "fail_after_s",
    "on_failure",
    "rotate",
)

blueprint = Blueprint("settings", __name__)


class Settings(Shape):
    """What of a printer's settings a page shows and changes; times are seconds."""

    region: dict[str, float]
    """the part of the picture to look at: x, y, width, height in fractions, after rotation"""
    mask: list[dict[str, float]]
    """parts to leave out, in the same fractions"""
    threshold: float | None
    """null: the model's own"""
    model_threshold: float
    inspect_every_s: float
    suspect_after_s: float
    fail_after_s: float
    on_failure: str
    rotate: int
    name: str


class SettingsWish(PrinterSettings):
    """What is to be changed: any of the keys of the answer; null takes a key out, so that what is inherited holds."""

    model_config = ConfigDict(strict=False)

    name: str = ""
    model_threshold: float | None = None  # may come back as it was sent; nothing is done with it


@blueprint.get("/api/printers/<printer>/settings")
@needs(Right.VIEW)
@described(Settings, headers={"ETag": "the version of the file; send it back as If-Match"})
def settings(printer: str) -> Response:
    """Answer with a printer's settings as they hold now."""
    return _answer(printer)


@blueprint.put("/api/printers/<printer>/settings")
@needs(Right.ADMINISTER)
@described(Settings, body=SettingsWish, also=(409,))
def change(printer: str) -> Response | tuple[Response, int]:
    """Write settings into cameras.yaml, in which all else stays as it is; they hold when the answer comes.

    With If-Match nothing is written when somebody has changed the file since (409).
    """
    known_view(current(), printer)
    wish = read_body(SettingsWish)
    values = _values(wish)
    if not values:
        return problem(400, f"write at least one of {', '.join(SHOWN)}, name")
    refusal = said(lambda: keeper().change(printer, values, who().name, digest=seen_version(request)))
    return refusal or _answer(printer)


def _values(wish: BaseModel) -> dict[str, Any]:
    given = wish.model_dump(mode="json", include=wish.model_fields_set & {*SHOWN, "name"})
    return {key: None if value in (None, "") else value for key, value in given.items()}


def _answer(printer: str) -> Response:
    wall = current()
    known_view(wall, printer)
    configured = wall.services.config.printer(printer)
    shown = configured.settings.model_dump(mode="json", include=set(SHOWN))
    response = jsonify(shown | {"name": configured.name, "model_threshold": wall.services.board.model_threshold})
    if wall.services.keeper is not None:
        response.set_etag(wall.services.keeper.version)
    return response
