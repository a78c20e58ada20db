"""What of the board is told to other monitors, and when. Pure: all times are given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.board import PrinterView
from monitor.peers.records import PROBLEM_LENGTH, CompactView, Views
from monitor.peers.wire import VIEWS_BYTES, encode_views

NEWS_EVERY_S = 1.0
SCORES_EVERY_S = 30.0  # where nothing but figures differs
ALL_EVERY_S = 60.0
ASKED_EVERY_S = 2.0  # all of them, however often they are asked for


def compact(view: PrinterView) -> CompactView:
    """Return what others are told of a printer."""
    report, incident = view.report, view.incident
    seen = CompactView(
        printer=view.id,
        state=view.state,
        since=view.since,
        phase=view.phase,
        score=_rounded(view.score),
        probability=_rounded(view.probability),
        evidence_s=round(view.evidence_s, 1),
        frame_taken_at=_instant(view.frame_taken_at),
        health=view.health,
        incident=incident.id if incident else None,
        incident_status=incident.status if incident else None,
        muted_until=view.muted_until,
        armed=view.armed,
        goes_on=view.goes_on,
        camera_problem=view.camera_problem[:PROBLEM_LENGTH],
        picture_problem=view.picture_problem[:PROBLEM_LENGTH],
        belonging=view.belonging,
    )
    if report is None:
        return seen
    return replace(
        seen,
        job_state=report.state,
        reported_at=round(report.reported_at, 1),
        job=report.job[:PROBLEM_LENGTH] if report.job else report.job,
        progress=_rounded(report.progress),
        can_pause=report.can_pause,
        job_detail=report.detail[:PROBLEM_LENGTH],
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _instant(at: float | None) -> float | None:
    return None if at is None else round(at, 3)


@dataclass(slots=True)
class _Told:
    view: PrinterView
    fact: tuple[object, ...]
    at: float


class Showing:
    """What was told last of each printer. Called once every ``NEWS_EVERY_S`` at most."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}
        self._all_at = float("-inf")
        self._is_asked = True  # nobody knows anything yet

    def ask(self) -> None:
        """Tell all, soon: somebody has begun to listen, or has lost what it knew."""
        self._is_asked = True

    def news(self, views: Sequence[PrinterView], now: float) -> tuple[bool, list[CompactView]]:
        """Return what is to be told now, and whether that is all."""
        is_full = now - self._all_at >= (ASKED_EVERY_S if self._is_asked else ALL_EVERY_S)
        if is_full:
            self._is_asked, self._all_at = False, now
        for gone in self._told.keys() - {view.id for view in views}:
            del self._told[gone]
        return is_full, [compact(view) for view in views if self._is_told(view, is_full, now)]

    def _is_told(self, view: PrinterView, is_full: bool, now: float) -> bool:
        """Tell whether a printer is told now, and note it. Of a thousand printers, hardly one is: this costs little."""
        told = self._told.get(view.id)
        if told is not None and told.view is view and not is_full:
            return False
        fact = _fact(view)
        if told is not None and fact == told.fact and now - told.at < SCORES_EVERY_S and not is_full:
            return False
        self._told[view.id] = _Told(view, fact, now)
        return True


def _fact(view: PrinterView) -> tuple[object, ...]:
    """Return what is told at once: all but what differs from one look to the next."""
    report, incident = view.report, view.incident
    return (
        view.state,
        view.since,
        view.phase,
        view.health,
        report and (report.state, report.job, report.can_pause, report.detail),
        incident and (incident.id, incident.status),
        view.muted_until,
        view.armed,
        view.goes_on,
        view.camera_problem,
        view.picture_problem,
        view.belonging,
    )


def messages(views: Sequence[CompactView], is_full: bool, at: float, instance: str) -> Iterator[bytes]:
    """Yield the payloads that tell these views, each of ``VIEWS_BYTES`` at most."""
    payload = encode_views(Views(at, is_full, tuple(views), instance))
    if len(payload) <= VIEWS_BYTES or len(views) < 2:
        yield payload
        return
    half = len(views) // 2
    yield from messages(views[:half], is_full, at, instance)
    yield from messages(views[half:], is_full, at, instance)
