"""A report and its incidents as rows and as JSON, for programs: ISO 8601, dots, no words of a language. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from monitor.history import Story
from monitor.report.csv_text import Cell
from monitor.report.figures import Figures
from monitor.report.numbers import Rate, Spread
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.periods import Period
from monitor.report.summary import By, Group, Report, Whereabouts

Json = dict[str, Any]

INCIDENT_HEAD = (
    "incident", "opened_at", "closed_at", "printer", "printer_name", "room", "site", "class", "score", "outcome",
    "verdict", "status", "action", "suspected_at", "decided_to_paused_s", "decided_to_acknowledged_s",
    "acknowledged_by", "job", "job_left_s",
)  # fmt: skip
REPORT_HEAD = (
    "by", "key", "name", "first_day", "last_day", "zone", "incidents",
    *(outcome.value.replace("-", "_") for outcome in Outcome),
    "judged", "confirmed", "resumed", "missed", "printing_h", "watched_h", "blind_h", "muted_h",
    "false_alarms_per_1000_h", "false_alarms_low", "false_alarms_high",
    "decided_to_paused_n", "decided_to_paused_median_s", "decided_to_paused_p95_s",
    "suspected_to_paused_n", "suspected_to_paused_median_s", "suspected_to_paused_p95_s",
    "decided_to_acknowledged_n", "decided_to_acknowledged_median_s", "decided_to_acknowledged_p95_s",
    "shadow_withheld", "shadow_false_alarms", "saved_prints", "saved_unknown", "saved_h", "saved_g",
)  # fmt: skip


def iso_utc(at: float | None) -> str | None:
    """Return a time (unix seconds) as ISO 8601 in UTC, to the millisecond."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def incident_rows(stories: Iterable[Story], places: Mapping[str, Whereabouts]) -> Iterable[Sequence[Cell]]:
    """Yield a row for each incident, below :data:`INCIDENT_HEAD`."""
    for fact in stories:
        place = places.get(fact.printer)
        yield (
            fact.id, iso_utc(fact.opened_at), iso_utc(fact.closed_at), fact.printer,
            place.name if place else None, place.room_name if place else None,
            place.site_name if place else fact.site, fact.failure_class, fact.score, outcome_of(fact),
            fact.verdict, fact.status, fact.action, iso_utc(fact.suspected_at), after(fact.confirmed_at, fact),
            after(fact.acknowledged_at, fact), fact.acknowledged_by, fact.job, fact.job_left_s,
        )  # fmt: skip


def after(at: float | None, story: Story) -> float | None:
    """Return how long after the decision something happened, in seconds."""
    return None if at is None else max(0.0, at - story.opened_at)


def story_json(story: Story) -> Json:
    """Return an incident of a list."""
    return asdict(story) | {"outcome": outcome_of(story)}


def report_rows(report: Report, by: By | None) -> Iterable[Sequence[Cell]]:
    """Yield a row for each group and one for all, below :data:`REPORT_HEAD`."""
    for group in report.groups[by] if by else ():
        yield _row(report.period, by or "", group)
    yield _row(report.period, "all", Group("", "", report.total))


def _row(period: Period, by: str, group: Group) -> Sequence[Cell]:
    f, watched, rate, saved = group.figures, group.figures.watched, group.figures.false_alarms, group.figures.saved
    hours = (watched.printing_h, watched.watched_h, watched.blind_h, watched.muted_h) if watched else (None,) * 4
    spreads = (f.decided_to_paused, f.suspected_to_paused, f.decided_to_acknowledged)
    return (
        by, group.key, group.name, period.first.isoformat(), period.last.isoformat(), period.zone, f.incidents,
        *f.outcomes.values(), f.judged, f.confirmed, f.resumed, f.missed, *hours,
        rate.per_1000_h, rate.low, rate.high,
        *(cell for spread in spreads for cell in (spread.count, spread.median_s, spread.p95_s)),
        f.shadow.withheld, f.shadow.false_alarms, saved.prints, saved.unknown, saved.hours, saved.grams,
    )  # fmt: skip


def report_json(report: Report, by: Sequence[By] = tuple(By)) -> Json:
    """Return the whole report; docs/report.md says what each figure means."""
    period = report.period
    return {
        "schema": 1,
        "made_at": iso_utc(report.made_at),
        "period": {
            "kind": period.kind,
            "first_day": period.first.isoformat(),
            "last_day": period.last.isoformat(),
            "zone": period.zone,
            "from": iso_utc(period.since),
            "to": iso_utc(period.until),
        },
        "assumptions": {"grams_per_hour": report.grams_per_hour},
        "total": figures_json(report.total),
        "by": {
            kind.value: [
                {"key": group.key, "name": group.name} | figures_json(group.figures) for group in report.groups[kind]
            ]
            for kind in by
        },
        "days": [{"day": day.day.isoformat(), "outcomes": dict(day.outcomes)} for day in report.days],
    }


def figures_json(figures: Figures) -> Json:
    """Return the figures of a group."""
    return {
        "incidents": figures.incidents,
        "outcomes": dict(figures.outcomes),
        "judged": figures.judged,
        "confirmed": figures.confirmed,
        "resumed_without_verdict": figures.resumed,
        "missed": figures.missed,
        "hours": asdict(figures.watched) if figures.watched else None,
        "false_alarms": _rate(figures.false_alarms),
        "decided_to_paused": _spread(figures.decided_to_paused),
        "suspected_to_paused": _spread(figures.suspected_to_paused),
        "paused_after_waiting": figures.waited,
        "decided_to_acknowledged": _spread(figures.decided_to_acknowledged),
        "shadow": asdict(figures.shadow),
        "saved": asdict(figures.saved),
    }


def _rate(rate: Rate) -> Json:
    return {"count": rate.count, "per_1000_h": rate.per_1000_h, "low_95": rate.low, "high_95": rate.high}


def _spread(spread: Spread) -> Json:
    return {"count": spread.count, "median_s": spread.median_s, "p95_s": spread.p95_s, "most_s": spread.most_s}
