"""The page on which administrators look after people, screens and tokens.

A secret that was just made is shown in the answer to its form, once: it is kept nowhere, so no other page can show it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, request

from monitor.access import Identity, Link, Person, Right, Role, Screen, Token
from monitor.access.rules import rights_of
from monitor.errors import Refusal, Refused
from monitor.wall.context import current
from monitor.wall.door import visitors
from monitor.wall.door.forms import form_token, is_genuine
from monitor.wall.door.visitors import FORM_OLD, Told
from monitor.wall.gate import needs, who
from monitor.wall.pages import page

TOKEN_LASTS_DAYS = (30, 365)  # offered, beside for ever

blueprint = Blueprint("people", __name__)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once: a link's address, or a token."""

    kind: str
    name: str
    text: str


@blueprint.get("/people")
@needs(Right.ADMINISTER, persons_only=True)
def people() -> Response:
    """Answer with the page."""
    done = request.args.get("done", "")
    return _page(told=Told(f"people.done.{done}", is_bad=False) if done in _ACTIONS else None)


@blueprint.post("/people")
@needs(Right.ADMINISTER, persons_only=True)
def change() -> Response:
    """Do what one of the page's forms asks for."""
    wanted = request.form.get("do", "")
    action = _ACTIONS.get(wanted)
    if action is None or not is_genuine():
        return _page(told=Told(FORM_OLD), status=400)
    try:
        secret = action()
    except Refused as refused:
        return _page(told=Told.of(refused), status=visitors.status_of(refused))
    visitors.access().settle()  # or the page says that it waits
    log.info("people: %s did %s: %s", who().name, wanted, _text("name") or _text("id"))
    return _page(secret=secret) if secret else make_response(redirect(f"/people?done={wanted}", 303))


def _add() -> Secret:
    key = visitors.access().desk.add(_text("name"), _role())
    return Secret("add", visitors.access().desk.person(_text("name")).name, _address(f"/setup?link={key}"))


def _change_role() -> None:
    visitors.access().desk.set_role(_text("name"), _role())


def _remove() -> None:
    visitors.access().desk.remove(_text("name"))


def _reset() -> Secret:
    return Secret("reset", _text("name"), _address(f"/setup?link={visitors.access().desk.reset(_text('name'))}"))


def _end_sessions() -> None:
    visitors.access().desk.end_sessions(_text("name"))


def _make_token() -> Secret:
    rights = [right for right in Right if right in request.form.getlist("scope")]
    days = _text("days")
    token, key = visitors.access().desk.make_token(
        _text("name"), rights, _me(), float(days) if days in map(str, TOKEN_LASTS_DAYS) else None
    )
    return Secret("token", token.name, key)


def _revoke_token() -> None:
    visitors.access().desk.revoke(Token, _text("id"))


def _make_screen() -> Secret:
    screen, key = visitors.access().desk.make_screen(_text("name"), _me())
    return Secret("screen", screen.name, _address(f"/wall?kiosk&screen={key}"))


def _revoke_screen() -> None:
    visitors.access().desk.revoke(Screen, _text("id"))


_ACTIONS: dict[str, Callable[[], Secret | None]] = {
    "add": _add,
    "role": _change_role,
    "remove": _remove,
    "reset": _reset,
    "end": _end_sessions,
    "token": _make_token,
    "revoke-token": _revoke_token,
    "screen": _make_screen,
    "revoke-screen": _revoke_screen,
}


def _text(field: str) -> str:
    return request.form.get(field, "").strip()


def _role() -> Role:
    try:
        return Role(_text("role"))
    except ValueError:
        raise Refused(Refusal.UNKNOWN, "there is no such role") from None


def _me() -> Person:
    return visitors.access().desk.person(who().name)


def _address(path: str) -> str:
    return (current().services.config.current.wall.url or request.host_url.rstrip("/")) + path


def _page(told: Told | None = None, secret: Secret | None = None, status: int = 200) -> Response:
    room, now, me = visitors.access(), current().services.clock.now(), who()
    everybody = room.all(Person)
    tokens = [(token, rights_of(token, everybody.get(token.made_by), now)) for token in room.all(Token).values()]
    values = {
        "told": told,
        "secret": secret,
        "people": sorted(everybody.values(), key=lambda person: person.id),
        "invited": {link.person: link for link in room.all(Link).values()},
        "tokens": sorted(tokens, key=lambda pair: pair[0].name.casefold()),
        "screens": sorted(room.all(Screen).values(), key=lambda screen: screen.name.casefold()),
        "roles": list(Role),
        "scopes": _scopes(me),
        "days": TOKEN_LASTS_DAYS,
        "problem": room.problem,
        "form_token": form_token(),
    }
    response = page(current(), "access/people.html", **values)
    response.status_code = status
    return response


def _scopes(me: Identity) -> list[Right]:
    return [right for right in Right if me.may(right)]
