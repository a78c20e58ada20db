"""Periods of a report, in a time zone that is named. A day has 23, 24 or 25 hours; a week begins on Monday."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import BadPeriod

LONGEST_DAYS = 3660  # as long as incidents can be kept
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)

_LINK, _NAME_FILE = Path("/etc/localtime"), Path("/etc/timezone")


class PeriodKind(StrEnum):
    """Which days belong together."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days: ``first`` to ``last``, both within. ``zone`` is a name of the IANA database."""

    kind: PeriodKind
    first: date
    last: date
    zone: str

    @property
    def since(self) -> float:
        """Unix seconds of its first moment."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> float:
        """Unix seconds of the first moment after it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    def days(self) -> Iterator[tuple[date, float, float]]:
        """Yield each day with the unix seconds at which it begins and at which the next one does."""
        for offset in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=offset)
            yield day, _midnight(day, self.zone), _midnight(day + timedelta(days=1), self.zone)

    def following(self) -> "Period":
        """Return the period of the same kind that begins where this one ends. Raises BadPeriod at the end of time."""
        return self._beside(self.last + timedelta(days=1))

    def preceding(self) -> "Period":
        """Return the period of the same kind that ends where this one begins. Raises BadPeriod."""
        return self._beside(self.first - timedelta(days=1))

    def _beside(self, neighbour: date) -> "Period":
        if self.kind is not PeriodKind.CUSTOM:
            return period(self.kind, neighbour, self.zone)
        length = self.last - self.first
        first = neighbour if neighbour > self.last else neighbour - length
        return custom(first, first + length, self.zone)


def period(kind: PeriodKind, day: date, zone: str) -> Period:
    """Return the day, week, month or year in which ``day`` lies. Raises BadPeriod."""
    if not EARLIEST <= day < LATEST:
        raise BadPeriod(f"{day}: periods lie from {EARLIEST.year} to {LATEST.year - 1}")
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        return _checked(Period(kind, first, first + timedelta(days=6), zone))
    if kind is PeriodKind.MONTH:
        first = day.replace(day=1)
        return _checked(Period(kind, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), zone))
    if kind is PeriodKind.YEAR:
        return _checked(Period(kind, date(day.year, 1, 1), date(day.year, 12, 31), zone))
    return _checked(Period(PeriodKind.DAY, day, day, zone))


def custom(first: date, last: date, zone: str) -> Period:
    """Return the period from a day to a day. Raises BadPeriod."""
    return _checked(Period(PeriodKind.CUSTOM, first, last, zone))


def day_of(at: float, zone: str) -> date:
    """Return the local day of a moment (unix seconds). Raises BadPeriod for an unknown zone."""
    return datetime.fromtimestamp(at, _zone(zone)).date()


def local_time(at: float, zone: str) -> datetime:
    """Return a moment (unix seconds) as the clocks of a zone showed it."""
    return datetime.fromtimestamp(at, _zone(zone))


def parse_day(text: str) -> date:
    """Return the day of an ISO 8601 date such as 2026-11-21. Raises BadPeriod."""
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadPeriod(f"{text[:40]!r} is no date: write it as 2026-11-21") from exc


def machine_zone(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of the machine's time zone, UTC when it has none that we know; TZ counts first."""
    for name in (environment.get("TZ", "").lstrip(":"), _linked(), _written()):
        if name and _is_zone(name):
            return name
    return "UTC"


def _checked(made: Period) -> Period:
    _zone(made.zone)
    if made.last < made.first:
        raise BadPeriod(f"the period ends on {made.last}, before it begins on {made.first}")
    if made.first < EARLIEST or made.last >= LATEST:
        raise BadPeriod(f"{made.first} to {made.last}: periods lie from {EARLIEST.year} to {LATEST.year - 1}")
    if (made.last - made.first).days >= LONGEST_DAYS:
        raise BadPeriod(f"{made.first} to {made.last}: at most {LONGEST_DAYS} days make a report")
    return made


def _midnight(day: date, zone: str) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=_zone(zone)).astimezone(UTC).timestamp()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise BadPeriod(f"no time zone is called {name[:40]!r}: take a name such as Europe/Paris") from exc


def _is_zone(name: str) -> bool:
    try:
        _zone(name)
    except BadPeriod:
        return False
    return True


def _linked() -> str:
    try:
        return str(_LINK.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _written() -> str:
    try:
        return _NAME_FILE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
