"""What the report's template needs; the same for the page and for the file that ``vigie report --html`` writes."""

from functools import partial
from typing import Any

from markupsafe import Markup
from werkzeug.exceptions import ServiceUnavailable

from monitor.report import charts
from monitor.report.numbers import HOURS_FOR_A_RATE, VALUES_FOR_A_MEDIAN, VALUES_FOR_A_P95
from monitor.report.outcomes import Outcome
from monitor.report.sources import ReportSources
from monitor.report.summary import By, Report
from monitor.wall.context import Wall
from monitor.wall.language import translate
from monitor.wall.past.showing import Shown


def sources_of(wall: Wall) -> ReportSources:
    """Return where incidents and hours are read; raises ServiceUnavailable for a wall without a history."""
    if wall.services.past is None:
        raise ServiceUnavailable("this wall has no history to read")
    return wall.services.past


def report_values(report: Report, by: By, language: str) -> dict[str, Any]:
    """Return the values of report.html, without the links that only a page can have."""
    t = partial(translate, language)
    printers, times = report.groups[By.PRINTER], report.total.decided_to_paused.values_s
    return {
        "report": report,
        "by": by,
        "groups": report.groups[by],
        "shown": Shown(language, report.period.zone),
        "outcomes": Outcome,
        "groupings": By,
        "incidents_chart": Markup(charts.incidents_over_time(report.days, t)),  # noqa: S704  # escaped by the drawing
        "incidents_bars": charts.grouped(report.days),
        "hours_chart": Markup(charts.hours_by_printer(printers, t)),  # noqa: S704
        "blindest": charts.blindest(printers),
        "pauses_chart": Markup(charts.times_to_pause(times, t)),  # noqa: S704
        "pauses_bins": charts.pause_bins(times),
        "is_over": report.made_at >= report.period.until,
        "few": {"hours": HOURS_FOR_A_RATE, "median": VALUES_FOR_A_MEDIAN, "p95": VALUES_FOR_A_P95},
    }
