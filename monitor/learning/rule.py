"""The rule: from the verdicts of one camera to what it learned. Derived each time, so withdrawing one is never having
said it.

- A false alarm teaches a *place*: each box of the picture, grown a little. It counts less there, never elsewhere.
- A confirmed failure in a place takes the oldest false alarm from it: real failures are seen there, too.
- A missed failure takes the places away that it lies in, all of them when nobody has said where it is, and lowers the
  bar for the whole picture a little. Verdicts never raise it.
- All of this in the order in which it was said, for ``LASTS_S``, and only for the view in which it was said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.learning.areas import Area, are_one, area_of, common, size, union
from monitor.learning.standing import holding
from monitor.records import Learned, Place, Verdict, VerdictKind

GROWN_BY = 0.03
"""Of the picture, on each side: a cell of the detector's map is about as large."""

DISCOUNT_A_VERDICT = 0.75
MOST_DISCOUNT = 3.0
"""Logits. Failures of some minutes score 4 to 8, so what is plain to see in a place is still seen."""

SHIFT_A_MISS = 0.3
MOST_SHIFT = 0.9
"""Logits, downwards. The bar stands about 3 logits above healthy pictures."""

MOST_HIDDEN = 0.35
"""Of the picture, in all places together. A camera that alarms everywhere needs another threshold or a better view;
hiding more than this would leave too little to be sure of."""

LASTS_S = 60 * 86_400.0
"""Cameras are bumped, moved and re-aimed without anybody telling. What people still see is said again by then."""


@dataclass(frozen=True, slots=True)
class _Spot:
    area: Area
    verdicts: tuple[str, ...]  # oldest first


def learned(printer: str, verdicts: Iterable[Verdict], now: float, view: str = "") -> Learned:
    """Return what the verdicts of one printer have taught by second ``now``.

    ``view``: the camera's address and rotation as a hash; what was said in another view teaches nothing.
    """
    said = [one for one in holding(verdicts) if one.view == view and now - one.at <= LASTS_S]
    spots: list[_Spot] = []
    misses: list[str] = []
    for verdict in said:
        match verdict.kind:
            case VerdictKind.FALSE_ALARM:
                spots = _with_places(spots, verdict)
            case VerdictKind.CONFIRMED:
                spots = list(_confirmed(spots, verdict))
            case VerdictKind.MISSED:
                spots = [spot for spot in spots if not _may_have_hidden(spot, verdict)]
                misses.append(verdict.id)
    shift = 0.0 - min(MOST_SHIFT, SHIFT_A_MISS * len(misses))
    return Learned(printer, tuple(_place(spot) for spot in spots), shift, tuple(misses))


def taught_by(verdict: Verdict, now_learned: Learned) -> str:
    """Return what a verdict has its part in at present: ``place``, ``threshold`` or nothing."""
    if any(verdict.id in place.verdicts for place in now_learned.places):
        return "place"
    return "threshold" if verdict.id in now_learned.misses else ""


def _with_places(spots: list[_Spot], verdict: Verdict) -> list[_Spot]:
    """Add the places of a false alarm; a box that would have too much of the picture hidden teaches nothing."""
    for box in verdict.boxes:
        changed = _merged(spots, _Spot(area_of(box, GROWN_BY), (verdict.id,)))
        if sum(size(spot.area) for spot in changed) <= MOST_HIDDEN:
            spots = changed
    return spots


def _merged(spots: list[_Spot], new: _Spot) -> list[_Spot]:
    """Return the spots with a new one, which takes in those that are the same place."""
    while same := [spot for spot in spots if are_one(spot.area, new.area)]:
        spots = [spot for spot in spots if spot not in same]
        for spot in same:
            verdicts = dict.fromkeys((*spot.verdicts, *new.verdicts))
            new = _Spot(union(spot.area, new.area), tuple(verdicts))
    return [*spots, new]


def _confirmed(spots: list[_Spot], verdict: Verdict) -> Iterator[_Spot]:
    for spot in spots:
        left = spot.verdicts[1:] if _lies_in(verdict, spot) else spot.verdicts
        if left:
            yield _Spot(spot.area, left)


def _may_have_hidden(spot: _Spot, missed: Verdict) -> bool:
    return not missed.boxes or _lies_in(missed, spot)


def _lies_in(verdict: Verdict, spot: _Spot) -> bool:
    return any(common(area_of(box), spot.area) > 0.0 for box in verdict.boxes)


def _place(spot: _Spot) -> Place:
    left, top, right, bottom = spot.area
    discount = min(MOST_DISCOUNT, DISCOUNT_A_VERDICT * len(spot.verdicts))
    return Place(left, top, right - left, bottom - top, discount, spot.verdicts)
