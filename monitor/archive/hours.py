"""Counts what each printer did and how well it was watched, second by second. Pure: times come in."""

from collections.abc import Iterable

from monitor.board import PrinterView
from monitor.judge import Phase
from monitor.records import Hour, JobState

HOUR_S = 3600.0
MOST_GAP_S = 5.0
"""A tick speaks for at most this long: what happened while the monitor stood still is not known."""

_UNKNOWN = (JobState.UNKNOWN, JobState.OFFLINE)


class Hours:
    """What has been counted since :meth:`taken` was last called. Owned by one thread."""

    def __init__(self) -> None:
        self._ticked_at: float | None = None
        self._counted: dict[
            tuple[str, float], list[float]
        ] = {}  # printing, watched, blind, muted, inspections, unknown

    def inspected(self, printer: str, at: float) -> None:
        """Count an inspection."""
        self._of(printer, at)[4] += 1

    def tick(self, views: Iterable[PrinterView], now: float) -> None:
        """Count the time since the tick before for the states that the printers are in."""
        gap_s = 0.0 if self._ticked_at is None else min(max(now - self._ticked_at, 0.0), MOST_GAP_S)
        self._ticked_at = now
        if gap_s > 0:
            for view in views:
                self._count(view, now, gap_s)

    def taken(self) -> tuple[Hour, ...]:
        """Return what was counted, and begin anew."""
        hours = tuple(
            Hour(printer, starts_at, printing, watched, blind, muted, int(inspections), unknown)
            for (printer, starts_at), (printing, watched, blind, muted, inspections, unknown) in self._counted.items()
        )
        self._counted.clear()
        return hours

    def _count(self, view: PrinterView, now: float, gap_s: float) -> None:
        state = view.report.state if view.report is not None else JobState.UNKNOWN
        is_unknown = state in _UNKNOWN
        if state is not JobState.PRINTING and not is_unknown:
            return
        counted = self._of(view.id, now)
        counted[0] += gap_s
        counted[2 if view.phase is Phase.BLIND else 1] += gap_s
        if view.muted_until is not None:
            counted[3] += gap_s
        if is_unknown:
            counted[5] += gap_s

    def _of(self, printer: str, at: float) -> list[float]:
        key = (printer, at // HOUR_S * HOUR_S)
        found = self._counted.get(key)
        if found is None:
            found = self._counted[key] = [0.0] * 6
        return found
