"""Hours watched, printing and blind, summed over a period. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.records import Hour

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Watched:
    """How long printers printed, and how much of that was watched, in hours. ``watched + blind`` is ``printing``."""

    printing_h: float = 0.0  # also while nobody could say whether it printed
    watched_h: float = 0.0  # with pictures that can be trusted
    blind_h: float = 0.0
    muted_h: float = 0.0  # of the printing hours: no incident could open
    unknown_h: float = 0.0  # of the printing hours: nobody knew whether it printed
    inspections: int = 0

    def __add__(self, other: "Watched") -> "Watched":
        """Return both together."""
        return Watched(
            self.printing_h + other.printing_h,
            self.watched_h + other.watched_h,
            self.blind_h + other.blind_h,
            self.muted_h + other.muted_h,
            self.unknown_h + other.unknown_h,
            self.inspections + other.inspections,
        )


def watched_by_printer(hours: Iterable[Hour], since: float, until: float) -> Mapping[str, Watched]:
    """Sum hours by printer. An hour of which only a part lies in the period counts with that part: what happened
    when within an hour is not kept (it matters only in zones whose midnight is no full hour of UTC)."""
    sums: dict[str, Watched] = {}
    for hour in hours:
        share = (min(hour.hour_starts_at + HOUR_S, until) - max(hour.hour_starts_at, since)) / HOUR_S
        if share > 0:
            sums[hour.printer] = sums.get(hour.printer, Watched()) + _part(hour, min(1.0, share))
    return sums


def total(parts: Sequence[Watched]) -> Watched:
    """Return all together."""
    return sum(parts, Watched())


def _part(hour: Hour, share: float) -> Watched:
    part = share / HOUR_S
    return Watched(
        part * hour.printing_s,
        part * hour.watched_s,
        part * hour.blind_s,
        part * hour.muted_s,
        part * hour.unknown_s,
        round(share * hour.inspections),
    )
