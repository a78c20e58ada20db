"""Printers are added, changed and removed: the page ``/printers`` and its JSON API, all of it for administrators."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import BadRequest

from monitor.access import Right
from monitor.config.edit import NewPrinter
from monitor.config.edit.table import TEMPLATE, Row, read_table
from monitor.config.faults import Fault
from monitor.errors import ConfigError, ConfigRefused
from monitor.wall.answers import problem
from monitor.wall.api import known_view
from monitor.wall.bodies import read_body
from monitor.wall.context import current
from monitor.wall.described import described
from monitor.wall.farm.keeping import Device, Word, keeper, said, seen_version, sentence
from monitor.wall.farm.listed import Listed, kinds_of
from monitor.wall.farm.trying import tried
from monitor.wall.gate import needs, who
from monitor.wall.pages import page
from monitor.wall.present import Json
from monitor.wall.shapes.farming import Added, Exchanged, Imported, Removed

TABLE_BYTES_AT_MOST = 200_000
blueprint = Blueprint("farming", __name__)


class Wish(BaseModel):
    """A printer to be added; camera and control as cameras.yaml takes them."""

    model_config = ConfigDict(extra="forbid")

    id: Word
    site: Word
    room: Word
    name: Word = ""
    site_name: Word = ""
    room_name: Word = ""
    camera: Device = None
    control: Device = None

    def printer(self) -> NewPrinter:
        """Return the wish as the editor takes it."""
        return NewPrinter(**self.model_dump())


class Wishes(BaseModel):
    """Printers to be added, all or none."""

    model_config = ConfigDict(extra="forbid")

    printers: Annotated[list[Wish], Field(min_length=1, max_length=500)]


class DevicesWish(BaseModel):
    """Another camera, another control, or both: sections of cameras.yaml."""

    model_config = ConfigDict(extra="forbid")

    camera: Device = None
    control: Device = None


@blueprint.get("/printers")
@needs(Right.ADMINISTER)
def printers() -> Response:
    """Answer with the page."""
    context = current()
    config, known = context.services.config.current, context.services.keeper
    lines = _lines() if known is not None else {}
    return page(
        context,
        "printers.html",
        farm=config,
        keeper=known,
        added=[one for one in request.args.getlist("added") if context.services.config.knows(one)],
        removed=request.args.get("removed", ""),
        rows=[Listed.of(one, lines.get(one.id)) for one in config.printers],
        kinds={device: kinds_of(device) for device in ("camera", "control")},
    )


@blueprint.post("/api/printers")
@needs(Right.ADMINISTER)
@described(Added, status=201, body=Wishes, also=(409,))
def add() -> tuple[Response, int]:
    """Write printers into cameras.yaml, all or none; they are watched when the answer comes."""
    wishes = [wish.printer() for wish in read_body(Wishes).printers]
    refusal = said(lambda: keeper().add(wishes, who().name, seen_version(request)))
    return refusal or (jsonify(added=[wish.id for wish in wishes]), 201)


@blueprint.delete("/api/printers/<printer>")
@needs(Right.ADMINISTER)
@described(Removed, also=(409,))
def remove(printer: str) -> Response | tuple[Response, int]:
    """Take a printer out of cameras.yaml; its open incident is closed, and nothing of it is watched any more."""
    known_view(current(), printer)
    return said(lambda: keeper().remove(printer, who().name, seen_version(request))) or jsonify(removed=printer)


@blueprint.put("/api/printers/<printer>/devices")
@needs(Right.ADMINISTER)
@described(Exchanged, body=DevicesWish, also=(409,))
def exchange(printer: str) -> Response | tuple[Response, int]:
    """Write another camera or another control of a printer; it is dialled when the answer comes.

    A secret that is left out stays, as long as the type does: nobody can see it, so nobody has to repeat it.
    """
    known_view(current(), printer)
    wish = read_body(DevicesWish)
    devices = {name: value for name, value in (("camera", wish.camera), ("control", wish.control)) if value}
    if not devices:
        return problem(400, "write camera or control")
    sections = {name: value if isinstance(value, Mapping) else {"type": value} for name, value in devices.items()}
    version = seen_version(request)
    refusal = said(lambda: keeper().change(printer, {}, who().name, sections, version))
    return refusal or jsonify(exchanged=sorted(sections))


@blueprint.get("/api/printers/import.csv")
@needs(Right.ADMINISTER)
@described(media="text/csv")
def template() -> Response:
    """Answer with a table to fill in."""
    headers = {"Content-Disposition": "attachment; filename=printers.csv"}
    return Response(TEMPLATE, mimetype="text/csv", headers=headers)


@blueprint.post("/api/printers/import")
@needs(Right.ADMINISTER)
@described(Imported, also=(409,))
def import_table() -> Response | tuple[Response, int]:
    """Write the printers of a table (the body, CSV) into cameras.yaml, all or none; ``?check=1`` only looks at it.

    Each row is answered with what is wrong with it. ``?try=4`` tries the camera of the table's fourth line, and answers
    as /api/try/camera does: so a table's secrets need not come back to whoever sent it.
    """
    content = request.get_data()
    if len(content) > TABLE_BYTES_AT_MOST:
        raise BadRequest(f"the table has more than {TABLE_BYTES_AT_MOST} bytes")
    try:
        rows = read_table(content)
    except ConfigError as exc:
        return problem(400, str(exc))
    if line := request.args.get("try", type=int):
        return _tried_row(rows, line)
    faults = faults_of(rows)
    is_check = request.args.get("check", "0") not in ("", "0")
    if not is_check and not any(faults.values()):
        refusal = said(lambda: keeper().add([row.printer for row in rows], who().name, seen_version(request)))
        if refusal is not None:
            return refusal
    shown = [_row_json(row, faults[row.line]) for row in rows]
    return jsonify(rows=shown, general=faults[0], written=not is_check and not any(faults.values()))


def faults_of(rows: Sequence[Row]) -> dict[int, list[str]]:
    """Return what is wrong with each row by its line, and under 0 what is wrong with the whole."""
    faults: dict[int, list[str]] = {0: []} | {row.line: list(row.faults) for row in rows}
    if any(faults.values()):
        return faults
    try:
        keeper().check([row.printer for row in rows])
    except ConfigRefused as exc:
        line_of = {row.printer.id: row.line for row in rows}
        for fault in exc.faults:
            if isinstance(fault, Fault):
                printer = fault.where.partition(".printers.")[2].partition(".")[0]
                faults[line_of.get(printer, 0)].append(sentence(fault))
    except ConfigError as exc:
        faults[0].append(str(exc))
    return faults


def _tried_row(rows: Sequence[Row], line: int) -> Response | tuple[Response, int]:
    """Try the camera of a row, with what the defaults of its place and environment variables add to it."""
    row = next((one for one in rows if one.line == line), None)
    if row is None:
        raise BadRequest(f"the table has no printer in line {line}")
    try:
        return jsonify(tried(keeper().check([row.printer]).printer(row.printer.id).camera))
    except ConfigError as exc:
        return problem(400, str(exc))


def _lines() -> Mapping[str, int]:
    try:
        return keeper().lines()
    except ConfigError:
        return {}  # the file has faults now: the page tells them


def _row_json(row: Row, faults: Sequence[str]) -> Json:
    printer = row.printer
    return {
        "line": row.line,
        "id": printer.id,
        "name": printer.name,
        "site": printer.site,
        "room": printer.room,
        "camera": _without_secrets(printer.camera),
        "control": _without_secrets(printer.control),
        "faults": list(faults),
    }


def _without_secrets(device: Mapping[str, Any] | str | None) -> str:
    """Return a camera or control in a few words: its type and where it is."""
    if not isinstance(device, Mapping):
        return "" if device is None else device.rpartition("@")[2] if "@" in device else device
    where = next((str(device[key]) for key in ("url", "host", "device", "instance") if key in device), "")
    return f"{device.get('type', '')} {where.rpartition('@')[2]}".strip()
