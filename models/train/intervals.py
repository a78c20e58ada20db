"""Exact 95 % intervals of counts. Pure."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

TAIL = 0.025  # on either side


def poisson_interval(count: int) -> tuple[float, float]:
    """Of the mean behind a count: F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936."""
    most = 2 * count + 40.0
    low = 0.0 if count == 0 else _where(lambda mean: 1 - _poisson_below(count, mean), TAIL, most)
    return low, _where(lambda mean: 1 - _poisson_below(count + 1, mean), 1 - TAIL, most)


def binomial_interval(count: int, of: int) -> tuple[float, float]:
    """Of the chance behind `count` hits `of` tries: C. Clopper, E. Pearson, Biometrika 26, 1934. (0, 1) of none."""
    low = 0.0 if count == 0 else _where(lambda chance: 1 - _binomial_below(count, of, chance), TAIL, 1.0)
    high = 1.0 if count == of else _where(lambda chance: 1 - _binomial_below(count + 1, of, chance), 1 - TAIL, 1.0)
    return low, high


def _poisson_below(count: int, mean: float) -> float:
    """Chance of fewer than `count`."""
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count)) if mean > 0 else 1.0


def _binomial_below(count: int, of: int, chance: float) -> float:
    if chance <= 0 or chance >= 1:
        return float(chance <= 0 or count > of)
    choose = [lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) for k in range(count)]
    return sum(exp(c + k * log(chance) + (of - k) * log1p(-chance)) for k, c in enumerate(choose))


def _where(rising: Callable[[float], float], level: float, high: float) -> float:
    """Where a rising function crosses a level, between 0 and `high`, by bisection."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return low
