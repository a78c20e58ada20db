"""By what an overload is recognised. Pure."""

from monitor.pacing.window import Window

LOST_SHARE = 0.03
"""More lost inspections than that, of those asked for in a window, are an overload."""
ENOUGH = 1 / LOST_SHARE
"""So many inspections it takes to tell: a window of fewer is seen together with the next one."""
WAITING_S, WAITING_SHARE = 0.5, 0.25
"""So is work that waits for a worker, when there is more of it than for so long and for this share of an interval."""
IN_A_ROW = 3
"""But only in so many windows in a row: a breath of the machine slows nobody."""


class OverloadSigns:
    """Looks for work that waits or is lost, in windows that are long enough to tell: seconds, in a farm of a few."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._seen: Window | None = None  # since the last window that was long enough
        self._in_a_row = 0

    def tell(self, seen: Window, interval_s: float) -> bool:
        """Take in a window, with the mean interval between two looks at a printer; tell whether it is an overload."""
        seen = seen if self._seen is None else self._seen + seen
        asked = seen.done + seen.lost
        waits = seen.waiting > 1 and seen.queue_s > max(WAITING_S, WAITING_SHARE * interval_s)
        self._seen = seen
        if waits or asked >= ENOUGH:
            self._in_a_row = self._in_a_row + 1 if waits or seen.lost > LOST_SHARE * asked else 0
            self._seen = None
        return self._in_a_row >= IN_A_ROW
