"""Which cameras somebody should look at, long before anything is proven: two that may have been exchanged."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from monitor.belonging.motion import Handling
from monitor.belonging.odds import CHANCES, Odds

Bools = NDArray[np.bool_]

ASKED_FROM = 0.55
"""How likely an exchange must be; chosen by delay against false questions (``python -m tests.belonging.curve``)."""

ASKED_UNTIL = 0.05
"""A question is taken back when it is less likely than that: it must not come and go."""

SILENT_STEPS = 12 * 120
"""Twelve hours: what somebody has looked at is not asked again."""

RESTED_STEPS = 60


class Touch(StrEnum):
    """What has happened to a camera, so that it may show another printer."""

    SAID = "said"
    CHANGED = "changed"
    LOST = "lost"


_CHANCE = {Touch.SAID: CHANCES.said, Touch.CHANGED: CHANCES.changed, Touch.LOST: CHANCES.lost}


def touches(now: Mapping[str, Handling], before: Mapping[str, Handling]) -> dict[str, Touch]:
    """Return what has happened to the cameras of a place since then.

    When most of them changed in the same half minute, it was the light: nobody is so quick.
    """
    known = {printer: (one, before[printer]) for printer, one in now.items() if printer in before}
    changed = [printer for printer, (one, former) in known.items() if one.changed > former.changed]
    was_light = len(changed) > max(2, len(known) / 2)
    lost = {printer: Touch.LOST for printer, (one, former) in known.items() if one.lost > former.lost}
    return lost | dict.fromkeys(changed, Touch.LOST if was_light else Touch.CHANGED)


class Questions:
    """Of the cameras and printers of one place. Not thread-safe."""

    def __init__(self, printers: Sequence[str], asked_from: float = ASKED_FROM) -> None:
        """``asked_from``: how likely an exchange must be."""
        self.printers = tuple(printers)
        self._asked_from = asked_from
        self._places = {printer: place for place, printer in enumerate(self.printers)}
        self.odds = Odds(len(self.printers))
        self.odds.touched(np.arange(len(self.printers)), CHANCES.started)
        self.asked: dict[str, str] = {}  # whom each camera may show
        self._silent: dict[tuple[int, int], int] = {}  # steps left
        self._rested = 0

    def touched(self, touches: Mapping[str, Touch]) -> None:
        """Take in what has happened to cameras since the last step."""
        for touch in Touch:
            places = self._of([printer for printer, one in touches.items() if one is touch])
            for place in places:
                self.odds.may_show_another(place)
            self.odds.touched(places, _CHANCE[touch])

    def step(self, moves: Bools, is_clear: Bools, works: Bools, is_known: Bools) -> None:
        """Weigh a step, as :meth:`monitor.belonging.likelihood.Chains.step`."""
        self._rest(works, is_known)
        self.odds.step(moves, is_clear, works, is_known)
        for pair in list(self._silent):
            self.odds.put_aside(*pair)
            self._silent[pair] -= 1
            if self._silent[pair] <= 0:
                del self._silent[pair]
        shares = self.odds.exchanged()
        best, share = shares.argmax(axis=1), shares.sum(axis=1)
        self.asked = {
            printer: self.printers[best[place]]
            for place, printer in enumerate(self.printers)
            if share[place] >= (ASKED_UNTIL if printer in self.asked else self._asked_from)
        }

    def is_right(self, printer: str, other: str) -> None:
        """Take in that somebody has looked: the cameras of these two show what they should."""
        pair = (self._places[printer], self._places[other])
        self._silent[pair] = SILENT_STEPS
        self.odds.put_aside(*pair)
        self._forget(pair)

    def put_right(self, printers: Collection[str]) -> None:
        """Take in that somebody has put the cameras of these right: what was seen of them was of other printers."""
        for printer in printers:
            self.odds.settle(self._places[printer])
        for printer in printers:
            for other in printers:
                if printer != other:
                    self.is_right(printer, other)

    def _forget(self, pair: Collection[int]) -> None:
        for place in pair:
            self.asked.pop(self.printers[place], None)

    def _rest(self, works: Bools, is_known: Bools) -> None:
        rests = bool(is_known.any()) and not bool((works & is_known).any())
        if not rests and self._rested >= RESTED_STEPS:
            self.odds.touched(np.arange(len(self.printers)), CHANCES.rested)
        self._rested = self._rested + 1 if rests else 0

    def _of(self, printers: Collection[str]) -> NDArray[np.intp]:
        return np.array([self._places[one] for one in printers if one in self._places], np.intp)
