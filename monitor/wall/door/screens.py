"""A TV opens ``/wall?kiosk&screen=SECRET``: it gets a cookie, and goes on to the wall without the secret in sight."""

from urllib.parse import urlencode

from flask import Response, make_response, redirect, request
from werkzeug.exceptions import Forbidden

from monitor.wall import cookies
from monitor.wall.context import current

_PATHS = ("/", "/wall")
_PARAMETER = "screen"


def arrive() -> Response | None:
    """Let a screen in, if the present request is one's. For ``before_request``, ahead of the gate.

    Raises Forbidden when its link is not good any more.
    """
    if request.method != "GET" or request.path not in _PATHS or _PARAMETER not in request.args:
        return None
    room, key = current().services.access, request.args[_PARAMETER]
    if room is not None and room.doors.by_screen(key) is None:
        raise Forbidden("this screen's link is not good any more; an administrator makes another on the page People")
    rest = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != _PARAMETER])
    response = make_response(redirect(f"{request.path}?{rest}" if rest else request.path, 303))
    if room is not None:
        cookies.give(request, response, cookies.SCREEN, key, cookies.SCREEN_LASTS_S)
    return response
