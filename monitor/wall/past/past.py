"""What the archive, the history and the board's memory say together about a printer's past, as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.archive import ArchiveReader
from monitor.archive.series import buckets, joined, none
from monitor.archive.whatif import Would, replay, unknowns, watched_s
from monitor.board import PrinterView
from monitor.errors import StorageError
from monitor.judge import JudgeSettings
from monitor.records import Mark, ScoreBucket, StateSpan
from monitor.wall.context import Services
from monitor.wall.present import Json, event

JOIN_S = 90.0
"""A state that was last written no longer ago than this goes on, if the board still says so."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time, unix seconds."""

    since: float
    until: float


def series_json(
    services: Services, reader: ArchiveReader, printer: str, view: PrinterView | None, span: Span, points: int
) -> Json:
    """Return scores, states and events of a time; ``problem`` when the archive or the history cannot be read."""
    fresh = services.board.scores(printer) if view else ()
    problem = ""
    scores = buckets(joined(none(), fresh), span.since, span.until, (span.until - span.since) / points)
    states: Sequence[StateSpan] = ()
    happened: list[Json] = []
    try:
        scores = reader.series(printer, span.since, span.until, points, fresh)
        states = reader.states(printer, span.since, span.until)
        happened = [_mark(mark) for mark in reader.marks(printer, span.since, span.until)]
        happened += map(event, services.incidents.happenings(printer, span.since, span.until))
    except StorageError as error:
        problem = str(error)
    if view is not None:
        states = _up_to_now(states, view, services.clock.now(), span)
    return {
        "from": span.since,
        "to": span.until,
        "threshold": view.threshold if view else None,
        "points": [_bucket(bucket) for bucket in scores],
        "states": [[round(state.since, 3), round(state.until, 3), state.state] for state in states],
        "events": sorted(happened, key=lambda what: float(what["at"])),
        "problem": problem,
    }


def whatif_json(reader: ArchiveReader, printer: str, span: Span, present: JudgeSettings, other: JudgeSettings) -> Json:
    """Return what other settings would have decided in a time, and what those of now would have (``now``)."""
    points = reader.points(printer, span.since, span.until)
    resets = [mark.at for mark in reader.marks(printer, span.since, span.until)]
    resets += reader.starts(span.since, span.until)
    did = replay(points, resets, present)
    would = did if other == present else replay(points, resets, other)
    begins_at = float(points.taken_s[0]) if len(points) else span.until
    return {
        "from": begins_at,
        "to": span.until,
        "watched_s": round(watched_s(points, present.blind_after_s), 1),
        "unknown": list(unknowns(points, span.since, span.until, did)),
        **_would(would, other),
        "now": _would(did, present),
    }


def _would(would: Would, settings: JudgeSettings) -> Json:
    return {
        "threshold": settings.threshold,
        "fail_after_s": settings.fail_after_s,
        "suspect_after_s": settings.suspect_after_s,
        "incidents": [{"at": at, "score": round(score, 4)} for at, score in would.incidents],
        "suspicions": would.suspicions,
    }


def _up_to_now(states: Sequence[StateSpan], view: PrinterView, now: float, span: Span) -> list[StateSpan]:
    """Return the states with the present one, which is written only every half minute."""
    until = min(now, span.until)
    known = list(states)
    last = known[-1] if known else None
    if last is not None and last.state is view.state and until - last.until <= JOIN_S and now - span.until <= JOIN_S:
        known[-1] = StateSpan(last.since, max(last.until, until), last.state)
        return known
    since = max(view.since, span.since, last.until if last else span.since)
    return [*known, StateSpan(since, until, view.state)] if until > since else known


def _bucket(bucket: ScoreBucket) -> list[float]:
    return [round(bucket.at, 2), round(bucket.least, 4), round(bucket.most, 4), round(bucket.mean, 4)]


def _mark(mark: Mark) -> Json:
    return {"id": None, "at": mark.at, "kind": mark.kind, "incident": None, "detail": mark.detail}
