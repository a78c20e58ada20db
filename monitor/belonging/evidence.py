"""What the likelihoods add up to for each printer's camera: it belongs, it does not, or it is not known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.belonging.likelihood import Chains
from monitor.belonging.questions import Questions, Touch
from monitor.records.belonging import NOT_KNOWN, Belonging, Belongs

Floats = NDArray[np.float64]

STEP_S = 30.0

FADES_STEPS = 1000  # eight hours: what only lasts, such as a fan, must not add up to a proof


@dataclass(frozen=True, slots=True)
class Bounds:
    """In nats: 10 are 22,000 to 1. Chosen on simulated days (tests/belonging/simulated_room.py)."""

    most: float = 26.0
    own: float = 5.0  # at most, so that a change is found soon
    belongs: float = 3.0
    told_apart: float = 2.5  # from every other printer, or it is not known that it belongs
    exchanged: float = 21.0  # for two that are exchanged, by both cameras together
    other: float = 22.0  # for another printer, by this camera alone
    doubt: float = 2.0  # a camera that follows its own printer better than that is not suspected
    none: float = -7.0  # for its own printer, whichever else it may show
    over: float = 4.0  # a suspicion is over when the camera follows its own printer so well


class Evidence:
    """The cameras and printers of one site: cameras are exchanged within one. Call :meth:`step` every ``STEP_S``."""

    def __init__(self, printers: Sequence[str], bounds: Bounds | None = None) -> None:
        """``printers`` by id; each has one camera of the same name."""
        self.printers = tuple(printers)
        self._bounds = bounds or Bounds()
        count = len(self.printers)
        self._chains = Chains(count)
        self._own = np.zeros(count)  # for each camera's own printer, against none
        self._other = np.zeros((count, count))  # for another one against its own, cumulative sums (Page, 1954)
        self._exchanged = np.zeros((count, count))  # the same for two that are exchanged, by both cameras
        self._apart = np.zeros((count, count))  # for its own against another one
        self._found = dict.fromkeys(self.printers, NOT_KNOWN)
        self.questions = Questions(self.printers)  # the weaker level: whom to ask about
        self._before: tuple[Mapping[str, bool | None], ...] = ()  # what printers said, of the last two steps
        self._moves: Mapping[str, bool | None] = {}

    def forget(self, printer: str) -> None:
        """Begin anew with a camera that may show something else now."""
        place = self.printers.index(printer)
        self._chains.forget(place)
        self._own[place] = 0.0
        for sums in (self._other, self._exchanged, self._apart):
            sums[place] = 0.0
        self._exchanged[:, place] = 0.0
        self._found[printer] = NOT_KNOWN

    def touched(self, touches: Mapping[str, Touch]) -> None:
        """Take in what has happened to cameras: they may show something else now, and are asked about sooner."""
        self.questions.touched(touches)

    def begin_anew(self, printer: str) -> None:
        """Take in that a person says that a camera was touched: nothing is known of it, and it is asked about soon."""
        self.forget(printer)
        self.questions.touched({printer: Touch.SAID})

    def is_right(self, printer: str, other: str) -> None:
        """Take in that somebody has looked: the cameras of these two show what they should. A proof stands."""
        self.questions.is_right(printer, other)

    def put_right(self, printers: Collection[str]) -> None:
        """Take in that somebody has put the cameras of these right: begin anew with them."""
        for printer in printers:
            self.forget(printer)
        self.questions.put_right(printers)

    def step(self, moves: Mapping[str, bool | None], works: Mapping[str, bool | None]) -> Mapping[str, Belonging]:
        """Take in the last half minute, by printer; return what is known of every camera.

        ``moves``: whether the camera's picture did; ``works``: whether the printer says that it prints. None, or
        absent: unknown. What is decided is one step old: a printer that changed, or was about to, says nothing, so
        that nobody has to know which of the two was noticed first.
        """
        if len(self._before) == 2:
            self._weigh(self._moves, [_steady(printer, (*self._before, works)) for printer in self.printers])
        self._before, self._moves = (*self._before, works)[-2:], moves
        return self.known()

    def known(self) -> Mapping[str, Belonging]:
        """Return what is known of every camera now."""
        return {printer: self._said(printer) for printer in self.printers}

    def _said(self, printer: str) -> Belonging:
        found = self._found[printer]
        asked = self.questions.asked.get(printer)
        if found.belongs is Belongs.DOES_NOT or asked is None:
            return found
        return Belonging(Belongs.ASKED, asked)

    def _weigh(self, moves: Mapping[str, bool | None], works: Sequence[bool | None]) -> None:
        moved = [moves.get(printer) for printer in self.printers]
        seen = (*_split(moved), *_split(works))
        self.questions.step(*seen)
        rose = self._chains.step(*seen)
        own = np.diag(rose)
        most = self._bounds.most
        faded = np.where(self._own < 0.0, self._own * (1.0 - 1.0 / FADES_STEPS), self._own)
        self._own = np.clip(faded + own, -most, self._bounds.own)
        exceeds = rose - own[:, None]
        self._other = np.clip(self._other + exceeds, 0.0, most)
        self._exchanged = np.clip(self._exchanged + exceeds + exceeds.T, 0.0, most)
        self._apart = np.clip(self._apart + own[:, None] - rose, 0.0, most)
        for place, printer in enumerate(self.printers):
            self._found[printer] = self._judged(place, self._found[printer])

    def _judged(self, place: int, before: Belonging) -> Belonging:
        is_suspected = before.belongs is Belongs.DOES_NOT
        if is_suspected and self._is_still(place, before):
            return before
        perhaps = self._suspicion(place)
        if perhaps is not None:
            return Belonging(Belongs.DOES_NOT, self.printers[perhaps])
        if self._own[place] <= self._bounds.none:
            return Belonging(Belongs.DOES_NOT)
        others = np.delete(self._apart[place], place)
        is_sure = self._own[place] >= self._bounds.belongs and bool((others >= self._bounds.told_apart).all())
        return Belonging(Belongs.BELONGS if is_sure else Belongs.UNKNOWN)

    def _is_still(self, place: int, before: Belonging) -> bool:
        """Whether a suspicion holds. One that names nobody gives way to one that does."""
        return bool(self._own[place] < self._bounds.over) and (bool(before.perhaps) or self._suspicion(place) is None)

    def _suspicion(self, place: int) -> int | None:
        """Return which other printer the camera shows, as far as it looks."""
        bounds = self._bounds
        if self._own[place] >= bounds.doubt:
            return None
        most = np.maximum(self._exchanged[place] - bounds.exchanged, self._other[place] - bounds.other)
        # A printer in the background moves, too; but its own camera proves that it shows it.
        is_it = (most >= 0.0) & (self._own < bounds.doubt)
        return int(np.argmax(np.where(is_it, most, -1.0))) if is_it.any() else None


def _steady(printer: str, said: Sequence[Mapping[str, bool | None]]) -> bool | None:
    """Return what a printer said through all of these steps; None when that was not one and the same."""
    first = said[0].get(printer)
    return first if all(one.get(printer) is first for one in said) else None


def _split(values: Sequence[bool | None]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the values, and which of them are known."""
    return np.array([bool(value) for value in values]), np.array([value is not None for value in values])
