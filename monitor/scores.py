"""The scores of one printer over the last hour or so, in little memory: a farm has hundreds of them."""

from array import array


class Scores:
    """The newest ``kept`` points, at 12 bytes each where tuples take 112. The caller locks."""

    def __init__(self, kept: int) -> None:
        """``kept``: older points are overwritten; memory grows with what is there."""
        self._kept = kept
        self._taken_at = array("d")
        self._scores = array("f")  # what the detector gives, without loss
        self._oldest = 0  # once full, the place that is overwritten next

    def add(self, taken_at: float, score: float) -> None:
        """Take in one point; ``taken_at`` in unix seconds."""
        if len(self._scores) < self._kept:
            self._taken_at.append(taken_at)
            self._scores.append(score)
            return
        self._taken_at[self._oldest] = taken_at
        self._scores[self._oldest] = score
        self._oldest = (self._oldest + 1) % self._kept

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return (taken_at, score), the oldest first."""
        points = tuple(zip(self._taken_at, self._scores, strict=True))
        return points[self._oldest :] + points[: self._oldest]
