"""A machine whose clock was set wrong."""

from monitor.clock import SystemClock


class SkewedClock(SystemClock):
    """The machine's clock, as if it were ahead by so many seconds, or behind."""

    def __init__(self, ahead_s: float) -> None:
        super().__init__()
        self._ahead_s = ahead_s

    def now(self) -> float:
        """Return what the wrong clock says."""
        return super().now() + self._ahead_s
