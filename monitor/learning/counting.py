"""How a score counts once places were learned."""

from collections.abc import Iterable

from monitor.learning.areas import area_of, common, size
from monitor.records import Place, Rectangle


def counted(score: float, elsewhere: float, discount: float, bar: float) -> float:
    """Return how a score counts; all in log-odds, ``discount`` not negative.

    ``elsewhere`` is the score of the same picture with the places hidden. If that alarms (is not below the ``bar``),
    the score counts in full. Otherwise it counts ``discount`` less, but never less than what is seen elsewhere.
    """
    if elsewhere >= bar:
        return score
    return max(min(score, elsewhere), score - discount)


def discount_for(boxes: Iterable[Rectangle], places: Iterable[Place]) -> float:
    """Return the discount, logits, of a picture in which these boxes were found: the least of the places in which they
    lie. 0, nothing is discounted, when there is none (nobody knows where it is), or when any lies in no place by half
    of it or more.
    """
    learned, areas = list(places), [area_of(box) for box in boxes]
    around = [[p for p in learned if common(area, area_of(p)) >= 0.5 * size(area)] for area in areas]
    if not all(around):
        return 0.0
    return min((place.discount for some in around for place in some), default=0.0)
