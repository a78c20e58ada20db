"""What the pages about people share: the room of access itself, who sends a form, and how a refusal is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, request
from werkzeug.exceptions import NotFound

from monitor.access import Access
from monitor.errors import Refusal, Refused
from monitor.wall import cookies
from monitor.wall.context import current

# The first sign that is found counts: browsers claim to be all those that came before them.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip

FORM_OLD, MISMATCH = "form-old", "mismatch"


@dataclass(frozen=True, slots=True)
class Told:
    """What a page tells about the form that was sent: the last part of a key of the words, and its values."""

    key: str
    is_bad: bool = True
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, refused: Refused) -> "Told":
        """Return what is told of a refusal."""
        return cls(f"refused.{refused.reason}", values={"seconds": round(refused.wait_s + 0.5)})


def access() -> Access:
    """Return the room; raises NotFound where nobody has to log in."""
    room = current().services.access
    if room is None:
        raise NotFound("nobody has to log in here: cameras.yaml says wall.access: open")
    return room


def log_in(response: Response, key: str) -> Response:
    """Give a browser its session."""
    cookies.give(request, response, cookies.SESSION, key, cookies.SESSION_LASTS_S)
    return response


def browser() -> str:
    """Return what sends the present request, in words that its owner knows it by."""
    return called(request.headers.get("User-Agent", ""))


def called(user_agent: str) -> str:
    """Return a browser and its system, such as Firefox, Windows; what neither is known of, as it calls itself."""
    names = [next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name) or user_agent


def address() -> str:
    """Return where a request comes from: the proxy's word for it, where one is trusted."""
    return request.remote_addr or ""


def status_of(refused: Refused) -> int:
    """Return the HTTP status of a refusal."""
    return {Refusal.TOO_OFTEN: 429, Refusal.LINK_SPENT: 410, Refusal.WRONG: 403}.get(refused.reason, 400)
