"""The scores of one printer over the last hour or so, in little memory: a farm has hundreds of them."""

from array import array
from collections.abc import Iterable


class Scores:
    """The newest ``kept`` points, at 12 bytes each where tuples take 112. The caller locks."""

    def __init__(self, kept: int) -> None:
        """``kept``: older points are overwritten. All their memory is taken now: what a farm needs shows at the start,
        and not only after an hour; and rings that grow side by side leave holes where they were."""
        self._taken_at = array("d", bytes(8 * kept))
        self._scores = array("f", bytes(4 * kept))  # what the detector gives, without loss
        self._count = 0
        self._next = 0  # the place of the next point; once full, the oldest's

    def add(self, taken_at: float, score: float) -> None:
        """Take in one point; ``taken_at`` in unix seconds."""
        kept = len(self._scores)
        self._taken_at[self._next], self._scores[self._next] = taken_at, score
        self._next = (self._next + 1) % kept
        self._count = min(self._count + 1, kept)

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return (taken_at, score), the oldest first."""
        points = tuple(zip(self._taken_at, self._scores, strict=True))
        return points[self._next : self._count] + points[: self._next]


def thin_scores(points: Iterable[tuple[float, float]], every_s: float) -> list[tuple[float, float]]:
    """Keep the highest score of every ``every_s`` seconds: a chart must not lose a peak."""
    kept: list[tuple[float, float]] = []
    for at, score in points:
        if kept and int(at / every_s) == int(kept[-1][0] / every_s):
            kept[-1] = (kept[-1][0], max(kept[-1][1], score))
        else:
            kept.append((at, score))
    return kept
