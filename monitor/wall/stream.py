"""``/stream``: the one response that a wall reads, for as long as it is open. The format: :mod:`monitor.wall.framing`.

The generator is only asked for more when the viewer's buffer has room (see the watermark in
:mod:`monitor.wall.server`), and each time takes the newest from the board. So a slow viewer gets fewer pictures,
never a backlog of old ones, and it holds nobody up but its own thread.
"""

from collections.abc import Iterator

from flask import Blueprint, Response

from monitor.access import Right
from monitor.wall.answers import health_json, problem
from monitor.wall.context import Wall, current
from monitor.wall.gate import needs
from monitor.wall.viewer import CHUNK_BYTES, Viewer

MEDIA_TYPE = "application/vnd.vigie.stream"
PACE_S = 0.1  # states and pictures of a tenth of a second travel together
IDLE_WAIT_S = 0.3  # on a board where nothing happens; also the longest that closing has to wait for us

blueprint = Blueprint("stream", __name__)


@blueprint.get("/stream")
@needs(Right.VIEW)
def stream() -> Response | tuple[Response, int]:
    """Answer with states and pictures until the viewer leaves or the wall is stopped."""
    wall = current()
    if not wall.streams.acquire(blocking=False):
        return problem(503, "too many viewers have a stream open; poll /api/printers and /tile/<printer>.jpg instead")
    response = Response(chunks(wall), mimetype=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
    response.call_on_close(wall.streams.release)
    return response


def chunks(wall: Wall) -> Iterator[bytes]:
    """Yield what a new viewer lacks, whenever it lacks something; ends when the wall is closing."""
    viewer = Viewer(wall.services.board, wall.presenter, wall.version)
    snapshot = wall.services.board.snapshot()
    while not wall.closing.is_set():
        chunk = viewer.next_chunk(snapshot, health_json(wall, snapshot), wall.services.clock.now())
        if chunk:
            yield chunk
        if len(chunk) < CHUNK_BYTES:  # it has everything now
            wall.closing.wait(PACE_S)
            snapshot = wall.services.board.wait(snapshot.version, IDLE_WAIT_S)
        else:
            snapshot = wall.services.board.snapshot()
