"""The governor: finds how many inspections a second the machine can do, and slows printers while it is fewer. Pure.

It needs no model of the machine. While work waits for the workers, what is done is what the machine can do; while they
have time to spare, it is what is done over the share of the time that they needed for it. In an overload that capacity
is asked for, a little more or less: so much that there is always a quarter of a second of work waiting, for then no
worker is idle, and no picture grows old. (Feedforward, and a proportional correction by the length of the queue. To
hold a queue to a delay and not to a length: K. Nichols, V. Jacobson, "Controlling queue delay", ACM Queue 10(5), 2012.)
"""

from monitor.pacing.capacity import Capacity
from monitor.pacing.overload import OverloadSigns
from monitor.pacing.share import AS_WISHED, Stretch, Wishes, hz, share_out
from monitor.pacing.telling import Telling
from monitor.pacing.window import Window
from monitor.records.load import Load

QUEUE_S = 0.25
"""So long a queue is aimed at in an overload."""
CORRECT_S = 5.0
"""A longer or shorter queue becomes right in about so long."""
CUT_AT_MOST = 0.2
"""Of the capacity: so much less is asked for at most, to work a queue off."""
RISE_AT_MOST = 0.25
"""Of what is asked for: so much more is asked for after a second at most, for what was measured may be wrong."""
INTERVAL_AT_MOST_S = 10.0
DEAD_BAND = 0.03
"""Smaller changes of the stretch are not worth telling a thousand printers of."""
ENDS_AFTER_S = 15.0
"""When all is as wished for so long, the next overload has to be found anew."""
WARM_UP_S = 10.0
"""At the start all cameras are dialled and all workers warm up: nothing that is measured then says anything."""


class Governor:
    """Decides by how much intervals are stretched; step it about once a second."""

    def __init__(self, started_at: float) -> None:
        self.stretch = AS_WISHED
        self.load = Load()
        self._warm_at = started_at + WARM_UP_S
        self._capacity = Capacity(QUEUE_S)
        self._telling = Telling()
        self._budget_hz = float("inf")  # while there is no overload
        self._signs = OverloadSigns()
        self._well_since: float | None = None

    def step(self, wishes: Wishes, seen: Window, now: float) -> Stretch:
        """Take in what was measured; return the stretch that holds from now on."""
        wanted_hz = hz(wishes)
        if seen.seconds > 0 and now >= self._warm_at:
            asked_hz = hz(wishes, self.stretch)
            self._capacity.measure(seen, asked_hz)
            self._adapt(seen, wanted_hz, asked_hz, _interval_s(wishes, asked_hz), now)
        self._settle(share_out(wishes, self._budget_hz))
        self.load = Load(
            wanted_hz,
            hz(wishes, self.stretch),
            self._capacity.hz,
            seen.busy_share,
            self.stretch.calm,
            self.stretch.suspect,
            self._telling.told(wishes, self.stretch, now),
        )
        return self.stretch

    def _adapt(self, seen: Window, wanted_hz: float, asked_hz: float, interval_s: float, now: float) -> None:
        is_overload = self._signs.tell(seen, interval_s)
        if self._budget_hz == float("inf") and not is_overload:
            return
        most_hz = min(wanted_hz, asked_hz * (1 + RISE_AT_MOST * min(1.0, seen.seconds)))
        correction = max(-CUT_AT_MOST, (QUEUE_S - seen.queue_s) / CORRECT_S)
        self._budget_hz = min(most_hz, self._capacity.asking_hz * (1 + correction))
        if self._budget_hz < wanted_hz:
            self._well_since = None
        elif self._well_since is None:
            self._well_since = now
        elif now - self._well_since >= ENDS_AFTER_S:
            self._budget_hz, self._well_since = float("inf"), None

    def _settle(self, found: Stretch) -> None:
        held = self.stretch
        same_kind = (found.spares_suspects, found.fits) == (held.spares_suspects, held.fits)
        changes = (found.calm / held.calm, found.suspect / held.suspect)
        is_small = all(1 - DEAD_BAND < change < 1 + DEAD_BAND for change in changes)
        if found == AS_WISHED or not (same_kind and is_small):
            self.stretch = found


def _interval_s(wishes: Wishes, asked_hz: float) -> float:
    return min(INTERVAL_AT_MOST_S, sum(wishes.values()) / asked_hz) if asked_hz else 1.0
