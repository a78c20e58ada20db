"""Whether a node can pause what it has, and when it lets go of it because others can: pure.

Who does not hear the broker can pause nothing, however certain its lease is. It tells the others so in its sign of life
(``can_pause``), and hands over as in a drain when some other node has said for a while that it can. While none can,
nothing moves: a broker that is gone for all must not make printers wander. What counts is what was heard, not whether a
connection seems to stand: one that was cut without a word seems to for half a minute.

Nothing flaps. A short silence is none. Who has let go takes printers again when it has heard the broker for a while,
which is twice as long each time that it is lost soon again.
"""

from monitor.cluster.lease import Timing

NOTICE_S = 1.0  # a process that was suspended has not heard anything either, until it has looked
LONGEST_BACK_S = 160.0
CALM_S = 300.0  # who has heard the broker for so long begins anew


class Serving:
    """One node's. Times ``now`` are seconds on its own clock (see :mod:`monitor.cluster.lease`)."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.can_pause: bool | None = None  # None: nobody has told anything of the broker
        self.lets_go = False  # others have what is ours, or are to have it
        self._back_s = 0.0  # who has just started takes printers as soon as it hears the broker
        self._silent_since: float | None = None
        self._heard_since: float | None = None  # while it cannot pause
        self._others_since: float | None = None  # for how long some other node could pause
        self._able_since = float("-inf")

    def look(self, silence_s: float | None, now: float, *, others_can: bool) -> None:
        """Take in how long ago the broker was heard (None: nobody listens), and whether some other node can pause."""
        if silence_s is None:
            return
        if silence_s < self._timing.unheard_s:
            self._hears(now)
        else:
            self._is_silent(now)
        self._others_since = (self._others_since or now) if others_can else None
        self._let_go(now)

    def _hears(self, now: float) -> None:
        self._silent_since = None
        if self.can_pause:
            return
        self._heard_since = now if self._heard_since is None else self._heard_since
        if now - self._heard_since >= self._back_s:
            self.can_pause, self.lets_go, self._able_since = True, False, now

    def _is_silent(self, now: float) -> None:
        self._silent_since = now if self._silent_since is None else self._silent_since
        if now - self._silent_since < (self._timing.unheard_s if self.can_pause is None else NOTICE_S):
            return  # who has just started has not listened for so long yet
        if self.can_pause:
            is_calm = now - self._able_since >= CALM_S
            again_s = self._timing.back_s if is_calm else max(self._timing.back_s, 2 * self._back_s)
            self._back_s = min(again_s, LONGEST_BACK_S)
        self.can_pause, self._heard_since = False, None

    def _let_go(self, now: float) -> None:
        since = (self._silent_since, self._others_since)
        if self.can_pause is False and all(one is not None and now - one >= self._timing.let_go_s for one in since):
            self.lets_go = True
