"""Rectangles in fractions of a picture: grown, compared, united."""

from collections.abc import Iterable
from typing import TypeAlias

from monitor.records import Rectangle

Area: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom


def area_of(where: Rectangle, grown_by: float = 0.0) -> Area:
    """Return a rectangle's edges, each moved outwards by a fraction of the picture, but not out of it."""
    return (
        max(0.0, where.x - grown_by),
        max(0.0, where.y - grown_by),
        min(1.0, where.x + where.width + grown_by),
        min(1.0, where.y + where.height + grown_by),
    )


def size(area: Area) -> float:
    """Return the share of the picture; 0 for what has no inside."""
    left, top, right, bottom = area
    return max(0.0, right - left) * max(0.0, bottom - top)


def common(a: Area, b: Area) -> float:
    """Return the share of the picture that both have."""
    return size((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def union(a: Area, b: Area) -> Area:
    """Return the smallest rectangle around both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def are_one(a: Area, b: Area) -> bool:
    """Whether at least half of the smaller one lies in the other."""
    return common(a, b) >= 0.5 * min(size(a), size(b)) > 0.0


def touches_any(where: Rectangle, areas: Iterable[Rectangle]) -> bool:
    """Whether a rectangle has anything in common with any of the others."""
    own = area_of(where)
    return any(common(own, area_of(other)) > 0.0 for other in areas)
