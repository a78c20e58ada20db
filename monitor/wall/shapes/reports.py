"""Incidents of the past, their figures and their records in answers. docs/report.md defines each figure."""

from datetime import date
from typing import Any

from pydantic import Field

from monitor.records import Action, FailureClass, IncidentStatus, VerdictKind
from monitor.report.hours import Watched
from monitor.report.outcomes import Outcome
from monitor.report.periods import PeriodKind
from monitor.report.saved import Saved
from monitor.report.summary import By
from monitor.wall.asking import Judged
from monitor.wall.described import Shape


class PeriodQuery(Shape):
    """Which days: from and to, both within, or a kind of period and a day in it."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    period: PeriodKind | None = None
    day: date | None = None
    zone: str | None = None
    """a name such as Europe/Paris; without it, the zone of the machine that runs Vigie"""


class HistoryQuery(PeriodQuery):
    """Which incidents; without a period, those of the last thirty days."""

    printer: str | None = None
    room: str | None = None
    """site/room, by their ids in cameras.yaml"""
    site: str | None = None
    failure_class: FailureClass | None = Field(None, alias="class")
    outcome: Outcome | None = None
    verdict: Judged | None = None
    """whether somebody has said what it was"""
    page: int = Field(1, ge=1)
    """of fifty each; the CSV has all"""


class ReportQuery(PeriodQuery):
    """Which report; without a period, that of the present month."""

    by: By | None = None
    grams_per_hour: float | None = Field(None, ge=0)
    """of filament, assumed"""


class Story(Shape):
    """An incident of the past; times are unix seconds, null: not, or not yet."""

    id: str
    printer: str
    site: str
    failure_class: FailureClass
    opened_at: float
    closed_at: float | None
    status: IncidentStatus
    action: Action
    score: float
    job: str | None
    job_left_s: float | None
    acknowledged_by: str | None
    suspected_at: float | None
    sent_at: float | None
    confirmed_at: float | None
    failed_at: float | None
    withheld_at: float | None
    waited_at: float | None
    let_print_at: float | None
    resumed_at: float | None
    acknowledged_at: float | None
    told_at: float | None
    verdict: VerdictKind | None
    outcome: Outcome


class History(Shape):
    """A page of incidents, newest first."""

    total: int
    page: int
    pages: int
    zone: str
    outcomes: dict[Outcome, int]
    """of all pages"""
    incidents: list[Story]


class Rate(Shape):
    """Events per 1,000 hours; null where the hours are too few for a rate."""

    count: int
    per_1000_h: float | None
    low_95: float | None
    high_95: float | None


class Spread(Shape):
    """How long something took; a quantile is null where the values are too few for it."""

    count: int
    median_s: float | None
    p95_s: float | None
    most_s: float | None


class Shadow(Shape):
    """What shadow mode would have paused."""

    withheld: int
    false_alarms: int


class Figures(Shape):
    """Everything that is counted."""

    incidents: int
    outcomes: dict[Outcome, int]
    judged: int
    confirmed: int
    resumed_without_verdict: int
    missed: int
    hours: Watched | None
    """null: nobody has counted them"""
    false_alarms: Rate
    decided_to_paused: Spread
    suspected_to_paused: Spread
    paused_after_waiting: int
    decided_to_acknowledged: Spread
    shadow: Shadow
    saved: Saved


class GroupFigures(Figures):
    """The figures of one printer, room, site or class."""

    key: str
    name: str


class ReportPeriod(Shape):
    """Whole local days."""

    kind: PeriodKind
    first_day: date
    last_day: date
    zone: str
    since: str = Field(alias="from")
    until: str = Field(alias="to")


class Assumptions(Shape):
    """What the report takes for granted."""

    grams_per_hour: float


class Day(Shape):
    """The incidents that were decided on one day."""

    day: date
    outcomes: dict[Outcome, int]


class Report(Shape):
    """All figures of a period; times are ISO 8601."""

    schema_: int = Field(alias="schema")
    made_at: str
    period: ReportPeriod
    assumptions: Assumptions
    total: Figures
    by: dict[By, list[GroupFigures]]
    days: list[Day]


class IncidentFile(Shape):
    """The record of an incident, for filing; ``vigie report --verify`` checks it."""

    format: str
    sha256: str
    """of the record as canonical JSON: keys sorted, no spaces, UTF-8"""
    record: dict[str, Any]
    evidence_jpeg_base64: str | None
