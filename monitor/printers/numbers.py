"""Numbers out of a printer's JSON, which may hold anything."""

import math
from typing import Any


def number(value: Any) -> float | None:
    """Return a finite number, or None for anything else; a truth value is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None


def fraction(part: Any, whole: Any) -> float | None:
    """Return how much of the whole the part is, 0..1; None where the two do not tell."""
    upper, lower = number(part), number(whole)
    if upper is None or lower is None or lower <= 0:
        return None
    return min(1.0, max(0.0, upper / lower))
