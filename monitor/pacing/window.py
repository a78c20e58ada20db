"""What the governor is told of each second."""

from dataclasses import dataclass

_FEWEST = 1.0  # inspections a window, where it is asked how long the others wait


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured since the last step."""

    seconds: float
    done: int
    lost: int  # inspections that were skipped
    waiting: float  # printers whose picture waits for a worker, in the mean
    busy_share: float  # of all workers' time
    loop_share: float = 0.0  # of the time of the thread that hands work out

    def __add__(self, later: "Window") -> "Window":
        """Return both as one."""
        seconds = self.seconds + later.seconds
        share = later.seconds / seconds if seconds else 0.0

        def mean(before: float, after: float) -> float:
            return before + share * (after - before)

        return Window(
            seconds,
            self.done + later.done,
            self.lost + later.lost,
            mean(self.waiting, later.waiting),
            mean(self.busy_share, later.busy_share),
            mean(self.loop_share, later.loop_share),
        )

    @property
    def done_hz(self) -> float:
        """Inspections a second."""
        return self.done / self.seconds

    @property
    def queue_s(self) -> float:
        """How long the work that waits will take."""
        return self.waiting * self.seconds / max(_FEWEST, self.done)
