"""What a thin line may carry, and whose tile comes next. Pure: all times are given.

The bucket may go into debt by one message, never by two: over any span of T seconds no more is sent than what T seconds
and one burst allow, and the longest message that there is. What must be told whatever the line (:meth:`Budget.spend`
without asking) counts, too, and tiles wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from monitor.records import State

BURST_S = 1.0
LEAST_KBIT_PER_S = 10.0  # a line that carries less carries no pictures
LOOKED_AT_EVERY_S = 1.0  # a tile of a printer at which somebody looks, at most
UNSEEN_EVERY_S = 5.0  # of one that fails, and nobody looks
_PASSED_OVER = 3  # of so many tiles in a row one goes to who was not sent the longest, whoever fails


class Budget:
    """A token bucket; what it holds is bytes."""

    def __init__(self, kbit_per_s: float, now: float) -> None:
        self.bytes_per_s = kbit_per_s * 1000 / 8
        self._level, self._at = self._most, now

    @property
    def _most(self) -> float:
        return self.bytes_per_s * BURST_S

    def carries(self, kbit_per_s: float, now: float) -> None:
        """Go on with another rate; what was spent stays spent."""
        self._level, self._at = self._level_at(now), max(self._at, now)
        self.bytes_per_s = kbit_per_s * 1000 / 8

    def spend(self, size: int, now: float) -> None:
        """Note that something is sent."""
        self._level = self._level_at(now) - size
        self._at = max(self._at, now)

    def wait_s(self, now: float) -> float:
        """Return after how many seconds something may be sent; 0: now."""
        return max(0.0, -self._level_at(now) / self.bytes_per_s)

    def _level_at(self, now: float) -> float:
        return min(self._most, self._level + self.bytes_per_s * max(0.0, now - self._at))


class Urgency(IntEnum):
    """Whose tile comes first."""

    FAILING = 0
    SUSPECT = 1
    CALM = 2


URGENT = {
    State.FAILING: Urgency.FAILING,
    State.PAUSING: Urgency.FAILING,
    State.PAUSE_FAILED: Urgency.FAILING,
    State.SUSPECT: Urgency.SUSPECT,
}
"""Of whose printers tiles are sent although nobody looks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tile that somebody would see."""

    urgency: Urgency
    is_looked_at: bool

    @property
    def every_s(self) -> float:
        """How far apart two of them are, at the least."""
        return LOOKED_AT_EVERY_S if self.is_looked_at else UNSEEN_EVERY_S


class Turns:
    """In which order tiles are sent: failing printers first, then suspects, then the one that waits the longest."""

    def __init__(self) -> None:
        self._sent_at: dict[str, float] = {}
        self._in_a_row = 0  # tiles that went to an urgent one while a less urgent one waited

    def next(self, wanted: Mapping[str, Wanted], now: float) -> str | None:
        """Return whose tile is sent now, and note that it is; None: nobody's is due."""
        self._sent_at = {printer: at for printer, at in self._sent_at.items() if printer in wanted}
        due = [printer for printer, want in wanted.items() if now - self._last(printer) >= want.every_s]
        if not due:
            return None
        first = min(due, key=lambda printer: (wanted[printer].urgency, self._last(printer)))
        if self._in_a_row >= _PASSED_OVER - 1:
            first = min(due, key=self._last)
        passes_over = any(wanted[printer].urgency > wanted[first].urgency for printer in due)
        self._in_a_row = min(self._in_a_row + 1, _PASSED_OVER - 1) if passes_over else 0
        self._sent_at[first] = now
        return first

    def _last(self, printer: str) -> float:
        return self._sent_at.get(printer, float("-inf"))
