"""``/stream``: the one response that a wall reads as long as it is open. The format: :mod:`monitor.wall.feed.framing`.

A viewer gets its next chunk when the last one has reached its machine, not before: then the newest is taken from the
board. So a slow viewer gets fewer pictures, never a backlog of old ones, and it holds nobody up but its own thread.
"""

import time
from collections.abc import Iterator
from typing import Annotated

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from werkzeug.exceptions import NotFound

from monitor.access import Right
from monitor.wall.answers import problem
from monitor.wall.bodies import read_body
from monitor.wall.context import Wall, current
from monitor.wall.described import described
from monitor.wall.feed.outlet import Outlet, outlet_of
from monitor.wall.feed.viewer import Viewer
from monitor.wall.gate import needs
from monitor.wall.shapes.printers import Shown, States

MEDIA_TYPE = "application/vnd.vigie.stream"

PACE_S = 0.1
"""States and pictures of a tenth of a second travel together: fewer sends, and all viewers share what is encoded."""

CATCH_UP_S = 0.01  # between two chunks for a viewer that lacks more
GIVE_UP_S = 60.0  # a connection on which nothing moves for so long is dead

LOOK_EVERY_S = 1.0  # how often a stream says for whom it wants tiles

VISIBLE_AT_MOST = 2000

blueprint = Blueprint("stream", __name__)


class Showing(BaseModel):
    """What a viewer shows."""

    model_config = ConfigDict(extra="forbid")

    visible: Annotated[list[Annotated[str, StringConstraints(max_length=80)]], Field(max_length=VISIBLE_AT_MOST)]


@blueprint.get("/stream")
@needs(Right.VIEW)
@described(media=MEDIA_TYPE, messages={"states": States})
def stream() -> Response | tuple[Response, int]:
    """Answer with states and pictures until the viewer leaves or the wall is stopped.

    One response carries the whole farm as a sequence of messages: a head of 5 bytes (length of the body, big-endian,
    and kind, 0x4A states or 0x54 tile) and the body. monitor/wall/feed/framing.py describes both bodies.
    """
    wall = current()
    viewer = Viewer(wall.version)
    if not wall.audience.enter(viewer):
        return problem(503, "too many viewers have a stream open; poll /api/printers and /tile/<printer>.jpg instead")
    response = Response(
        chunks(wall, viewer, outlet_of(request)), mimetype=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"}
    )
    response.call_on_close(lambda: wall.audience.leave(viewer))
    return response


@blueprint.post("/api/viewers/<viewer>")
@needs(Right.VIEW)
@described(Shown, body=Showing)
def show(viewer: str) -> Response:
    """Take in which tiles a viewer shows: from now on its stream carries pictures of these printers only.

    ``viewer`` is the id in the first states message of that very stream; nobody else knows it. Until it says anything,
    all tiles are taken for visible. A printer that cameras.yaml does not have is left out: it may have gone just now.
    """
    wall = current()
    found = wall.audience.find(viewer)
    if found is None:
        raise NotFound("no stream with this id is open; the id is in the first states message of a stream")
    visible = [printer for printer in read_body(Showing).visible if wall.presenter.knows(printer)]
    found.show(visible)
    wall.tiles.look(visible)
    return jsonify(visible=sorted(set(visible)))


def chunks(wall: Wall, viewer: Viewer, outlet: Outlet, give_up_s: float = GIVE_UP_S) -> Iterator[bytes]:
    """Yield what a viewer lacks, whenever it lacks something and the way to it is free; ends when the wall closes."""
    handed_over_at: float | None = None  # of a chunk that is under way, monotonic
    looked_at = float("-inf")
    while outlet.connected and not wall.closing.is_set():
        if handed_over_at is not None:
            under_way_s = time.monotonic() - handed_over_at
            if outlet.unsent_bytes():
                if under_way_s > give_up_s:
                    outlet.drop()
                    return
                wall.closing.wait(PACE_S)
                continue
            viewer.took(under_way_s)
            handed_over_at = None
        now = wall.services.clock.now()
        if now - looked_at >= LOOK_EVERY_S:
            looked_at = now
            _look(wall, viewer)
        chunk = viewer.next_chunk(wall.press.latest(now), now)
        if chunk:
            handed_over_at = time.monotonic()
            wall.audience.sent(len(chunk))
            yield chunk
        wall.closing.wait(_until_next_tick_s() if viewer.has_it_all else CATCH_UP_S)


def _look(wall: Wall, viewer: Viewer) -> None:
    """Say for whom tiles are wanted."""
    if viewer.visible is None:
        wall.tiles.look_at_all()
    else:
        wall.tiles.look(viewer.visible)


def _until_next_tick_s() -> float:
    """Return the rest of this tenth of a second: viewers that wake together share an edition."""
    return PACE_S - time.monotonic() % PACE_S
