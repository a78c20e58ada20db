"""Incidents as figures need them: a row each, with the times of the steps that are counted.

SQLite picks the times out of the events, outside of Python's lock: a year's report must not slow the pictures down.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor.errors import StorageDamaged
from monitor.records import Action, EventKind, FailureClass, IncidentStatus, VerdictKind


@dataclass(frozen=True, slots=True)
class Story:
    """One incident, and when what is counted happened in it (unix seconds; None: not, or not yet)."""

    id: str
    printer: str
    site: str
    failure_class: FailureClass
    opened_at: float
    closed_at: float | None
    status: IncidentStatus
    action: Action
    score: float
    job: str | None = None
    job_left_s: float | None = None  # of printing, when the failure was decided
    acknowledged_by: str | None = None
    suspected_at: float | None = None  # the first sign of the suspicion that became this failure
    sent_at: float | None = None
    confirmed_at: float | None = None  # first seen standing still
    failed_at: float | None = None  # the last time that a pause was given up
    withheld_at: float | None = None  # shadow mode
    waited_at: float | None = None  # held, or asked about: a person or a wait stood before the order
    let_print_at: float | None = None
    resumed_at: float | None = None  # closed because the print was resumed
    acknowledged_at: float | None = None
    told_at: float | None = None  # the first message to people left
    verdict: VerdictKind | None = None  # the newest that was not withdrawn


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which incidents: opened in [since, until), of some printers, a site, a class; None means any."""

    since: float
    until: float
    printers: Sequence[str] | None = None
    site: str | None = None
    failure_class: FailureClass | None = None


def _first(*kinds: EventKind) -> str:
    return f"min(CASE WHEN kind IN ({_listed(*kinds)}) THEN at END)"


def _last(*kinds: EventKind) -> str:
    return f"max(CASE WHEN kind IN ({_listed(*kinds)}) THEN at END)"


def _listed(*kinds: EventKind) -> str:
    return ", ".join(f"'{kind.value}'" for kind in kinds)


# kinds are our own words; what a person typed is only ever bound
_STORIES = f"""
WITH chosen AS (
    SELECT id, printer, opened_at, closed_at, body FROM incident
    WHERE opened_at >= :since AND opened_at < :until
      AND (:printers IS NULL OR printer IN (SELECT value FROM json_each(:printers)))
      AND (:site IS NULL OR json_extract(body, '$.site') = :site)
      AND (:class IS NULL OR json_extract(body, '$.class') = :class)
), told AS (
    SELECT event.incident, event.at, json_extract(event.body, '$.kind') AS kind,
           json_extract(event.body, '$.detail') AS detail
    FROM chosen CROSS JOIN event ON event.incident = chosen.id -- CROSS: never all events of all time
), steps AS (
    SELECT incident,
        {_first(EventKind.PAUSE_SENT)} AS sent_at,
        {_first(EventKind.PAUSE_CONFIRMED)} AS confirmed_at,
        {_last(EventKind.PAUSE_FAILED)} AS failed_at,
        {_first(EventKind.PAUSE_WITHHELD)} AS withheld_at,
        {_first(EventKind.HELD, EventKind.ASKED)} AS waited_at,
        {_first(EventKind.LET_PRINT)} AS let_print_at,
        max(CASE WHEN kind = '{EventKind.INCIDENT_CLOSED}' AND detail LIKE 'resumed%' THEN at END) AS resumed_at,
        {_first(EventKind.ACKNOWLEDGED)} AS acknowledged_at,
        {_first(EventKind.PEOPLE_TOLD)} AS told_at
    FROM told GROUP BY incident
)
SELECT chosen.id, chosen.printer, json_extract(chosen.body, '$.site'), json_extract(chosen.body, '$.class'),
    chosen.opened_at, chosen.closed_at, json_extract(chosen.body, '$.status'), json_extract(chosen.body, '$.action'),
    json_extract(chosen.body, '$.score'), json_extract(chosen.body, '$.job'),
    json_extract(chosen.body, '$.job_left_s'), json_extract(chosen.body, '$.acknowledged_by'),
    (SELECT CASE WHEN json_extract(sign.body, '$.kind') = '{EventKind.SUSPECTED}' THEN sign.at END FROM event AS sign
     WHERE sign.printer = chosen.printer AND sign.at BETWEEN chosen.opened_at - 3600 AND chosen.opened_at
       AND json_extract(sign.body, '$.kind') IN ({_listed(EventKind.SUSPECTED, EventKind.CLEARED, EventKind.RECOVERED)})
     ORDER BY sign.at DESC, sign.seq DESC LIMIT 1),
    sent_at, confirmed_at, failed_at, withheld_at, waited_at, let_print_at, resumed_at, acknowledged_at, told_at,
    (SELECT kind FROM verdict WHERE incident = chosen.id AND withdrawn_at IS NULL
     ORDER BY verdict.at DESC, verdict.rowid DESC LIMIT 1)
FROM chosen LEFT JOIN steps ON steps.incident = chosen.id
ORDER BY chosen.opened_at DESC, chosen.id DESC
"""  # noqa: S608

_MISSED = f"""
SELECT printer, json_extract(body, '$.frame_taken_at') AS seen_at FROM verdict
WHERE kind = '{VerdictKind.MISSED}' AND withdrawn_at IS NULL AND seen_at >= :since AND seen_at < :until
ORDER BY seen_at, rowid
"""  # noqa: S608


def stories(connection: sqlite3.Connection, which: Narrowing) -> list[Story]:
    """Return the incidents, newest first. Raises StorageDamaged."""
    values = {
        "since": which.since,
        "until": which.until,
        "printers": None if which.printers is None else json.dumps(list(which.printers)),
        "site": which.site,
        "class": which.failure_class,
    }
    return [_story(row) for row in connection.execute(_STORIES, values)]


def missed(connection: sqlite3.Connection, since: float, until: float) -> list[tuple[str, float]]:
    """Return the printers whose failures people had to report, with when those pictures were taken, oldest first."""
    rows = connection.execute(_MISSED, {"since": since, "until": until})
    return [(printer, at) for printer, at in rows]


def _story(row: Sequence[Any]) -> Story:
    values = list(row)
    try:
        for at, kind in ((3, FailureClass), (6, IncidentStatus), (7, Action)):
            values[at] = kind(values[at])
        values[22] = VerdictKind(values[22]) if values[22] else None
    except ValueError as exc:
        raise StorageDamaged(f"incident {row[0]} cannot be read: {exc}: was it changed by hand?") from exc
    return Story(*values)
