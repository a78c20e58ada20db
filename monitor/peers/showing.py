"""What of the board is told to other monitors, and when. Pure: all times are given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

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


class Showing:
    """What was told last of each printer. Called once every ``NEWS_EVERY_S`` at most."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[CompactView, float]] = {}
        self._all_at = float("-inf")
        self._is_asked = True  # nobody knows anything yet

    def ask(self) -> None:
        """Tell all, soon: somebody has begun to listen, or has lost what it knew."""
        self._is_asked = True

    def news(self, views: Iterable[CompactView], now: float) -> tuple[bool, list[CompactView]]:
        """Return what is to be told now, and whether that is all."""
        present = {view.printer: view for view in views}
        wait_s = ASKED_EVERY_S if self._is_asked else ALL_EVERY_S
        is_full = now - self._all_at >= wait_s
        told = [view for view in present.values() if is_full or self._is_news(view, now)]
        if is_full:
            self._is_asked, self._all_at = False, now
        self._told = {printer: known for printer, known in self._told.items() if printer in present}
        self._told |= {view.printer: (view, now) for view in told}
        return is_full, told

    def _is_news(self, view: CompactView, now: float) -> bool:
        former, told_at = self._told.get(view.printer, (None, 0.0))
        if former is None or _fact(view) != _fact(former):
            return True
        return view != former and now - told_at >= SCORES_EVERY_S


def _fact(view: CompactView) -> CompactView:
    """Return a view without what differs from one look to the next."""
    return replace(
        view, score=None, probability=None, evidence_s=0.0, frame_taken_at=None, reported_at=0.0, progress=None
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
