"""Finds out who asks, where people have to log in: by a token, a session's cookie, or a screen's."""

from flask import Request

from monitor.access import Access, Identity
from monitor.wall import cookies


class Doorkeeper:
    """The gatekeeper of ``wall.access: log-in``."""

    def __init__(self, access: Access) -> None:
        self._doors = access.doors

    def identify(self, request: Request) -> Identity | None:
        """Return who sends a request; whoever sends a token is nothing else, also when it is not good."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._doors.by_token(token.strip())
        key, screen = cookies.read(request, cookies.SESSION), cookies.read(request, cookies.SCREEN)
        identity = self._doors.by_session(key) if key else None
        if identity is None and screen:
            return self._doors.by_screen(screen)
        return identity
