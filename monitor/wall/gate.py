"""The gate before every route: each says which right it needs, and one that says nothing answers nobody."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Request, current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from monitor.access import ANYONE, Identity, Right
from monitor.wall.security import refuse_foreign

View = TypeVar("View", bound=Callable[..., Any])

_SAFE = ("GET", "HEAD", "OPTIONS")
_NEEDS = "vigie_needs"
PUBLIC = "public"


class Gatekeeper(Protocol):
    """Finds out who asks."""

    def identify(self, request: Request) -> Identity | None:
        """Return who sends a request; None when they have not shown it."""


class OpenHouse:
    """Everybody may do everything: ``wall.access: open``."""

    def identify(self, request: Request) -> Identity | None:
        """Return anyone."""
        del request
        return ANYONE


def needs(right: Right) -> Callable[[View], View]:
    """Mark a view function: only who has this right is answered."""
    return _marked(right)


def public(view: View) -> View:
    """Mark a view function: everybody is answered, logged in or not."""
    return _marked(PUBLIC)(view)


def need_of(view: Callable[..., Any] | None) -> Right | str | None:
    """Return what a view function was marked with: a right, ``PUBLIC``, or None for nothing."""
    return getattr(view, _NEEDS, None)


def who() -> Identity:
    """Return who sends the present request; on a public route possibly nobody, who may do nothing."""
    identity: Identity = g.identity
    return identity


def guard(gatekeeper: Gatekeeper) -> None:
    """Let the present request pass, or raise Unauthorized or Forbidden. For ``before_request``."""
    if request.method not in _SAFE:
        refuse_foreign(request)
    identity = gatekeeper.identify(request)
    g.identity = identity or Identity(ANYONE.kind, frozenset())
    if request.endpoint is None or request.endpoint == "static":
        return
    need = need_of(current_app.view_functions[request.endpoint])
    if need == PUBLIC:
        return
    if identity is None:
        raise Unauthorized("log in first: /login, or send a token as Authorization: Bearer ...")
    if not isinstance(need, Right) or not identity.may(need):
        raise Forbidden(f"this needs the right {need or 'of nobody'!s}; {identity.name or 'you'} may not")


def _marked(need: Right | str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _NEEDS, need)
        return view

    return mark
