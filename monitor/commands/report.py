"""``vigie report``: the figures of a period, also while the monitor runs; and whether a filed record is unchanged."""

import argparse
import json
import os
from datetime import date
from pathlib import Path

from monitor import __version__
from monitor.clock import SystemClock
from monitor.config.load import default_path, load
from monitor.config.model import Config
from monitor.errors import BadPeriod, StorageError
from monitor.report.csv_text import csv_text
from monitor.report.periods import Period, PeriodKind, custom, day_of, machine_zone, parse_day, period
from monitor.report.record import check, differences, record_of
from monitor.report.saved import GRAMS_PER_HOUR
from monitor.report.sources import ReportSources
from monitor.report.summary import By, Report
from monitor.report.tables import REPORT_HEAD, report_json, report_rows
from monitor.report.text import lines_of
from monitor.wall.language import LANGUAGES
from monitor.wall.past.report_file import report_file

HELP = "report on a period: failures caught, false alarms per 1,000 hours, times to the pause, hours watched and blind"

KINDS = tuple(kind.value for kind in PeriodKind if kind is not PeriodKind.CUSTOM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, the period, and the output format."""
    parser.add_argument("file", nargs="?", type=Path, help="the monitor's cameras.yaml (default: cameras.yaml)")
    parser.add_argument(
        "--period", choices=KINDS, default="month", help="the day, week, month or year (default: month)"
    )
    parser.add_argument("--day", type=_day, metavar="DATE", help="a day in it, such as 2026-11-21 (default: today)")
    parser.add_argument("--from", dest="first", type=_day, metavar="DATE", help="the first day, instead of --period")
    parser.add_argument("--to", dest="last", type=_day, metavar="DATE", help="the last day, with --from")
    parser.add_argument("--zone", default="", help="the time zone of the days, such as Europe/Paris (default: ours)")
    parser.add_argument("--by", choices=tuple(By), default=By.PRINTER, help="a line for each of these")
    parser.add_argument(
        "--grams-per-hour", type=float, default=GRAMS_PER_HOUR, metavar="G",
        help=f"filament that an hour of printing takes (default: {GRAMS_PER_HOUR:g}, an assumption)",
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object with everything")
    form.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")
    form.add_argument("--html", action="store_true", help="print a page that needs no server, to be filed or printed")
    form.add_argument("--verify", type=Path, metavar="RECORD", help="check a filed record of an incident (JSON)")
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help="the language of --html")


def run(arguments: argparse.Namespace) -> int:
    """Print the report. Raises ConfigError, BadPeriod and StorageError."""
    if arguments.verify is not None:
        return _verify(arguments.verify, arguments.file)
    config = load(arguments.file or default_path(), os.environ)
    now = SystemClock().now()
    sources = ReportSources.at(Path(config.storage.path))
    report = sources.report(_period(arguments, now), config, now, max(0.0, arguments.grams_per_hour))
    print(_text(report, arguments), end="")
    return 0


def _text(report: Report, arguments: argparse.Namespace) -> str:
    by = By(arguments.by)
    if arguments.json:
        return json.dumps(report_json(report), indent=2, ensure_ascii=False) + "\n"
    if arguments.csv:
        return csv_text(REPORT_HEAD, report_rows(report, by))
    if arguments.html:
        return report_file(report, by, arguments.lang, __version__)
    return "\n".join(lines_of(report, by)) + "\n"


def _period(arguments: argparse.Namespace, now: float) -> Period:
    zone = arguments.zone or machine_zone()
    today = day_of(now, zone)
    if arguments.first is not None or arguments.last is not None:
        first = arguments.first or arguments.last
        return custom(first, arguments.last or max(first, today), zone)
    return period(PeriodKind(arguments.period), arguments.day or today, zone)


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except BadPeriod as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def _verify(path: Path, farm: Path | None) -> int:
    """Hold a filed record against itself, and against the history where there is one."""
    try:
        checked = check(path.read_bytes())
    except OSError as exc:
        raise StorageError(f"{path}: {exc.strerror}: name the JSON file of an incident's page") from exc
    if checked.faults or checked.record is None:
        print(*(f"{path}: {fault}" for fault in checked.faults), sep="\n")
        return 1
    print(f"{path}: as it was made, SHA-256 {checked.sha256}")
    if farm is not None or default_path().is_file():
        print(_compared(checked.record, load(farm or default_path(), os.environ)))
    return 0


def _compared(record: dict[str, object], config: Config) -> str:
    incident = record["incident"]
    incident_id = incident["id"] if isinstance(incident, dict) else ""
    try:
        known = ReportSources.at(Path(config.storage.path)).known(str(incident_id), config)
    except StorageError as exc:
        return f"not compared with the history: {exc}"
    if known is None:
        return f"the history has no incident {incident_id}: another farm's, or past storage.keep_days"
    changed = differences(record, record_of(known))
    return f"since then changed in the history: {', '.join(changed)}" if changed else "the history says the same today"
