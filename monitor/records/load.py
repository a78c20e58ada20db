"""What is known of how much there is to look at, and how much of it this machine can."""

from dataclasses import dataclass
from enum import StrEnum


class LoadState(StrEnum):
    """Whether printers are looked at as often as they should be."""

    NORMAL = "normal"
    SLOWED = "slowed"  # less often, and the machine keeps up with that
    TOO_MANY = "too-many"  # as rarely as is allowed, and even that is too much


@dataclass(frozen=True, slots=True)
class Overload:
    """Printers are looked at less often than they should be, because the machine cannot do more."""

    since: float
    every_s: float  # between two looks at a printer, where most of those that are slowed stand
    wanted_s: float  # and as cameras.yaml wants it
    printers: int  # that are slowed
    too_many: bool = False  # all are at their floor, ``inspect_at_least_every_s``, and that is still too much


@dataclass(frozen=True, slots=True)
class Load:
    """Demand and capacity, inspections a second."""

    wanted_hz: float = 0.0  # were nobody slowed
    allowed_hz: float = 0.0  # as printers are slowed now; the same when they are not
    capacity_hz: float | None = None  # measured: what was done, over the share of time that the workers needed for it
    busy_share: float = 0.0  # of all workers' time
    stretch: float = 1.0  # by which the intervals of calm printers are stretched
    suspect_stretch: float = 1.0
    overload: Overload | None = None  # None: all is looked at as it should be, or nearly

    @property
    def state(self) -> LoadState:
        """Return it in a word."""
        if self.overload is None:
            return LoadState.NORMAL
        return LoadState.TOO_MANY if self.overload.too_many else LoadState.SLOWED
