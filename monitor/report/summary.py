"""The report of a period: all figures, by group, by day. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter

from monitor.config.model import Config
from monitor.history import Story
from monitor.records import FailureClass, Hour
from monitor.report.figures import Figures, figures_of
from monitor.report.hours import Watched, total, watched_by_printer
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.periods import Period
from monitor.report.saved import GRAMS_PER_HOUR


class By(StrEnum):
    """What a report can be broken down by."""

    PRINTER = "printer"
    ROOM = "room"
    SITE = "site"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a printer stands, and what everything is called."""

    id: str
    name: str
    room: str  # "site/room": two sites may each have a hall
    room_name: str
    site: str
    site_name: str


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one printer, room, site or class. ``name`` is empty for a class: pages have words for it."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Day:
    """The incidents that were opened on one local day."""

    day: date
    outcomes: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a report is made of. ``hours`` is None where nobody counted them."""

    stories: Sequence[Story]
    missed: Sequence[tuple[str, float]]  # printer, unix seconds
    hours: Sequence[Hour] | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says."""

    period: Period
    made_at: float  # unix seconds; a period that is not over is known up to then
    total: Figures
    groups: Mapping[By, Sequence[Group]]
    days: Sequence[Day]
    grams_per_hour: float


def whereabouts(config: Config) -> Mapping[str, Whereabouts]:
    """Return where each printer of cameras.yaml stands, by its id."""
    rooms = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
    sites = {site.id: site.name for site in config.sites}
    return {
        p.id: Whereabouts(p.id, p.name, f"{p.site}/{p.room}", rooms[p.site, p.room], p.site, sites[p.site])
        for p in config.printers
    }


def told_apart(places: Mapping[str, Whereabouts], name: Callable[[Whereabouts], str]) -> Mapping[str, str]:
    """Return what each printer, or its room, is called, by the printer's id: with its site where two sites have one."""
    sites: dict[str, set[str]] = {}
    for place in places.values():
        sites.setdefault(name(place), set()).add(place.site)
    return {
        printer: f"{place.site_name} · {name(place)}" if name(place) and len(sites[name(place)]) > 1 else name(place)
        for printer, place in places.items()
    }


def make_report(
    period: Period,
    sources: Sources,
    places: Mapping[str, Whereabouts],
    made_at: float,
    grams_per_hour: float = GRAMS_PER_HOUR,
) -> Report:
    """Return the report of a period; an incident belongs to the period in which it was opened, and to no other."""
    inside = [story for story in sources.stories if period.since <= story.opened_at < period.until]
    hours = None if sources.hours is None else watched_by_printer(sources.hours, period.since, period.until)
    maker = _Maker(_by_printer(inside), Counter(printer for printer, _ in sources.missed), hours, grams_per_hour)
    known = [*places, *sorted(maker.printers - set(places))]
    where = {printer: places.get(printer) or _gone(printer, inside) for printer in known}
    printers, rooms = (told_apart(where, name) for name in (attrgetter("name"), attrgetter("room_name")))
    return Report(
        period,
        made_at,
        maker.figures(known),
        {
            By.PRINTER: maker.groups(known, lambda printer: (printer, printers[printer])),
            By.ROOM: maker.groups(known, lambda printer: (where[printer].room, rooms[printer])),
            By.SITE: maker.groups(known, lambda printer: (where[printer].site, where[printer].site_name)),
            By.CLASS: [maker.of_class(kind, known) for kind in FailureClass],
        },
        _days(period, inside, made_at),
        grams_per_hour,
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    stories: Mapping[str, Sequence[Story]]  # by printer
    missed: Mapping[str, int]
    hours: Mapping[str, Watched] | None
    grams_per_hour: float

    @property
    def printers(self) -> set[str]:
        """Everybody of whom anything is known in this period."""
        return {*self.stories, *self.missed, *(self.hours or ())}

    def figures(self, printers: Sequence[str], kind: FailureClass | None = None) -> Figures:
        """Return the figures of some printers; of one class only, with all hours, in which it could have happened."""
        stories = [s for p in printers for s in self.stories.get(p, ()) if kind in (None, s.failure_class)]
        watched = None if self.hours is None else total([self.hours.get(p, Watched()) for p in printers])
        missed = 0 if kind is not None else sum(self.missed.get(printer, 0) for printer in printers)
        return figures_of(stories, watched, missed, self.grams_per_hour)

    def groups(self, printers: Sequence[str], group: Callable[[str], tuple[str, str]]) -> list[Group]:
        """Return the figures by group, in the order of cameras.yaml."""
        members: dict[tuple[str, str], list[str]] = {}
        for printer in printers:
            members.setdefault(group(printer), []).append(printer)
        return [Group(key, name, self.figures(of_it)) for (key, name), of_it in members.items()]

    def of_class(self, kind: FailureClass, printers: Sequence[str]) -> Group:
        """Return the figures of one class of failures."""
        return Group(kind.value, "", self.figures(printers, kind))


def _gone(printer: str, stories: Sequence[Story]) -> Whereabouts:
    """Return what is still known of a printer that cameras.yaml has no more."""
    site = next((story.site for story in stories if story.printer == printer), "")
    return Whereabouts(printer, printer, f"{site}/", "", site, site)


def _by_printer(stories: Sequence[Story]) -> Mapping[str, Sequence[Story]]:
    found: dict[str, list[Story]] = {}
    for story in stories:
        found.setdefault(story.printer, []).append(story)
    return found


def _days(period: Period, stories: Sequence[Story], made_at: float) -> list[Day]:
    """Return the days up to the present one; a day that has not begun has no figures."""
    days = [(day, since) for day, since, _ in period.days() if since <= made_at]
    starts = [since for _, since in days]
    counts: list[Counter[Outcome]] = [Counter() for _ in days]
    for story in stories:
        at = bisect_right(starts, story.opened_at) - 1
        if at >= 0:
            counts[at][outcome_of(story)] += 1
    return [
        Day(day, {outcome: count[outcome] for outcome in Outcome}) for (day, _), count in zip(days, counts, strict=True)
    ]
