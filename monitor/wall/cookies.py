"""The cookies that say who somebody is. Scripts cannot read them, other sites cannot send them along."""

from flask import Request, Response

DAY_S = 24 * 3600
SESSION, SCREEN, FORM = "vigie", "vigie-screen", "vigie-form"
SESSION_LASTS_S = 180 * DAY_S  # longer than a session holds: it then shows still that this browser is no stranger
SCREEN_LASTS_S = 400 * DAY_S  # as long as browsers allow


def read(request: Request, name: str) -> str:
    """Return what a cookie holds; empty when there is none."""
    return request.cookies.get(_full(request, name), "")


def give(request: Request, response: Response, name: str, value: str, lasts_s: int | None = None) -> None:
    """Set a cookie; None: it lasts as long as the browser is open."""
    response.set_cookie(
        _full(request, name), value, max_age=lasts_s, httponly=True, samesite="Lax", secure=request.is_secure
    )


def _full(request: Request, name: str) -> str:
    """Return the name by which a browser knows it.

    Browsers take no heed of ports: two walls on one machine would take each other's cookies. With https, the prefix
    keeps neighbouring names of the domain from planting one (RFC 6265bis, section 4.1.3.2).
    """
    port = request.host.rpartition(":")[2]
    own = f"{name}-{port}" if port.isdecimal() else name
    return f"__Host-{own}" if request.is_secure else own
