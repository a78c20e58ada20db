"""The pages that everybody may open: log in, and the one-time links by which people choose their password.

A link is used up by its form alone: a mail filter or a messenger that only opens it takes nothing away.
"""

import re
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, make_response, redirect, request

from monitor.access import IdentityKind, Person
from monitor.errors import Refused
from monitor.wall import cookies
from monitor.wall.context import current
from monitor.wall.door import visitors
from monitor.wall.door.forms import form_token, is_genuine
from monitor.wall.door.visitors import FORM_OLD, MISMATCH, Told
from monitor.wall.gate import public, who
from monitor.wall.language import COOKIE
from monitor.wall.pages import COOKIE_LASTS_S, page

blueprint = Blueprint("login", __name__)


def own_path(text: str) -> str:
    """Return where to go after the log-in: a path of ours, whatever a link asks for."""
    parts = urlsplit(text) if re.fullmatch(r"/[^/\\\s\x00-\x1f][^\\\s\x00-\x1f]*", text) else None
    if parts is None or parts.scheme or parts.netloc or parts.path in ("/login", "/logout", "/setup"):
        return "/"
    return text


def to_login() -> Response:
    """Send a browser to the log-in, and from there back to where it is now."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return make_response(redirect(f"/login?next={quote(own_path(here))}", 303))


@blueprint.get("/login")
@public
def login() -> Response:
    """Answer with the log-in; who has logged in already goes on."""
    visitors.access()
    if who().kind is IdentityKind.PERSON:
        return make_response(redirect(own_path(request.args.get("next", "")), 303))
    return _login_page()


@blueprint.post("/login")
@public
def enter() -> Response:
    """Log somebody in."""
    doors, key = visitors.access().doors, cookies.read(request, cookies.SESSION)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if not is_genuine():
        return _login_page(Told(FORM_OLD), 400, name)
    try:
        fresh = doors.log_in(name, password, visitors.address(), visitors.browser(), key)
    except Refused as refused:
        response = _login_page(Told.of(refused), visitors.status_of(refused), name)
        if refused.wait_s:
            response.headers["Retry-After"] = f"{refused.wait_s + 0.5:.0f}"
        return response
    return _welcome(fresh, own_path(request.form.get("next", "")))


@blueprint.post("/logout")
@public
def leave() -> Response:
    """End the session. The cookie stays: it shows from now on only that this browser is no stranger."""
    visitors.access().doors.log_out(cookies.read(request, cookies.SESSION))
    return make_response(redirect("/login", 303))


@blueprint.get("/setup")
@public
def setup() -> Response:
    """Answer with the form of a one-time link."""
    visitors.access()
    return _setup_page(request.args.get("link", ""))


@blueprint.post("/setup")
@public
def choose() -> Response:
    """Use a one-time link up: make the first administrator, or give its person their password; and log them in."""
    room, key, form = visitors.access(), request.form.get("link", ""), request.form
    if not is_genuine():
        return _setup_page(key, Told(FORM_OLD), 400)
    if form.get("password") != form.get("again"):
        return _setup_page(key, Told(MISMATCH), 400)
    try:
        person = room.desk.use_link(key, form.get("name", ""), form.get("password", ""))
        fresh = room.doors.begin(person, visitors.address(), visitors.browser(), cookies.read(request, cookies.SESSION))
    except Refused as refused:
        return _setup_page(key, Told.of(refused), visitors.status_of(refused))
    return _welcome(fresh, "/")


def _login_page(told: Told | None = None, status: int = 200, name: str = "") -> Response:
    onward = own_path(request.values.get("next", ""))
    is_set_up = visitors.access().desk.is_set_up
    values = {
        "told": told,
        "name": name,
        "next": onward,
        "query": {"next": onward},
        "is_set_up": is_set_up,
        "form_token": form_token(),
    }
    response = page(current(), "access/login.html", **values)
    response.status_code = status
    return response


def _setup_page(key: str, told: Told | None = None, status: int = 200) -> Response:
    room, person = visitors.access(), None
    try:
        link = room.desk.link(key)
        person = room.all(Person).get(link.person)
    except Refused as refused:
        link, told, status = None, Told.of(refused), visitors.status_of(refused)
    values = {
        "told": told,
        "link": link,
        "key": key,
        "query": {"link": key},
        "person_of_link": person,
        "name": request.form.get("name", ""),
    }
    response = page(current(), "access/setup.html", form_token=form_token(), **values)
    response.status_code = status
    return response


def _welcome(key: str, onward: str) -> Response:
    response = visitors.log_in(make_response(redirect(onward, 303)), key)
    identity = visitors.access().doors.by_session(key)
    if identity is not None and identity.language:
        response.set_cookie(COOKIE, identity.language, max_age=COOKIE_LASTS_S, samesite="Lax", httponly=True)
    return response
