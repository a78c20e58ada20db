"""When a camera that has to be asked for each picture is asked: on a grid of its own, so that a farm asks evenly.

A thousand cameras that were all reached at the same moment, after a start or when a switch comes back, would for ever
send all their pictures in the same moment of each second. Each printer therefore has a phase of its own, by its id.
"""

import math
import threading
from dataclasses import dataclass
from zlib import crc32

SPREAD_S = 1.0
"""Within so long after a connection is wanted the first picture is asked for, however long the interval is."""
FASTEST_S = 0.2
"""No camera is asked more often than that, unless its configuration says so."""

WAKES_BELOW = 0.9
"""An interval that shrinks by less wakes nobody who waits: a thousand cameras would cost more than they bring."""

_TOLERANCE = 1e-3  # of an interval: clocks wake a little early, and the points of a grid are rounded


def phase_of(printer: str) -> float:
    """Return where in its interval a printer's camera is asked, 0 <= phase < 1; always the same for the same id."""
    return crc32(printer.encode()) / 2**32


def first_due(now: float, every_s: float, phase: float) -> float:
    """Return when to ask for the first picture of a connection: at the phase, within ``SPREAD_S``."""
    step_s = min(every_s, SPREAD_S)
    return _point(math.ceil(now / step_s - phase - _TOLERANCE), step_s, phase)


def next_due(asked_due: float, now: float, every_s: float, phase: float) -> float:
    """Return the grid's first point after now, and after the one that was due last.

    A camera that answers too late misses the points that are over: nothing is made up for, and nothing drifts.
    """
    latest = max(asked_due, now)
    return _point(math.floor(latest / every_s - phase + _TOLERANCE) + 1, every_s, phase)


def _point(number: int, every_s: float, phase: float) -> float:
    return (number + phase) * every_s


@dataclass(frozen=True, slots=True)
class Grid:
    """When a camera is asked: every so often, at a phase of that; ``phase`` None until the first picture is wanted."""

    every_s: float
    phase: float | None

    def stretched(self, every_s: float, now: float) -> "Grid":
        """Return the grid of another interval, with the same share of the present one still to come.

        So pictures go on to come when they are inspected, whose times are stretched likewise, and a farm that is slowed
        together stays spread.
        """
        if self.phase is None:
            return Grid(every_s, None)
        next_at = now + (next_due(now, now, self.every_s, self.phase) - now) * every_s / self.every_s
        return Grid(every_s, next_at / every_s % 1.0)


class Polling:
    """A camera's interval and phase. They outlive its connections, and any thread may change the interval."""

    def __init__(self, every_s: float, printer: str | None = None) -> None:
        """Without a printer, the first picture is asked for at once, and the grid begins there."""
        self.changed = threading.Event()
        """Set by :meth:`pace`, for whoever waits until a camera is due; cleared by them. A longer interval sets
        nothing: who wakes too early looks at :attr:`grid` again."""
        self._configured_s = every_s
        self._grid = Grid(every_s, None if printer is None else phase_of(printer))

    @property
    def grid(self) -> Grid:
        """What holds now; another object after each change."""
        return self._grid

    @property
    def every_s(self) -> float:
        """Seconds from one request to the next, as of now."""
        return self._grid.every_s

    @property
    def missed_s(self) -> float:
        """By how much somebody comes too late at most who was not woken."""
        return (1.0 - WAKES_BELOW) * self._grid.every_s

    def pace(self, every_s: float, now: float, *, beyond_configured: bool = False) -> None:
        """Ask every so often from now on; not more often than configured, unless ``beyond_configured``.

        Even then at most every ``FASTEST_S``. Takes effect at once, also in the middle of a wait.
        """
        fastest_s = min(FASTEST_S, self._configured_s) if beyond_configured else self._configured_s
        every_s, held = max(every_s, fastest_s), self._grid
        if every_s == held.every_s:
            return
        self._grid = held.stretched(every_s, now)
        if every_s < WAKES_BELOW * held.every_s:
            self.changed.set()

    def first_due(self, now: float) -> float:
        """Return when a new connection asks for its first picture."""
        if self._grid.phase is None:
            self._grid = Grid(self._grid.every_s, now / self._grid.every_s % 1.0)
            return now
        return first_due(now, self._grid.every_s, self._grid.phase)

    def next_due(self, asked_due: float, now: float) -> float:
        """Return when the picture after the one that was due at ``asked_due`` is asked for."""
        grid = self._grid
        return next_due(asked_due, now, grid.every_s, grid.phase or 0.0)
