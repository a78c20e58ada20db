"""How likely it is that two cameras were exchanged: what is seen, after how likely it was before (T. Bayes).

A camera that has shown the same view all the time shows the same printer. So how likely an exchange was depends on what
has happened to the cameras: both must have been touched, and at about the same time. Who looks at what happens next
need not wait for a proof to ask.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.belonging.likelihood import ASKING, Chains

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chances:
    """That a camera on which this has happened was exchanged with one on which it has happened too."""

    said: float = 0.5  # a person says that it was touched
    changed: float = 0.1  # its picture is another one, and stays so
    lost: float = 0.005  # it was away for minutes, as a weak Wi-Fi does every day
    started: float = 0.02  # Vigie has not seen what was done before
    rested: float = 0.003  # nobody in the room has printed for half an hour: a time to clean


CHANCES = Chances()

NEVER = -40.0
"""Log-odds of two cameras of which nothing has happened: in case that it was not noticed."""

SURE = 12.0
TOGETHER_STEPS = 120
"""An hour: cameras that were touched further apart were not exchanged with each other."""


class Odds:
    """All pairs of ``count`` cameras, each of which should show the printer of the same number."""

    def __init__(self, count: int) -> None:
        self._chains = Chains(count, ASKING)
        self._now = 0
        self._touched_in = np.full(count, -TOGETHER_STEPS - 1)  # step
        self._chance = np.zeros(count)
        self._prior = np.full((count, count), NEVER)
        self.log: Floats = np.full((count, count), NEVER)  # [count, count], symmetric
        self._keep_diagonal()

    def touched(self, places: NDArray[np.intp], chance: float) -> None:
        """Take in that something has happened to cameras at this step."""
        if not len(places):
            return
        is_recent = self._now - self._touched_in <= TOGETHER_STEPS
        self._chance = np.where(is_recent, self._chance, 0.0)
        self._touched_in[places] = self._now
        self._chance[places] = np.maximum(self._chance[places], chance)
        prior = np.log(np.maximum(_shared(self._chance), np.exp(NEVER)))
        is_here = np.zeros(len(self._chance), bool)
        is_here[places] = True
        # The more cameras are touched, the less likely it is that it was these two: those before learn of it, too.
        revised = np.where(prior > NEVER, self.log + np.minimum(prior - self._prior, 0.0), self.log)
        self.log = np.where(np.logical_or.outer(is_here, is_here), np.maximum(revised, prior), revised)
        self._prior = prior
        self._keep_diagonal()

    def may_show_another(self, place: int) -> None:
        """Take in that a camera may show another printer than it did."""
        self._chains.may_show_another(place)

    def step(self, moves: Bools, is_clear: Bools, works: Bools, is_known: Bools) -> None:
        """Weigh a step; as :meth:`Chains.step`."""
        self._now += 1
        self._chains.step(moves, is_clear, works, is_known)
        likely = self._chains.likely
        is_seen = np.outer(is_clear, is_known)
        own = np.diag(likely)[:, None]
        exceeds = np.where(is_seen & np.diag(is_seen)[:, None], likely - own, 0.0)
        self.log = np.clip(self.log + exceeds + exceeds.T, NEVER, SURE)
        self._keep_diagonal()

    def put_aside(self, one: int, other: int) -> None:
        """Take in that somebody has looked: these two are right."""
        self.log[one, other] = self.log[other, one] = NEVER

    def settle(self, place: int) -> None:
        """Take in that a camera was put right."""
        self.log[place] = self.log[:, place] = NEVER
        self._chains.begin_anew(place)
        self._chance[place] = 0.0
        self._keep_diagonal()

    def exchanged(self) -> Floats:
        """Return how likely each two were exchanged, when a camera is exchanged with one at most; symmetric."""
        weights = np.exp(self.log)
        of_one = weights.sum(axis=1)
        shares: Floats = weights / (1.0 + np.add.outer(of_one, of_one) - weights)
        return shares

    def _keep_diagonal(self) -> None:
        np.fill_diagonal(self.log, -np.inf)


def _shared(chance: Floats) -> Floats:
    """Return how likely each two were exchanged, [n, n]: with whom one was is shared out among the others touched."""
    others = chance.sum() - chance
    between: Floats = np.outer(chance, chance) / np.maximum(np.add.outer(others, others) / 2.0, 1e-9)
    return between
