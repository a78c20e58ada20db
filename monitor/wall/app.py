"""The application factory."""

import logging
import secrets
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable, Unauthorized

from monitor.assets import asset
from monitor.errors import VigieError
from monitor.tiles import Tiles
from monitor.wall import api, checking, commands, learned, metrics, openapi, pages, pictures, stream
from monitor.wall.answers import health_json, problem
from monitor.wall.context import Services, Wall, install
from monitor.wall.door import account, login, people
from monitor.wall.door.screens import arrive
from monitor.wall.door.staying import while_allowed
from monitor.wall.farm import farming, settings, trying
from monitor.wall.feed.edition import Press
from monitor.wall.gate import guard
from monitor.wall.language import choose, table, translate
from monitor.wall.past import archive, history, report
from monitor.wall.present import Presenter
from monitor.wall.security import BODY_BYTES_AT_MOST, add_headers

_FORMS = ("application/json", "text/html")  # of an answer that is an error; the first for who does not say

_log = logging.getLogger(__name__)

ROOMS = (
    pages,
    login,
    account,
    people,
    api,
    archive,
    commands,
    checking,
    learned,
    pictures,
    stream,
    history,
    report,
    settings,
    farming,
    trying,
    openapi,
    metrics,
)

AT_THE_SITE = (archive, learned, settings, farming, trying)
"""Rooms that a hub's wall has not: who watches a printer keeps its scores and pictures, and the file it stands in."""


def create_app(services: Services) -> Flask:
    """Return the wall's application."""
    app = Flask("monitor.wall", static_folder=str(asset("web/static")), template_folder=str(asset("web/templates")))
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_AT_MOST
    app.config["SECRET_KEY"] = secrets.token_bytes(32)  # of this process: a form that was opened before is shown again
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    presenter = Presenter(services.config)
    press = Press(services.board, presenter, partial(health_json, services))
    tiles = services.tiles or Tiles(services.board, services.config, services.clock)
    install(app, Wall(services, _version(), presenter, press, tiles))
    app.before_request(arrive)
    app.before_request(lambda: guard(services.gatekeeper))
    for room in ROOMS:
        if services.region is None or room not in AT_THE_SITE:
            app.register_blueprint(room.blueprint)
    app.register_error_handler(HTTPException, _tell)
    app.register_error_handler(VigieError, _tell_ours)
    app.register_error_handler(Exception, _tell_bug)
    app.after_request(while_allowed)
    app.after_request(add_headers)
    return app


def _version() -> str:
    try:
        return version("vigie")
    except PackageNotFoundError:
        return "0"


def _tell(error: HTTPException) -> tuple[Response, int]:
    """Answer an error in the form in which the question came: a page to a page, JSON to everything else."""
    status, detail = error.code or 500, error.description or error.name
    if request.method == "GET" and request.accept_mimetypes.best_match(_FORMS) == "text/html":
        if isinstance(error, Unauthorized):
            return login.to_login(), 303
        language = choose(request)
        page = render_template(
            "error.html",
            t=lambda key, **values: translate(language, key, **values),
            lang=language,
            words=table(language),
            version=_version(),
            status=status,
            detail=detail,
            menu=[],
            is_hub=False,
            person="",
        )
        return Response(page), status
    response, status = problem(status, detail)
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response, status


def _tell_ours(error: VigieError) -> tuple[Response, int]:
    """Something that we foresaw is broken, such as the database: say it, for its message names the remedy."""
    _log.warning("%s %s: %s", request.method, request.path, error)
    return _tell(ServiceUnavailable(str(error)))


def _tell_bug(error: Exception) -> tuple[Response, int]:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return _tell(InternalServerError("this is a bug in Vigie; the log has the details"))
