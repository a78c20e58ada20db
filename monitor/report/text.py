"""The report for a terminal. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.report.figures import Figures
from monitor.report.numbers import HOURS_FOR_A_RATE, Spread
from monitor.report.outcomes import Outcome
from monitor.report.summary import By, Group, Report

NOBODY_COUNTED = "hours were not counted in this period"


def lines_of(report: Report, by: By) -> Iterator[str]:
    """Yield the lines of a report: the figures of all, then a line for each printer, room, site or class."""
    period, total = report.period, report.total
    yield f"{period.first} to {period.last}, days of {period.zone}"
    if report.made_at < period.until:
        yield "this period is not over yet"
    yield ""
    yield from _figures(total, report.grams_per_hour)
    yield ""
    yield from _table([by.value, *_COLUMNS], [_row(group) for group in report.groups[by]])


def _figures(f: Figures, grams_per_hour: float) -> Iterator[str]:
    counts = ", ".join(f"{f.outcomes[outcome]} {outcome}" for outcome in Outcome if f.outcomes[outcome])
    yield f"incidents              {f.incidents}{f' ({counts})' if counts else ''}"
    yield f"judged by people       {f.judged}, of which rightly noticed {f.confirmed}"
    yield f"hours watched          {_hours(f)}"
    yield f"false alarms           {_rate(f)}"
    yield f"missed, as reported    {f.missed}"
    yield f"decision to pause      {_spread(f.decided_to_paused)}"
    yield f"first sign to pause    {_spread(f.suspected_to_paused)}"
    yield f"decision to people     {_spread(f.decided_to_acknowledged)}"
    if f.shadow.withheld:
        yield f"shadow mode            would have paused {f.shadow.withheld}; false alarms: {f.shadow.false_alarms}"
    saved = f.saved
    yield (
        f"saved, at most         {saved.hours:.1f} h and {saved.grams / 1000:.2f} kg of {saved.prints} prints, "
        f"at {grams_per_hour:g} g an hour (assumed); of {saved.unknown} more nothing is known"
    )


def _hours(f: Figures) -> str:
    if f.watched is None:
        return NOBODY_COUNTED
    return f"{f.watched.watched_h:.1f} of {f.watched.printing_h:.1f} of printing; blind {f.watched.blind_h:.1f}"


def _rate(f: Figures) -> str:
    rate = f.false_alarms
    if f.incidents and not f.judged:
        return f"nobody has said of any of {f.incidents} incidents what it was: no rate"
    if rate.per_1000_h is None:
        return f"{rate.count}; fewer than {HOURS_FOR_A_RATE:g} watched hours: too few for a rate"
    least = "at least " if f.judged < f.incidents else ""
    return f"{rate.count}; {least}{rate.per_1000_h:.2f} per 1,000 hours (95 %: {rate.low:.2f} to {rate.high:.2f})"


def _spread(spread: Spread) -> str:
    if spread.most_s is None:
        return "none"
    if spread.median_s is None:
        return f"{spread.count}, at most {spread.most_s:.1f} s: too few for a median"
    p95 = f"95 % within {spread.p95_s:.1f} s" if spread.p95_s is not None else "too few for a 95th percentile"
    return f"median {spread.median_s:.1f} s of {spread.count}; {p95}"


_COLUMNS = ("incidents", "caught", "false", "failed", "missed", "watched h", "blind h", "saved h")


def _row(group: Group) -> list[str]:
    f = group.figures
    hours = (f"{f.watched.watched_h:.1f}", f"{f.watched.blind_h:.1f}") if f.watched else ("-", "-")
    outcomes = (f.outcomes[kind] for kind in (Outcome.CAUGHT, Outcome.FALSE_ALARM, Outcome.PAUSE_FAILED))
    counts = (f.incidents, *outcomes, f.missed)
    return [group.name or group.key, *map(str, counts), *hours, f"{f.saved.hours:.1f}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for name, *cells in (head, *rows):
        yield "  ".join([name.ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))])
