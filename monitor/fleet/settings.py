"""How many printers at once are too many for chance, and the arithmetic behind it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from monitor.config.model import Fleet

CAMERA_WEIGHT = 0.5
"""What a camera that drops out counts beside a print that alarms: cameras do so ten times as often, each by itself."""


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """When a decided failure is held. Times are seconds.

    **How often chance alone would hold a failure.** Let each watched printer, by itself, begin to alarm ``a`` times an
    hour (failures and false suspicions) and lose its camera ``c`` times an hour, all independent, so that onsets are
    Poisson processes. A failure is decided; its window is ``within_s + lead_s`` = 20 s long. In there each of the
    ``n - 1`` others of its group has begun to alarm with probability ``1 - exp(-a * 20 / 3600)``, and its camera has
    dropped out with ``1 - exp(-c * 20 / 3600)``. The failure is held when alarms (its own included) and half the
    cameras add up to ``needed(n)``. Assumed, on the high side: a = 0.06 (a failure in 50 h of printing, a false
    suspicion in 25 h; in a simulated week of 1,891 h the shipped model raised none) and c = 0.5, every camera still out
    when the failure is decided. Then chance holds a failure with probability

    ===== ====== =========    ===== ====== ===========
    ``n`` needed a failure    ``n`` needed a failure
    ===== ====== =========    ===== ====== ===========
    2     2      3.3e-04      12    4      7.8e-09
    3     3      1.1e-07      20    5      8.2e-11
    4     3      3.4e-07      60    15     below 1e-30
    5     3      7.0e-07      90    23     below 1e-30
    ===== ====== =========    ===== ====== ===========

    (``python -m tests.fleet.chance`` computes and simulates it.) With a failure in 50 h that is, at worst, one false
    hold in 17 years of a printer's work, and a hold only delays: a failure that stands alone is released. Of two
    alarms within 20 s at a site of two, on the other hand, a light that goes off once a day is the cause 3,000 times
    as often as chance, which is why even two printers are a group.

    What the arithmetic leaves out is dependence: printers of one farm fail together for reasons that the groups do not
    know (a bad spool in ten printers, one file started on all of them). ``share`` is there for that: it asks for a
    quarter of a large group, far more than chance needs.
    """

    at_least: int = 4
    share: float = 0.25
    within_s: float = 15.0  # this long before an alarm others may have begun, to share its cause
    hold_s: float = 90.0  # then people decide: it is an alert
    lead_s: float = 5.0  # what began this long before the others had its own cause
    settle_s: float = 10.0  # so long must the others have been well before one that stands alone is released

    def needed(self, watched: int) -> int:
        """Return how many of a group's watched printers must be in trouble.

        ``at_least``, and ``share`` of them; of a group too small for that more than half, of two or three all.
        """
        # as the decimal that was written: 0.1 of 30 is 3, whatever a float makes of it
        part = ceil(Fraction(str(self.share)) * watched)
        return max(2, part, min(self.at_least, max(watched // 2 + 1, min(watched, 3))))


def settings_of(fleet: Fleet) -> GuardSettings:
    """Return what the ``fleet`` section of cameras.yaml asks for."""
    return GuardSettings(fleet.at_least, fleet.share, fleet.within_s, fleet.hold_s)
