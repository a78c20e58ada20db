"""How often somebody may try. Pure: the time is told.

Each key may be tried ``burst`` times at once, then once every ``every_s``: the generic cell rate algorithm (ITU-T
I.371, annex A), which needs one number a key. A refused try costs nothing, so that trying in vain makes nobody wait
longer. Keys whose whole burst is free again are forgotten; since every try takes from a limit that all share, at most
so many are remembered as this one lets through meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How often: ``burst`` at once, and then one ``every_s``."""

    burst: int
    every_s: float


@dataclass(frozen=True, slots=True)
class Charge:
    """One limit of one key."""

    key: Key
    limit: Limit


class Limiter:
    """Remembers tries."""

    def __init__(self) -> None:
        self._free_at: dict[Key, float] = {}  # when a key's whole burst is free again
        self._swept_at = 0.0

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._free_at)

    def wait_s(self, charges: Iterable[Charge], now: float) -> float:
        """Return how long to wait until every one of these lets a try through; 0: none."""
        return max((self._wait_s(charge, now) for charge in charges), default=0.0)

    def take(self, charges: Sequence[Charge], now: float) -> float:
        """Count a try and return 0; or count nothing, and return how many seconds are to wait."""
        self._sweep(now)
        wait_s = self.wait_s(charges, now)
        if wait_s == 0.0:
            for charge in charges:
                self._free_at[charge.key] = max(now, self._free_at.get(charge.key, now)) + charge.limit.every_s
        return wait_s

    def forgive(self, charges: Iterable[Charge]) -> None:
        """Take a try back: it was rightful."""
        for charge in charges:
            if charge.key in self._free_at:
                self._free_at[charge.key] -= charge.limit.every_s

    def _wait_s(self, charge: Charge, now: float) -> float:
        taken_s = max(0.0, self._free_at.get(charge.key, now) - now)
        wait_s = taken_s - (charge.limit.burst - 1) * charge.limit.every_s
        return wait_s if wait_s > 1e-6 else 0.0

    def _sweep(self, now: float) -> None:
        if now - self._swept_at >= 10.0:
            self._swept_at = now
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
