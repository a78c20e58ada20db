"""The pages: the wall and one printer. The scripts in web/static fill them from the stream and the API."""

from functools import partial

from flask import Blueprint, Response, make_response, render_template, request

from monitor.wall.api import known_view
from monitor.wall.context import Wall, current
from monitor.wall.language import COOKIE, LANGUAGES, choose, table, translate

COOKIE_LASTS_S = 365 * 24 * 3600

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def wall() -> Response:
    """Answer with the wall."""
    context = current()
    return _page(context, "wall.html", printers=len(context.config.printers))


@blueprint.get("/printer/<printer>")
def printer(printer: str) -> Response:
    """Answer with one printer's page."""
    context = current()
    view = known_view(context, printer)
    return _page(context, "printer.html", view=view)


def _page(context: Wall, template: str, **values: object) -> Response:
    language = choose(request)
    page = render_template(
        template,
        t=partial(translate, language),
        lang=language,
        languages=LANGUAGES,
        words=table(language),
        version=context.version,
        **values,
    )
    response = make_response(page)
    response.headers["Content-Language"] = language
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=COOKIE_LASTS_S, samesite="Lax", httponly=True)
    return response
