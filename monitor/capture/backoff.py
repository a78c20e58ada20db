"""How long to wait before a camera is dialled again. Pure; the steps are those of go2rtc."""

from itertools import chain, repeat

_DELAYS_S = tuple(chain(repeat(1.0, 5), repeat(5.0, 5), repeat(10.0, 10)))
_LONGEST_S = 60.0

HEALTHY_AFTER_S = 30.0
"""A connection that streamed this long was a good one; what failed before it is forgotten."""


class Backoff:
    """Counts the failures in a row: 1 s five times, 5 s five times, 10 s ten times, then 60 s."""

    def __init__(self) -> None:
        self._failures = 0

    def failed(self, streamed_s: float) -> float:
        """Take note that a connection ended after ``streamed_s`` seconds of pictures; return the seconds to wait."""
        if streamed_s >= HEALTHY_AFTER_S:
            self._failures = 0
        delay_s = _DELAYS_S[self._failures] if self._failures < len(_DELAYS_S) else _LONGEST_S
        self._failures += 1
        return delay_s
