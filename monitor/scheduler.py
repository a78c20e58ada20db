"""The scheduler: which cameras are inspected next. Pure: no clock, thread or socket.

Each printer has a grid of due times, one every ``every_s`` seconds. The most overdue printer comes first, a frame is
never inspected twice, and a printer whose camera has nothing new waits without holding up the others. A printer that
falls behind by more than one interval skips the lost inspections and counts them: nothing queues up.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class _Line:
    every_s: float
    due_at: float
    last_number: int = -1
    in_flight: bool = False
    due: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Inspections that fell due, and that were done, since the start."""

    due: int
    done: int


class Scheduler:
    """Keeps the due times of all printers. The caller owns it; it is not thread-safe."""

    def __init__(self, every_s: Mapping[str, float], started_at: float) -> None:
        count = max(1, len(every_s))
        # First inspections are spread over the interval, so that a thousand cameras do not all fall due at once.
        self._lines = {
            printer: _Line(interval_s, started_at + interval_s * place / count)
            for place, (printer, interval_s) in enumerate(every_s.items())
        }

    def add(self, printer: str, every_s: float, now: float) -> None:
        """Take in a printer that was not there before; it is due at once."""
        self._lines = {**self._lines, printer: _Line(every_s, now)}  # another thread may be at the tally

    def remove(self, printer: str) -> None:
        """Forget a printer, with its share of the tally; what of it is in flight ends unheard."""
        self._lines = {name: line for name, line in self._lines.items() if name != printer}

    def set_every(self, printer: str, every_s: float, now: float) -> None:
        """Change a printer's interval; a shorter one takes effect at once."""
        line = self._lines[printer]
        if every_s == line.every_s:
            return
        line.every_s = every_s
        line.due_at = min(line.due_at, now + every_s)

    def due(self, now: float, newest: Mapping[str, int], limit: int) -> list[str]:
        """Return at most ``limit`` printers to inspect now, most overdue first.

        ``newest`` gives the number of the newest frame of every printer that has one.
        """
        ready = [
            (line.due_at, printer)
            for printer, line in self._lines.items()
            if line.due_at <= now and not line.in_flight and newest.get(printer, -1) > line.last_number
        ]
        ready.sort()
        return [printer for _, printer in ready[:limit]]

    def started(self, printer: str, number: int, now: float) -> None:
        """Note that frame ``number`` of the printer is being inspected."""
        line = self._lines[printer]
        line.in_flight = True
        line.last_number = number
        missed = max(0, int((now - line.due_at) / line.every_s))
        line.due += 1 + missed
        line.due_at += (1 + missed) * line.every_s

    def finished(self, printer: str) -> None:
        """Note that the printer's inspection has ended, well or not; nothing happens when it was removed meanwhile."""
        line = self._lines.get(printer)
        if line is None:
            return
        line.in_flight = False
        line.done += 1

    def tally(self, now: float) -> Tally:
        """Return how many inspections have fallen due by ``now``, the overdue ones included, and how many are done."""
        overdue = sum(
            1 + int((now - line.due_at) / line.every_s) for line in self._lines.values() if line.due_at <= now
        )
        lines = self._lines.values()
        return Tally(sum(line.due for line in lines) + overdue, sum(line.done for line in lines))
