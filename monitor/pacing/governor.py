"""The governor: finds how many inspections a second the machine can do, and slows printers while it is fewer. Pure.

It needs no model of the machine. Where inspections are lost, or wait for long, what is asked for is cut to what was
done, and a little more so that what waits is worked off; where workers have time to spare, more is asked for, step by
step, until all is as wished. Between the two it rests, so that nothing flaps. (Additive increase, multiplicative
decrease, as TCP does; D.-M. Chiu, R. Jain, "Analysis of the increase and decrease algorithms for congestion avoidance",
Computer Networks and ISDN Systems 17, 1989.)
"""

from dataclasses import dataclass

from monitor.pacing.share import AS_WISHED, Stretch, Wishes, hz, share_out
from monitor.records.load import Load, Overload

LOST_SHARE = 0.03
"""More lost inspections than that, of those asked for in a window, are an overload."""
WAITING_S, WAITING_SHARE = 0.5, 0.25
"""So is work that waits for a worker, when there is more of it than for so long and for this share of an interval."""
IN_A_ROW = 3
"""But only in so many windows in a row: a breath of the machine slows nobody."""
BUSY_AT_MOST = 0.92
"""The share of the workers' time that is asked for, after an overload."""
DRAIN_INTERVALS = 5.0
"""What waits when an overload is found is worked off in about so many intervals."""
CUT_AT_MOST = 0.3
"""One cut leaves at least this share: what was measured in a moment may be wrong."""
INTERVAL_AT_MOST_S = 10.0
SETTLE_S = 2.0
"""What is measured speaks for a stretch when that has held for so long and an interval."""
RISE = 0.05
"""Of what is wished, so much more is allowed each second while workers have time to spare."""
RISE_AT_LEAST = 0.02
"""Of what is asked for; less is not worth a change."""
DEAD_BAND = 0.03
"""Smaller changes of the stretch are not worth telling a thousand printers of."""

OVERLOADED_FROM, OVERLOADED_TO = 1.10, 1.03
"""People are told of an overload when a printer is slowed by the first, and of its end below the second."""
BEGINS_AFTER_S, ENDS_AFTER_S = 10.0, 15.0
WARM_UP_S = 10.0
"""At the start all cameras are dialled and all workers warm up: nothing that is measured then says anything."""

_SMOOTHING = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured since the last step."""

    seconds: float
    done: int
    lost: int  # inspections that were skipped
    waiting: int  # printers whose picture waits for a worker, at the end
    busy_share: float  # of all workers' time
    loop_share: float = 0.0  # of the time of the thread that hands work out


class Governor:
    """Decides by how much intervals are stretched; step it about once a second."""

    def __init__(self, started_at: float) -> None:
        self.stretch = AS_WISHED
        self.load = Load()
        self._settled_at = started_at + WARM_UP_S
        self._budget_hz = float("inf")
        self._overloaded = 0  # windows in a row
        self._busy: list[tuple[float, float]] = []  # seconds and busy share, since the last change
        self._capacity_hz: float | None = None
        self._waited = 0
        self._slow_since: float | None = None
        self._well_since: float | None = None

    def step(self, wishes: Wishes, seen: Window, now: float) -> Stretch:
        """Take in what was measured; return the stretch that holds from now on."""
        if seen.seconds > 0:
            self._measure(seen)
            self._adapt(wishes, seen, now)
        wanted_hz = hz(wishes)
        if self._budget_hz >= wanted_hz:
            self._budget_hz = float("inf")
        self._settle(share_out(wishes, self._budget_hz))
        self.load = Load(
            wanted_hz,
            hz(wishes, self.stretch),
            self._capacity_hz,
            seen.busy_share,
            self.stretch.calm,
            self.stretch.suspect,
            self._told(wishes, now),
        )
        return self.stretch

    def _measure(self, seen: Window) -> None:
        if seen.busy_share < 0.05:
            return  # too little to tell
        now_hz = seen.done / seen.seconds / min(1.0, seen.busy_share)
        known = self._capacity_hz
        self._capacity_hz = now_hz if known is None else known + _SMOOTHING * (now_hz - known)

    def _adapt(self, wishes: Wishes, seen: Window, now: float) -> None:
        asked_hz = hz(wishes, self.stretch)
        interval_s = min(INTERVAL_AT_MOST_S, sum(wishes.values()) / asked_hz) if asked_hz else 1.0
        came_to_wait = max(0, seen.waiting - self._waited)
        self._waited = seen.waiting
        if now < self._settled_at:
            self._busy.clear()
            return
        self._busy.append((seen.seconds, max(seen.busy_share, seen.loop_share)))
        asked = seen.done + seen.lost + came_to_wait
        backlog_s = seen.waiting * seen.seconds / max(1, seen.done)
        is_long = backlog_s > max(WAITING_S, WAITING_SHARE * interval_s)
        is_overloaded = seen.lost > max(1.0, LOST_SHARE * asked) or (seen.waiting > 1 and is_long)
        self._overloaded = self._overloaded + 1 if is_overloaded else 0
        if self._overloaded >= IN_A_ROW:
            share = seen.done / max(1, asked) * (BUSY_AT_MOST - backlog_s / (DRAIN_INTERVALS * interval_s))
            self._allow(asked_hz * min(BUSY_AT_MOST, max(CUT_AT_MOST, share)), now + SETTLE_S + interval_s)
        elif self._budget_hz < hz(wishes) and sum(s for s, _ in self._busy) >= interval_s:
            self._rise(hz(wishes), asked_hz, now)

    def _rise(self, wished_hz: float, asked_hz: float, now: float) -> None:
        seconds = sum(s for s, _ in self._busy)
        busy = sum(s * share for s, share in self._busy) / seconds
        self._busy.clear()
        more_hz = min(RISE * wished_hz * seconds, asked_hz * (BUSY_AT_MOST / max(busy, 0.01) - 1))
        if more_hz > RISE_AT_LEAST * asked_hz:
            self._allow(asked_hz + more_hz, now)

    def _allow(self, budget_hz: float, settled_at: float) -> None:
        self._budget_hz, self._settled_at = budget_hz, settled_at
        self._overloaded = 0
        self._busy.clear()

    def _settle(self, found: Stretch) -> None:
        held = self.stretch
        same_kind = (found.spares_suspects, found.fits) == (held.spares_suspects, held.fits)
        changes = (found.calm / held.calm, found.suspect / held.suspect)
        is_small = all(1 - DEAD_BAND < change < 1 + DEAD_BAND for change in changes)
        if found == AS_WISHED or not (same_kind and is_small):
            self.stretch = found

    def _told(self, wishes: Wishes, now: float) -> Overload | None:
        """Return the overload as it is told: it begins and ends some seconds after the first and the last slow look."""
        slowness = {wish: self.stretch.every_s(wish) / wish.calm_s for wish in wishes}
        worst = max(slowness.values(), default=1.0)
        told = self.load.overload
        self._slow_since = (self._slow_since or now) if worst >= OVERLOADED_FROM else None
        self._well_since = (self._well_since or now) if worst < OVERLOADED_TO else None
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
        every_s = _readable(self.stretch.every_s(most))
        return Overload(since, every_s, most.calm_s, sum(slowed.values()), not self.stretch.fits)


def _readable(seconds: float) -> float:
    """Round to two figures: what is told should not change with every breath."""
    return float(f"{seconds:.2g}")
