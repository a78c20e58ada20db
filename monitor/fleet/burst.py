"""A burst: many printers of a group that got into trouble within seconds of each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.fleet.groups import Group
from monitor.fleet.settings import GuardSettings
from monitor.fleet.tracks import Track, working
from monitor.records import CommonCause


@dataclass(slots=True)
class Burst:
    """What is held for one cause."""

    cause: CommonCause
    printers: frozenset[str]  # of the group that explains it best
    began: float  # the first trouble of the window
    until: float  # from then on people decide
    held: set[str] = field(default_factory=set)
    settled_at: float | None = None  # since when too few others are in trouble

    def is_settled(self, tracks: Mapping[str, Track], settings: GuardSettings) -> bool:
        """Whether so few are still in trouble that each may be a case of its own.

        Alarms alone must be fewer than ``at_least``: a quarter of a room that keeps alarming is no coincidence.
        """
        present = working(tracks, self.printers)
        needed = settings.needed(len(present))
        weight = sum(tracks[name].lasts_from(self.began) for name in present)
        return weight < needed and self._alarms(tracks) < min(settings.at_least, needed)

    def takes_in(self, printer: str, onset: float, now: float, tracks: Mapping[str, Track], s: GuardSettings) -> bool:
        """Whether a failure that is decided now belongs to it: as long as its cause goes on, until people decide."""
        if printer not in self.printers or onset < self.began or self.is_settled(tracks, s):
            return False
        # after that only where the others do not just stay dark: a night is long
        return now <= self.until or self._alarms(tracks) >= s.needed(len(working(tracks, self.printers)))

    def _alarms(self, tracks: Mapping[str, Track]) -> int:
        """Return how many of its alarms go on."""
        present = (tracks[name] for name in working(tracks, self.printers))
        return sum(track.look.is_alarm and track.lasts_from(self.began) > 0 for track in present)


def find_burst(
    printer: str, onset: float, now: float, groups: Sequence[Group], tracks: Mapping[str, Track], s: GuardSettings
) -> Burst | None:
    """Return the burst that a printer's alarm is part of, explained by the group that fits best, if there is one."""
    start, end = onset - s.within_s, onset + s.lead_s
    hit = {name for name, track in tracks.items() if track.began_in(start, end) > 0}
    mine = [group for group in groups if printer in group.printers]
    likely = [group for group in mine if _is_too_many(group.printers, start, end, tracks, s)]
    if not likely:
        return None
    fits = [_fit(group, hit, tracks) for group in likely]
    named = [group for group, fit in zip(likely, fits, strict=True) if fit == max(fits)]
    began = min(_began(tracks[name], start) for name in hit & named[0].printers)
    cause = _cause(named, hit, len(working(tracks, named[0].printers)))
    return Burst(cause, named[0].printers, began, now + s.hold_s)


def is_farm_wide(burst: Burst, onset: float, tracks: Mapping[str, Track], s: GuardSettings) -> bool:
    """Whether so much of the whole farm is in trouble that the cause may be Vigie itself."""
    return _is_too_many(tracks, burst.began, onset + s.lead_s, tracks, s)


def _is_too_many(
    printers: Iterable[str], start: float, end: float, tracks: Mapping[str, Track], s: GuardSettings
) -> bool:
    present = working(tracks, printers)
    return sum(tracks[name].began_in(start, end) for name in present) >= s.needed(len(present))


def _fit(group: Group, hit: set[str], tracks: Mapping[str, Track]) -> float:
    """Return how well a group explains who was hit: the Jaccard index of the two sets (P. Jaccard, 1901)."""
    present = working(tracks, group.printers)
    return len(present & hit) / len(present | hit)


def _began(track: Track, start: float) -> float:
    return min(at for at in (track.alarmed_at, track.unseen_at) if at is not None and at >= start)


def _cause(groups: Sequence[Group], hit: set[str], present: int) -> CommonCause:
    names = tuple(group.called for group in groups)
    return CommonCause(names, len(hit & groups[0].printers), present)
