"""How often chance alone holds a failure: computed, and simulated. ``python -m tests.fleet.chance`` prints both."""

import sys
from math import comb, exp

import numpy as np
from numpy.typing import NDArray

from monitor.fleet import GuardSettings
from monitor.fleet.settings import CAMERA_WEIGHT

ALARMS_PER_HOUR = 0.06  # of one watched printer: a failure in 50 h, a false suspicion in 25 h
OUTAGES_PER_HOUR = 0.5  # of one camera
FAILURES_PER_HOUR = 0.02
SETTINGS = GuardSettings()


def chance(watched: int, alarms: float = ALARMS_PER_HOUR, outages: float = OUTAGES_PER_HOUR) -> float:
    """Return the probability that one failure is held though each of the ``watched`` printers is on its own."""
    a, c = _within(alarms), _within(outages)
    others = watched - 1
    return sum(
        _binomial(others, alarmed, a) * _binomial(others - alarmed, lost, c)
        for alarmed in range(watched)
        for lost in range(others - alarmed + 1)
        if 1 + alarmed + CAMERA_WEIGHT * lost >= SETTINGS.needed(watched)
    )


def simulated(watched: int, hours: float, seed: int, alarms: float, outages: float) -> float:
    """Return the share of one printer's alarms that would be held, from random onsets of a group over time."""
    rng = np.random.default_rng(seed)
    a, c = ([_onsets(rng, rate, hours) for _ in range(watched)] for rate in (alarms, outages))
    window = (-SETTINGS.within_s, SETTINGS.lead_s)
    weight = np.ones(len(a[0]))
    for alarmed, lost in zip(a[1:], c[1:], strict=True):
        is_alarmed = _any_between(alarmed, a[0], window)
        weight += np.where(is_alarmed, 1.0, CAMERA_WEIGHT * _any_between(lost, a[0], window))
    return float(np.mean(weight >= SETTINGS.needed(watched)))


def _onsets(rng: np.random.Generator, per_hour: float, hours: float) -> NDArray[np.float64]:
    return np.sort(rng.uniform(0.0, hours * 3600, rng.poisson(per_hour * hours)))


def _any_between(
    onsets: NDArray[np.float64], at: NDArray[np.float64], window: tuple[float, float]
) -> NDArray[np.bool_]:
    """Return [len(at)] whether there is an onset in the window around each time."""
    first = np.searchsorted(onsets, at + window[0], "left")
    return np.searchsorted(onsets, at + window[1], "right") > first


def _within(per_hour: float) -> float:
    return 1.0 - exp(-per_hour * (SETTINGS.within_s + SETTINGS.lead_s) / 3600)


def _binomial(n: int, k: int, p: float) -> float:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def main() -> None:
    """Print needed, probability a failure, false holds a printer-day; at the assumed rates and at 20 times them."""
    write = sys.stdout.write
    write("watched needed  a failure  a printer-day  20x: computed  20x: simulated\n")
    for n in (2, 3, 4, 5, 8, 12, 20, 60, 90):
        p, loud = chance(n), (20 * ALARMS_PER_HOUR, 20 * OUTAGES_PER_HOUR)
        row = (p, p * FAILURES_PER_HOUR * 24, chance(n, *loud), simulated(n, 200_000, 1, *loud))
        write(f"{n:7} {SETTINGS.needed(n):6}  {row[0]:9.1e}  {row[1]:13.1e}  {row[2]:13.1e}  {row[3]:14.1e}\n")


if __name__ == "__main__":
    main()
