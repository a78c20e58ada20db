"""The gate before every route: each says which right it needs, and one that says nothing answers nobody."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Request, current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from monitor.access import ANYONE, Identity, IdentityKind, Right
from monitor.wall.security import refuse_foreign, refuse_foreign_host

View = TypeVar("View", bound=Callable[..., Any])

_SAFE = ("GET", "HEAD", "OPTIONS")
_NEEDS = "vigie_needs"
_PERSONS_ONLY = "vigie_persons_only"
PUBLIC = "public"


class Gatekeeper(Protocol):
    """Finds out who asks."""

    def identify(self, request: Request) -> Identity | None:
        """Return who sends a request; None when they have not shown it."""


class OpenHouse:
    """Everybody who is on this machine may do everything: ``wall.access: open``."""

    def __init__(self, public_host: str = "") -> None:
        """``public_host``: by which name the wall is called too, beside those of this machine."""
        self._public_host = public_host

    def identify(self, request: Request) -> Identity | None:
        """Return anyone; raises Forbidden when the wall is called by a name that only a foreign page can know."""
        refuse_foreign_host(request, self._public_host)
        return ANYONE


def needs(right: Right, *, persons_only: bool = False) -> Callable[[View], View]:
    """Mark a view function: only who has this right is answered.

    ``persons_only``: and has logged in; a token, a screen, or anyone at an open wall is refused, whatever their rights.
    """

    def mark(view: View) -> View:
        setattr(view, _NEEDS, right)
        setattr(view, _PERSONS_ONLY, persons_only)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view function: everybody is answered, logged in or not."""
    setattr(view, _NEEDS, PUBLIC)
    return view


def need_of(view: Callable[..., Any] | None) -> Right | str | None:
    """Return what a view function was marked with: a right, ``PUBLIC``, or None for nothing."""
    return getattr(view, _NEEDS, None)


def is_for_persons_only(view: Callable[..., Any] | None) -> bool:
    """Tell whether a view function answers only those who have logged in."""
    return bool(getattr(view, _PERSONS_ONLY, False))


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
    view = current_app.view_functions[request.endpoint]
    need = need_of(view)
    if need == PUBLIC:
        return
    if identity is None:
        raise Unauthorized("log in first: /login, or send a token as Authorization: Bearer ...")
    if not isinstance(need, Right) or not identity.may(need):
        raise Forbidden(f"this needs the right {need or 'of nobody'!s}; {identity.name or 'you'} may not")
    if is_for_persons_only(view) and identity.kind is not IdentityKind.PERSON:
        raise Forbidden("this is for people who have logged in")
