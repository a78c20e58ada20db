"""The pages: the wall and one printer. The scripts in web/static fill them from the stream and the API."""

from functools import partial

from flask import Blueprint, Response, make_response, render_template, request

from monitor.access import Right
from monitor.wall.api import known_view
from monitor.wall.context import Wall, current
from monitor.wall.gate import needs, who
from monitor.wall.language import COOKIE, LANGUAGES, choose, table, translate
from monitor.wall.menu import menu_for

COOKIE_LASTS_S = 365 * 24 * 3600

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/wall")
@needs(Right.VIEW)
def wall() -> Response:
    """Answer with the wall."""
    context = current()
    return page(context, "wall.html", printers=len(context.services.config.current.printers))


@blueprint.get("/printer/<printer>")
@needs(Right.VIEW)
def printer(printer: str) -> Response:
    """Answer with one printer's page."""
    context = current()
    view = known_view(context, printer)
    region = context.services.region
    if region is None:
        return page(context, "printer.html", view=view)
    return page(context, "hub/printer.html", view=view, site=region.site_of(printer), own=printer.partition(".")[2])


def page(context: Wall, template: str, **values: object) -> Response:
    """Return a page in the language of whoever asks, with what every template needs."""
    language = choose(request, who().language)
    text = render_template(
        template,
        t=partial(translate, language),
        lang=language,
        languages=LANGUAGES,
        words=table(language),
        version=context.version,
        menu=menu_for(who(), is_hub=context.services.region is not None),
        is_hub=context.services.region is not None,
        person=who().name,
        rights=" ".join(sorted(who().rights)),
        **values,
    )
    response = make_response(text)
    response.headers["Content-Language"] = language
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=COOKIE_LASTS_S, samesite="Lax", httponly=True)
    return response
