"""Figures that know how much they are worth: rates with their interval, spreads with their count. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95
HOURS_FOR_A_RATE = 100.0
"""Below this no rate per 1,000 hours is stated: a single false alarm would make it 10 or more."""
VALUES_FOR_A_MEDIAN = 5
VALUES_FOR_A_P95 = 20
"""With fewer, the 95th percentile is the largest value by another name."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per 1,000 hours, with the interval that holds the true rate with a probability of 95 %."""

    count: int
    hours: float
    per_1000_h: float | None  # None: the hours are too few to state a rate
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds; a quantile is None where the values are too few for it."""

    count: int
    median_s: float | None = None
    p95_s: float | None = None
    most_s: float | None = None
    values_s: tuple[float, ...] = ()  # all of them, in order


def rate_of(count: int, hours: float | None) -> Rate:
    """Return the rate of ``count`` events in so many hours; None hours: nobody counted them."""
    hours = hours or 0.0
    if hours < HOURS_FOR_A_RATE:
        return Rate(count, hours, None, None, None)
    low, high = poisson_interval(count)
    return Rate(count, hours, *(1000.0 * n / hours for n in (count, low, high)))


def spread_of(values_s: Sequence[float]) -> Spread:
    """Return the spread of durations."""
    ordered = tuple(sorted(values_s))
    count = len(ordered)
    return Spread(
        count,
        quantile(ordered, 0.5) if count >= VALUES_FOR_A_MEDIAN else None,
        quantile(ordered, 0.95) if count >= VALUES_FOR_A_P95 else None,
        ordered[-1] if ordered else None,
        ordered,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of sorted values, linear between neighbours.

    Source: R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996),
    definition 7.
    """
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def poisson_interval(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact central interval for the mean of a Poisson distribution of which ``count`` was seen.

    Source: F. Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28 (1936). The bounds are the means
    at which seeing so many or more, or so many or fewer, has half of the remaining probability.
    """
    tail = (1.0 - confidence) / 2.0
    most = count + 10.0 * math.sqrt(count + 1.0) + 10.0
    low = 0.0 if count == 0 else _root(lambda mean: 1.0 - _at_most(count - 1, mean) - tail, 0.0, most)
    return low, _root(lambda mean: tail - _at_most(count, mean), 0.0, most)


def _at_most(count: int, mean: float) -> float:
    """Return the probability of seeing ``count`` or fewer."""
    if mean <= 0.0:
        return 1.0
    logarithms = (n * math.log(mean) - mean - math.lgamma(n + 1) for n in range(count + 1))
    return min(1.0, math.fsum(math.exp(term) for term in logarithms))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    while high - low > 1e-9 * max(1.0, high):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < 0.0 else (low, middle)
    return (low + high) / 2.0
