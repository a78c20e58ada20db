"""The report as one HTML file that needs no server: styles and the one small script are in it."""

from functools import partial

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from monitor.assets import asset
from monitor.report.summary import By, Report
from monitor.wall.language import table, translate
from monitor.wall.past.reporting import report_values

_STYLES = ("base", "report")


def report_file(report: Report, by: By, language: str, version: str) -> str:
    """Return the file's text; what is in it from people or printers is escaped, as on the page."""
    environment = Environment(
        loader=FileSystemLoader(str(asset("web/templates"))),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        layout="report_file.html",
        link=None,
        t=partial(translate, language),
        lang=language,
        words=table(language),
        version=version,
        styles=[_own(f"css/{name}.css") for name in _STYLES],
        print_style=_own("css/print.css"),
        script=_own("js/history/localize.js"),
        **report_values(report, by, language),
    )


def _own(name: str) -> Markup:
    """Return a file of ours, which is what it is and needs no escape."""
    return Markup(asset(f"web/static/{name}").read_text(encoding="utf-8"))  # noqa: S704
