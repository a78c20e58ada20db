"""Which inspections of a simulated farm were asked for. Pure.

The monitor counts an inspection as due when a camera's time has come and a new picture is there. That is too little
where the monitor itself falls behind: it may fetch pictures late, or slow all cameras down under its load. So what was
asked for counts at least: each camera that sends as it should, once an interval; a slow one, as often as it sent; a
dead one never, since there is nothing new.
"""

from collections.abc import Mapping

from monitor.bench.figures import Load
from monitor.sim.load_cameras import kind_of


def can_show(load: Load) -> list[int]:
    """Return the cameras that give pictures, sooner or later."""
    return [number for number in range(load.cameras) if not kind_of(number, load.kinds).is_dead]


def inspections_due(load: Load, counted: int, seconds: float, received: Mapping[int, int], failing: int = 0) -> int:
    """Return how many inspections were due in ``seconds``.

    ``counted`` is the monitor's count, ``received`` the new frames by camera; ``failing`` printers may be paused by
    now, and a paused one may be looked at less often.
    """
    each = seconds / load.every_s
    asked = -each * failing
    for number in can_show(load):
        is_slow = kind_of(number, load.kinds).is_slow
        asked += min(each, received.get(number, 0)) if is_slow else each
    return max(counted, round(asked))
