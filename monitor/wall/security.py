"""What protects the pages: headers on every answer, no command from a foreign page, no foreign name for this machine.

Who somebody is: :mod:`monitor.wall.doorkeeper`.
"""

from urllib.parse import urlsplit

from flask import Request, Response, request
from werkzeug.exceptions import Forbidden

from monitor.config.values import is_loopback

YEAR_S = 365 * 24 * 3600
BODY_BYTES_AT_MOST = 16 * 1024

# blob: in img-src is for the pictures that came through the stream
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def add_headers(response: Response) -> Response:
    """Set the headers of every answer. What is live is never stored, unless the route said otherwise."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def refuse_foreign(request: Request) -> None:
    """Raise Forbidden when a browser says that another site sends this; programs, which say nothing, may pass."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden(f"commands are taken from the wall's own pages ({request.host}), not from {origin}")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("commands are taken from the wall's own pages, not from another site")


def refuse_foreign_host(request: Request, public_host: str) -> None:
    """Raise Forbidden when the wall is called by another name than this machine's or its public one.

    Where nobody has to log in, a foreign page whose name leads to 127.0.0.1 would otherwise be a page of the wall (DNS
    rebinding).
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if not is_loopback(host) and host != public_host:
        raise Forbidden(
            f"this wall is open to its own machine only, and was called {host or 'by no name'}: "
            "open it as http://127.0.0.1, or name it in wall.url"
        )
