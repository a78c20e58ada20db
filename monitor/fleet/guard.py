"""Tells failures of one printer from trouble that many printers share.

A failure takes ten seconds of evidence, a suspicion three. So when the first failure of a burst is decided, the others
are suspect already: what counts is when their trouble *began*. Settings and arithmetic: :class:`GuardSettings`.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.fleet.burst import Burst, find_burst, is_farm_wide
from monitor.fleet.groups import Group
from monitor.fleet.looks import Look
from monitor.fleet.settings import GuardSettings
from monitor.fleet.tracks import Track
from monitor.records import Hold, StartNews

log = logging.getLogger(__name__)

START_LASTS_S = 300.0
"""So long after the start its news (another detector, another file) may be the cause of what the whole farm shows."""

ALONE = "the others are well again, this one goes on failing"

DEFAULTS = GuardSettings()

_HOLDABLE = (Look.FAILING, Look.RECOVERING, Look.UNSEEN)


@dataclass(frozen=True, slots=True)
class Release:
    """A held failure that stands alone by now: it goes its printer's way."""

    printer: str
    why: str


class FleetGuard:
    """Owned by one thread; times come in and never go back. Bounded by the number of printers."""

    def __init__(
        self,
        groups: Iterable[Group],
        settings: GuardSettings = DEFAULTS,
        started_at: float = 0.0,
        news: StartNews = StartNews.STARTED,
    ) -> None:
        """No groups: nothing is ever held. ``news``: what the start of Vigie has changed."""
        self._groups = tuple(groups)
        self._settings = settings
        self._started_at = started_at
        self._news = news
        self._tracks: dict[str, Track] = {}
        self._bursts: list[Burst] = []
        self._elsewhere: frozenset[str] = frozenset()  # printers that another monitor watches, and told of

    def regroup(self, groups: Iterable[Group], settings: GuardSettings) -> None:
        """Go by other groups and settings from now on; what is held stays held."""
        self._groups, self._settings = tuple(groups), settings

    def forget(self, printer: str) -> None:
        """A printer is not there any more: it counts for nothing, and nothing of it is held."""
        self._tracks.pop(printer, None)
        self._elsewhere -= {printer}
        for burst in self._bursts:
            burst.held.discard(printer)

    def overhear(self, looks: Mapping[str, Look], now: float) -> None:
        """Take in how all printers look that other monitors watch: a room is shared, and so is what happens to it.

        Of which nothing is told any more, nothing is known: it counts for nothing. Nothing of them is ever held here.
        """
        for printer in self._elsewhere - looks.keys():
            self._tracks.pop(printer, None)
        for printer, look in looks.items():
            self._turn(printer, look, now)
        self._elsewhere = frozenset(looks)

    def note(self, printer: str, look: Look, now: float) -> None:
        """Take in how a printer looks. Trouble that is there at the first look began at no known time."""
        self._elsewhere -= {printer}
        self._turn(printer, look, now)

    def _turn(self, printer: str, look: Look, now: float) -> None:
        track = self._tracks.get(printer)
        if track is None:
            self._tracks[printer] = Track(look, now if look.is_alarm else None)
        else:
            self._tracks[printer] = track.turned(look, now, self._settings.within_s)

    def decided(self, printer: str, now: float) -> Hold | None:
        """A failure of a printer was decided: return why and how long to hold it, or None to act at once.

        Its look was noted before; raises KeyError when it never was.
        """
        alarmed_at = self._tracks[printer].alarmed_at
        onset = now if alarmed_at is None else alarmed_at
        burst = self._running(printer, onset, now) or self._begun(printer, onset, now)
        if burst is None:
            return None
        burst.held.add(printer)
        return Hold(burst.cause, burst.until)

    def tick(self, now: float) -> list[Release]:
        """Return whom to let go its way by now."""
        released = [release for burst in self._bursts for release in self._released(burst, now)]
        self._bursts = [burst for burst in self._bursts if not self._is_over(burst, now)]
        return released

    def _running(self, printer: str, onset: float, now: float) -> Burst | None:
        for burst in self._bursts:
            if burst.takes_in(printer, onset, now, self._tracks, self._settings):
                burst.until = burst.until if now <= burst.until else now + self._settings.hold_s
                return burst
        return None

    def _begun(self, printer: str, onset: float, now: float) -> Burst | None:
        burst = find_burst(printer, onset, now, self._groups, self._tracks, self._settings)
        if burst is None:
            return None
        is_fresh = burst.began - self._started_at <= START_LASTS_S
        if is_fresh and is_farm_wide(burst, onset, self._tracks, self._settings):
            burst = replace(burst, cause=replace(burst.cause, news=self._news))
        self._bursts.append(burst)
        log.warning("failures are held until %.0f s from now: %s", burst.until - now, burst.cause)
        return burst

    def _released(self, burst: Burst, now: float) -> list[Release]:
        burst.held = {name for name in burst.held if self._is_holdable(name)}
        if not burst.is_settled(self._tracks, self._settings):
            burst.settled_at = None
            return []
        burst.settled_at = now if burst.settled_at is None else burst.settled_at
        if now - burst.settled_at < self._settings.settle_s:
            return []
        alone = sorted(name for name in burst.held if self._tracks[name].look is Look.FAILING)
        burst.held -= set(alone)
        return [Release(name, ALONE) for name in alone]

    def _is_holdable(self, printer: str) -> bool:
        return self._tracks[printer].look in _HOLDABLE

    def _is_over(self, burst: Burst, now: float) -> bool:
        return not burst.held and (now > burst.until or burst.is_settled(self._tracks, self._settings))
