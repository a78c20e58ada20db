"""How much moves in a camera's pictures: two small versions, some seconds apart, compared.

A print head, or a bed that moves, covers dozens of a sample's pixels; noise and the digits of a clock that the camera
writes into its picture cover a few. A pair takes some 10 us, and a camera has one every ``PAIR_EVERY_S``.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Sample = NDArray[np.uint8]  # [h, w, 3] BGR, the whole view, about 80 wide
Grey = NDArray[np.uint8]  # [h, w]

PAIR_EVERY_S = 5.0
"""Between two pictures that are compared: longer than any move of a print head, so that it stands elsewhere."""

PAIR_WITHIN_S = 120.0
"""Pictures further apart say nothing of the time between them."""

LEVELS = 12
"""By which a pixel differs when something else is there; beyond what the whole picture became lighter or darker."""

MOVED_SHARE = 1 / 400
"""Of a sample's pixels, 9 of 80 x 45: less than a nozzle with its fan covers, before and after."""

STILL_SHARE = 1 / 900
EVERYTHING_SHARE = 0.4
"""So much changes when the light is switched, or somebody takes the camera in hand: it says nothing of the printer."""


LASTS = 6
"""Pictures that all differ from the view before: a bed that moves comes back sooner."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How often so far a camera was ``lost`` for minutes and came back with the same view, or its view ``changed``."""

    lost: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Motion:
    """Pairs of pictures so far: between how many something had moved, nothing had, and how many say neither."""

    moved: int = 0
    still: int = 0
    unclear: int = 0

    def since(self, before: "Motion") -> bool | None:
        """Tell whether what is in the picture has moved since an earlier count; None: it is not to be said.

        Somebody who walks by is in one or two of the six pairs of half a minute, a print that is at work in all of
        them.
        """
        moved, still = self.moved - before.moved, self.still - before.still
        pairs = moved + still + self.unclear - before.unclear
        if pairs <= 0:
            return None
        if moved >= 0.6 * pairs:
            return True
        return False if still >= 0.8 * pairs else None


class MotionMeter:
    """Of one camera; its pictures come one after the other."""

    def __init__(self) -> None:
        self.motion, self.handling = Motion(), Handling()
        self._view = _View()
        self._last: Grey | None = None
        self._digest = 0
        self._at = float("-inf")

    def is_due(self, at: float) -> bool:
        """Tell whether a picture of second ``at`` is to be compared."""
        return at - self._at >= PAIR_EVERY_S

    def see(self, sample: Sample, digest: int, at: float) -> None:
        """Take in a healthy picture; ``digest`` is of its encoded pixels.

        A live sensor never sends the same picture twice: a camera that does has stopped, and says nothing.
        """
        if not self.is_due(at) or digest == self._digest:
            return
        grey: Grey = np.asarray(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY), np.uint8)
        if at - self._at > PAIR_WITHIN_S:
            self._view.away(self._last)
        elif self._last is not None and self._last.shape == grey.shape:
            share = changed_share(grey, self._last)
            self._count(share)
            if share > EVERYTHING_SHARE:
                self._view.upset(self._last)
        self.handling = self._view.seen(grey)
        self._last, self._digest, self._at = grey, digest, at

    def lose(self) -> None:
        """Take in that a picture cannot be trusted: what comes next is compared with nothing older."""
        if self._last is not None:
            self._view.upset(self._last)
        self._last = None

    def _count(self, share: float) -> None:
        had = self.motion
        if share <= STILL_SHARE:
            self.motion = Motion(had.moved, had.still + 1, had.unclear)
        elif MOVED_SHARE <= share <= EVERYTHING_SHARE:
            self.motion = Motion(had.moved + 1, had.still, had.unclear)
        else:
            self.motion = Motion(had.moved, had.still, had.unclear + 1)


class _View:
    """Whether a camera still has the view that it had before it was lost, covered or moved."""

    def __init__(self) -> None:
        self._handling = Handling()
        self._former: Grey | None = None  # what it showed until then; None: nothing has happened
        self._is_away = False
        self._differ = 0  # pictures since then that show something else

    def upset(self, last: Grey) -> None:
        """Take in that the picture is gone, or all of it another one."""
        self._former = last if self._former is None else self._former

    def away(self, last: Grey | None) -> None:
        """Take in that no picture had come for long."""
        if last is not None:
            self.upset(last)
        self._is_away = self._former is not None

    def seen(self, grey: Grey) -> Handling:
        """Take in a picture; return what has happened so far."""
        if self._former is None:
            return self._handling
        had = self._handling
        if self._former.shape != grey.shape or changed_share(grey, self._former) > EVERYTHING_SHARE:
            self._differ += 1
            if self._differ < LASTS:
                return had
            self._handling = Handling(had.lost, had.changed + 1)
        elif self._is_away:
            self._handling = Handling(had.lost + 1, had.changed)
        self._former, self._is_away, self._differ = None, False, 0
        return self._handling


def changed_share(grey: Grey, other: Grey) -> float:
    """Return the share of pixels that changed by more than all of them together did; both uint8 [h, w]."""
    difference = cv2.subtract(grey, other, dtype=cv2.CV_16S)
    lighter = cv2.mean(difference)[0]
    unchanged = cv2.countNonZero(cv2.inRange(difference, (lighter - LEVELS,), (lighter + LEVELS,)))
    return 1.0 - unchanged / grey.size
