"""What protects the pages: headers on every answer, and no command from a foreign page.

Log-in and roles are not here yet: the wall listens on loopback unless cameras.yaml says otherwise.
"""

from urllib.parse import urlsplit

from flask import Request, Response
from werkzeug.exceptions import Forbidden

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
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def refuse_foreign(request: Request) -> None:
    """Raise Forbidden when a browser says that another site sends this; programs, which say nothing, may pass."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden(f"commands are taken from the wall's own pages ({request.host}), not from {origin}")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("commands are taken from the wall's own pages, not from another site")
