"""What a query asks for: a period, filters, a page. What makes no sense is a BadRequest that says how to write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from werkzeug.exceptions import BadRequest

from monitor.config.model import Config
from monitor.errors import BadPeriod
from monitor.history import Narrowing, Story
from monitor.records import FailureClass
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.periods import Period, PeriodKind, custom, day_of, machine_zone, parse_day, period
from monitor.report.saved import GRAMS_PER_HOUR

Args = Mapping[str, str]
Word = TypeVar("Word", bound=StrEnum)

DAYS_BACK = 29  # of the history, where nothing else is asked for: the last thirty days
GRAMS_AT_MOST = 5000.0
PAGES_AT_MOST = 100_000


class Judged(StrEnum):
    """Whether somebody has said what an incident was."""

    GIVEN = "given"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which incidents somebody wants to see."""

    period: Period
    printer: str | None
    room: str | None  # site/room
    site: str | None
    failure_class: FailureClass | None
    outcome: Outcome | None
    judged: Judged | None

    def narrowing(self, config: Config) -> Narrowing:
        """Return what the history can tell apart; the rest is :meth:`keeps`'s."""
        printers = [p.id for p in config.printers if f"{p.site}/{p.room}" == self.room] if self.room else None
        if self.printer:
            printers = [self.printer] if printers is None or self.printer in printers else []
        return Narrowing(self.period.since, self.period.until, printers, self.site, self.failure_class)

    def keeps(self, story: Story) -> bool:
        """Tell whether an incident has the outcome that is wanted, and a verdict or none."""
        judged = Judged.MISSING if story.verdict is None else Judged.GIVEN
        return self.outcome in (None, outcome_of(story)) and self.judged in (None, judged)


def asked_filters(args: Args, now: float) -> Filters:
    """Return the filters of a query; without a period, the last thirty days."""
    return Filters(
        asked_period(args, now, DAYS_BACK),
        _text(args, "printer"),
        _text(args, "room"),
        _text(args, "site"),
        asked_word(args, "class", FailureClass),
        asked_word(args, "outcome", Outcome),
        asked_word(args, "verdict", Judged),
    )


def asked_period(args: Args, now: float, days_back: int | None = None) -> Period:
    """Return the period: ``from`` and ``to`` (dates, both within), or ``period`` and a ``day`` in it, in ``zone``.

    Without any of them: ``days_back`` days and today, or the month that is now.
    """
    zone = args.get("zone") or machine_zone()
    try:
        today = day_of(now, zone)
        if args.get("from") or args.get("to"):
            first = parse_day(args["from"]) if args.get("from") else parse_day(args["to"])
            return custom(first, parse_day(args["to"]) if args.get("to") else max(first, today), zone)
        kind = asked_word(args, "period", PeriodKind)
        if kind is None and days_back is not None and not args.get("day"):
            return custom(day_of(now - days_back * 86_400.0, zone), today, zone)
        return period(kind or PeriodKind.MONTH, parse_day(args["day"]) if args.get("day") else today, zone)
    except BadPeriod as exc:
        raise BadRequest(str(exc)) from exc


def asked_grams(args: Args) -> float:
    """Return the filament that an hour of printing takes, in grams."""
    return asked_number(args, "grams_per_hour", GRAMS_PER_HOUR, 0.0, GRAMS_AT_MOST)


def asked_page(args: Args) -> int:
    """Return which page of a list, from 1 on."""
    return int(asked_number(args, "page", 1, 1, PAGES_AT_MOST))


def asked_word(args: Args, name: str, words: type[Word]) -> Word | None:
    """Return one of some words; None where none is asked for."""
    text = args.get(name)
    if not text:
        return None
    try:
        return words(text)
    except ValueError as exc:
        raise BadRequest(f"{name}={text[:40]!r} is none of {', '.join(words)}") from exc


def asked_number(args: Args, name: str, default: float, least: float, most: float) -> float:
    """Return a number within bounds."""
    text = args.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as exc:
        raise BadRequest(f"{name}={text[:40]!r} is not a number") from exc
    if not least <= value <= most:
        raise BadRequest(f"{name}={text[:40]!r} must be from {least:g} to {most:g}")
    return value


def _text(args: Args, name: str) -> str | None:
    return args.get(name) or None
