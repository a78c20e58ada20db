"""How many inspections a second the machine can do, and how many have to be asked for to get so many. Pure."""

from monitor.pacing.window import Window

WEIGHT, COME_WEIGHT = 0.25, 0.1
"""Of a new measurement, against what is known: done, and come."""
IDLE_SHARE = 0.05
"""Of the workers' time: below it there is too little to tell."""
COME_AT_LEAST = 0.1


class Capacity:
    """Measured from window to window."""

    def __init__(self, full_queue_s: float) -> None:
        """``full_queue_s``: where so much work waits nobody is idle for want of it, whatever clocks say."""
        self.hz: float | None = None
        self._full_queue_s = full_queue_s
        self._come = 1.0
        self._waited = 0.0

    @property
    def asking_hz(self) -> float:
        """What has to be asked for so that as much comes as can be done; endless while nothing is known."""
        return float("inf") if self.hz is None else self.hz / self._come

    def measure(self, seen: Window, asked_hz: float) -> None:
        """Take in a window in which ``asked_hz`` was asked for."""
        self._note_what_came(seen, asked_hz)
        if seen.busy_share < IDLE_SHARE:
            return
        now_hz = seen.done_hz / self._fullness(seen)
        self.hz = now_hz if self.hz is None else self.hz + WEIGHT * (now_hz - self.hz)

    def _fullness(self, seen: Window) -> float:
        busy = min(1.0, max(seen.busy_share, seen.loop_share, IDLE_SHARE))
        return busy + (1.0 - busy) * min(1.0, seen.queue_s / self._full_queue_s)

    def _note_what_came(self, seen: Window, asked_hz: float) -> None:
        """Cameras that are away send nothing of what is asked for."""
        came = max(0.0, seen.done + seen.lost + seen.waiting - self._waited)
        self._waited = seen.waiting
        if asked_hz > 0:
            share = self._come + COME_WEIGHT * (came / seen.seconds / asked_hz - self._come)
            self._come = max(COME_AT_LEAST, min(1.0, share))
