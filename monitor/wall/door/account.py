"""One's own page: password, language, the browsers in which one is logged in."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, request

from monitor.access import Right
from monitor.access.keys import digest
from monitor.access.rules import holds
from monitor.errors import Refused
from monitor.wall import cookies
from monitor.wall.context import current
from monitor.wall.door import visitors
from monitor.wall.door.forms import form_token, is_genuine
from monitor.wall.door.visitors import FORM_OLD, MISMATCH, Told
from monitor.wall.gate import needs, who
from monitor.wall.language import COOKIE, LANGUAGES
from monitor.wall.pages import COOKIE_LASTS_S, page

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@needs(Right.VIEW, persons_only=True)
def account() -> Response:
    """Answer with the page."""
    done = request.args.get("done", "")
    return _page(Told(f"account.done.{done}", is_bad=False) if done in _ACTIONS else None)


@blueprint.post("/account")
@needs(Right.VIEW, persons_only=True)
def change() -> Response:
    """Do what one of the page's forms asks for."""
    action = _ACTIONS.get(request.form.get("do", ""))
    if action is None or not is_genuine():
        return _page(Told(FORM_OLD), 400)
    try:
        return action()
    except Refused as refused:
        return _page(Told.of(refused), visitors.status_of(refused))


def _change_password() -> Response:
    room, form = visitors.access(), request.form
    if form.get("password") != form.get("again"):
        return _page(Told(MISMATCH), 400)
    room.desk.change_password(who().name, form.get("old", ""), form.get("password", ""))
    person = room.desk.person(who().name)
    return visitors.log_in(_done("password"), room.doors.begin(person, visitors.address(), visitors.browser()))


def _change_language() -> Response:
    language = request.form.get("language", "")
    visitors.access().desk.set_language(who().name, language if language in LANGUAGES else "")
    response = _done("language")
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=COOKIE_LASTS_S, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(COOKIE, samesite="Lax", httponly=True)
    return response


def _end_sessions() -> Response:
    visitors.access().desk.end_sessions(who().name)
    return make_response(redirect("/login", 303))


_ACTIONS: dict[str, Callable[[], Response]] = {
    "password": _change_password,
    "language": _change_language,
    "everywhere": _end_sessions,
}


def _done(what: str) -> Response:
    return make_response(redirect(f"/account?done={what}", 303))


def _page(told: Told | None, status: int = 200) -> Response:
    room, now = visitors.access(), current().services.clock.now()
    person = room.desk.person(who().name)
    sessions = [session for session in room.desk.sessions(person) if holds(session, now)]
    values = {
        "told": told,
        "me": person,
        "sessions": sorted(sessions, key=lambda session: -session.seen_at),
        "this_session": digest(cookies.read(request, cookies.SESSION)),
        "form_token": form_token(),
    }
    response = page(current(), "access/account.html", **values)
    response.status_code = status
    return response
