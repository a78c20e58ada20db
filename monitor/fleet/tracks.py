"""What the guard remembers of each printer: how it looks, and when its trouble began."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.fleet.looks import Look
from monitor.fleet.settings import CAMERA_WEIGHT


@dataclass(frozen=True, slots=True)
class Track:
    """One printer. Times are unix seconds; None: never, or before anybody looked."""

    look: Look
    alarmed_at: float | None = None  # when the newest alarm began, also when it is over
    quiet_at: float | None = None  # when it ended, as far as it did
    unseen_at: float | None = None  # when its pictures were lost, as far as they were there before

    def turned(self, look: Look, now: float, same_alarm_s: float) -> "Track":
        """Return the track with a new look. An alarm that comes back within ``same_alarm_s`` is the same one."""
        if look is self.look:
            return self
        track = replace(self, look=look)
        if self.look.is_alarm and not look.is_alarm:
            track = replace(track, quiet_at=now)
        if look.is_alarm and not self.look.is_alarm:
            is_same = self.quiet_at is not None and now - self.quiet_at <= same_alarm_s
            track = replace(track, alarmed_at=self.alarmed_at if is_same else now, quiet_at=None)
        if look is Look.UNSEEN:
            track = replace(track, unseen_at=now)
        return track

    def began_in(self, start: float, end: float) -> float:
        """Return what this printer counts among troubles that began between two times, both inclusive."""
        if self.look is Look.RESTING:
            return 0.0
        if _is_between(self.alarmed_at, start, end):
            return 1.0
        return CAMERA_WEIGHT if self.look is Look.UNSEEN and _is_between(self.unseen_at, start, end) else 0.0

    def lasts_from(self, start: float) -> float:
        """Return what this printer counts among troubles that began at ``start`` or later and are there now."""
        is_its = _is_between(self.alarmed_at, start, None) or _is_between(self.unseen_at, start, None)
        if not is_its:
            return 0.0
        return 1.0 if self.look.is_alarm else CAMERA_WEIGHT if self.look is Look.UNSEEN else 0.0


def working(tracks: Mapping[str, Track], printers: Iterable[str]) -> frozenset[str]:
    """Return those of the printers that print, as far as anybody knows."""
    return frozenset(name for name in printers if name in tracks and tracks[name].look is not Look.RESTING)


def _is_between(at: float | None, start: float, end: float | None) -> bool:
    return at is not None and at >= start and (end is None or at <= end)
