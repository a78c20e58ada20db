"""When people are told that there is too much to look at, and what. Pure."""

from monitor.pacing.share import Stretch, Wishes
from monitor.records.load import Overload

OVERLOADED_FROM, OVERLOADED_TO = 1.10, 1.03
"""People are told of an overload when a printer is slowed by the first, and of its end below the second."""
BEGINS_AFTER_S, ENDS_AFTER_S = 10.0, 15.0


class Telling:
    """An overload is told some seconds after the first slow look, until some seconds after the last."""

    def __init__(self) -> None:
        self._told: Overload | None = None
        self._slow_since: float | None = None
        self._well_since: float | None = None

    def told(self, wishes: Wishes, stretch: Stretch, now: float) -> Overload | None:
        """Return the overload as it is told now."""
        self._told = self._decided(wishes, stretch, now)
        return self._told

    def _decided(self, wishes: Wishes, stretch: Stretch, now: float) -> Overload | None:
        slowness = {wish: stretch.every_s(wish) / wish.calm_s for wish in wishes}
        worst = max(slowness.values(), default=1.0)
        self._slow_since = (self._slow_since or now) if worst >= OVERLOADED_FROM else None
        self._well_since = (self._well_since or now) if worst < OVERLOADED_TO else None
        told = self._told
        if told is None:
            if self._slow_since is None or now - self._slow_since < BEGINS_AFTER_S:
                return None
            since = self._slow_since
        elif self._well_since is not None and now - self._well_since >= ENDS_AFTER_S:
            return None
        else:
            since = told.since
        slowed = {wish: wishes[wish] for wish, factor in slowness.items() if factor >= OVERLOADED_TO}
        if not slowed:
            return told
        most = max(slowed, key=lambda wish: slowed[wish])
        every_s = _readable(stretch.every_s(most))
        return Overload(since, every_s, most.calm_s, sum(slowed.values()), not stretch.fits)


def _readable(seconds: float) -> float:
    """Round to two figures: what is told should not change with every breath."""
    return float(f"{seconds:.2g}")
