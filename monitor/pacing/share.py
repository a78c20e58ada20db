"""How a number of inspections a second is shared out among printers that want more. Pure.

Calm printers are slowed evenly, by one common factor, down to their floor. Suspects keep their rate while they need no
more than ``SUSPECTS_SHARE`` of everything; beyond that they too are slowed evenly, but not below the rate of a calm
printer, for their quicker looks bring little that a calm printer's only look does not. When all calm printers are at
their floor suspects are slowed further. When that is not enough either, it does not fit: nobody goes below the floor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from monitor.pacing.wish import Wish

SUSPECTS_SHARE = 0.25

_HALVINGS = 40
_ROUNDING = 1e-6

Wishes = Mapping[Wish, int]
"""How many printers have each wish."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """By which factors intervals are stretched."""

    calm: float = 1.0
    suspect: float = 1.0
    spares_suspects: bool = True  # they are at least as fast as calm printers should be
    fits: bool = True

    def every_s(self, wish: Wish) -> float:
        """Return the interval that comes of a wish."""
        if not wish.is_suspect:
            return min(wish.every_s * self.calm, wish.at_least_s)
        return min(wish.every_s * self.suspect, wish.calm_s if self.spares_suspects else wish.at_least_s)


AS_WISHED = Stretch()


def hz(wishes: Wishes, stretch: Stretch = AS_WISHED) -> float:
    """Return how many inspections a second the wishes come to."""
    return sum(count / stretch.every_s(wish) for wish, count in wishes.items())


def share_out(wishes: Wishes, budget_hz: float) -> Stretch:
    """Return how much intervals must be stretched so that all wishes together need at most ``budget_hz``."""
    if hz(wishes) <= budget_hz * (1 + _ROUNDING):
        return AS_WISHED
    calm = {wish: count for wish, count in wishes.items() if not wish.is_suspect}
    suspects = {wish: count for wish, count in wishes.items() if wish.is_suspect}
    theirs_hz = max(SUSPECTS_SHARE * budget_hz, budget_hz - hz(calm))
    calm_enough = max((wish.calm_s / wish.every_s for wish in suspects), default=1.0)
    found = Stretch(suspect=_least(lambda factor: hz(suspects, Stretch(suspect=factor)), theirs_hz, calm_enough))
    rest_hz = budget_hz - hz(suspects, found)
    found = replace(found, calm=_least(lambda factor: hz(calm, Stretch(calm=factor)), rest_hz, _slowest(calm)))
    if hz(wishes, found) <= budget_hz * (1 + _ROUNDING):
        return found

    def slowed(factor: float) -> Stretch:
        return replace(found, suspect=factor, spares_suspects=False)

    left_hz = budget_hz - hz(calm, found)
    last = slowed(_least(lambda factor: hz(suspects, slowed(factor)), left_hz, _slowest(suspects)))
    return replace(last, fits=hz(wishes, last) <= budget_hz * (1 + _ROUNDING))


def _slowest(wishes: Wishes) -> float:
    """Return the factor at which all are at their floor."""
    return max((wish.at_least_s / wish.every_s for wish in wishes), default=1.0)


def _least(needed_hz: Callable[[float], float], budget_hz: float, most: float) -> float:
    """Return the least factor, 1 to ``most``, by which they need no more than the budget; ``most`` if none does."""
    low, high = 1.0, most
    if needed_hz(low) <= budget_hz:
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if needed_hz(middle) <= budget_hz else (middle, high)
    return high
