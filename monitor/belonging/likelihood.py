"""How well each camera's motion follows each printer's work, as likelihood ratios.

Three ways in which a camera's motion may go with a printer's work are told apart by a hidden Markov model
(L. R. Rabiner, A tutorial on hidden Markov models, Proc. IEEE 77, 1989; its forward algorithm), for each pair of both:
it *follows* (moves while the printer works and is still while it rests); for some minutes it is *opposite* (somebody
takes a part off, a bed heats up); or it is *unrelated* for hours (a fan, a report that is wrong). Against it stands a
camera that has nothing to do with the printer and changes between still and moving at the rate at which this camera
does. So what lasts is worth little, whichever way; what changes together, or does not, is worth much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ACCURACY = 0.98
HOURS = [1 / 500, 1 / 500, 1 - 2 / 500]


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """How printers and people behave: matrices from a way (row) to the next step's (column)."""

    begins: Floats
    rests: Floats  # once an hour somebody is there for minutes
    works: Floats
    starts: Floats  # when it begins to work: often it heats up first, and some jobs move too little to be seen
    ends: Floats  # when it stops: often somebody comes and takes the part off


PROVING = Habits(
    begins=np.array([0.70, 0.25, 0.05]),
    rests=np.array([[1 - 1 / 120 - 1 / 2000, 1 / 120, 1 / 2000], [1 / 7, 6 / 7 - 1 / 2000, 1 / 2000], HOURS]),
    works=np.array([[1 - 1 / 240 - 1 / 1000, 1 / 240, 1 / 1000], [1 / 12, 11 / 12 - 1 / 200, 1 / 200], HOURS]),
    starts=np.array([[0.30, 0.60, 0.10], [0.50, 0.40, 0.10], [0.2, 0.2, 0.6]]),
    ends=np.array([[0.63, 0.34, 0.03], [0.48, 0.49, 0.03], [0.4, 0.3, 0.3]]),
)
"""What a proof must allow for: whatever may go on for hours."""

ASKING = Habits(
    begins=np.array([0.85, 0.09, 0.02, 0.04]),
    rests=np.array(
        [
            [1 - 1 / 120 - 1 / 20000, 1 / 120, 1 / 20000, 0.0],
            [1 / 7, 6 / 7 - 1 / 4000, 1 / 4000, 0.0],
            [*HOURS, 0.0],
            [0.2, 0.0, 0.0, 0.8],
        ]
    ),
    works=np.array(
        [
            [1 - 1 / 400 - 1 / 20000 - 1 / 3000, 1 / 400, 1 / 20000, 1 / 3000],
            [1 / 12, 11 / 12 - 1 / 400 - 1 / 100, 1 / 400, 1 / 100],
            [1 / 60, 0.0, 1 - 1 / 60, 0.0],
            [1 / 500, 0.0, 0.0, 1 - 1 / 500],
        ]
    ),
    starts=np.array(
        [[0.25, 0.53, 0.14, 0.08], [0.40, 0.38, 0.14, 0.08], [0.2, 0.2, 0.52, 0.08], [0.25, 0.53, 0.14, 0.08]]
    ),
    ends=np.array([[0.63, 0.34, 0.03, 0.0], [0.48, 0.49, 0.03, 0.0], [0.4, 0.3, 0.3, 0.0], [0.63, 0.34, 0.03, 0.0]]),
)
"""What is usual, which is enough to ask: a print that works stands still for minutes once in three hours. A fourth way
is a print that is so slow that some half minutes move, and others do not."""

USUAL_STEPS = 28.0
"""Between two changes of a camera, before anything is known of it. It is worth two changes of its own."""
CHANCE_BETWEEN = (1 / 28, 1 / 4)
KEPT_STEPS = 2880  # a day of half minutes


class Chains:
    """All pairs of ``count`` cameras (rows) and printers (columns); one call of :meth:`step` a step."""

    def __init__(self, count: int, habits: Habits = PROVING) -> None:
        self._habits = habits
        self._usual: Floats = np.tile(habits.begins, (count, 1))  # of each printer, whatever was seen of it
        self._ways: Floats = np.tile(habits.begins, (count, count, 1))  # [camera, printer, way]
        self._moved = np.zeros((count, count), bool)  # what each camera did when the pair was last seen
        self._ago = np.zeros((count, count))  # steps since then; 0: never
        self._worked = np.zeros(count, bool)
        self._known = np.zeros(count, bool)
        self.likely: Floats = np.zeros((count, count))
        """Of the last step: the log-likelihood of each pair itself; 0 where nothing was seen."""
        self._last, self._had = np.zeros(count, bool), np.zeros(count, bool)
        self._changes, self._steps = np.full(count, 2.0), np.full(count, 2 * USUAL_STEPS)

    def step(self, moves: Bools, is_clear: Bools, works: Bools, is_known: Bools) -> Floats:
        """Return by how much the log-likelihood of each pair [camera, printer] rose over that of none.

        Each is [count]: whether the camera moves, and whether that is clear; whether the printer works, and whether
        that is known.
        """
        self._pass(works, is_known)
        by_chance = self._by_chance(moves)
        is_seen = np.outer(is_clear, is_known)
        follows = np.where(moves[:, None] == works[None, :], ACCURACY, 1 - ACCURACY)
        ways = [follows, 1 - follows, by_chance, np.full_like(by_chance, 0.5)][: self._ways.shape[2]]
        joint = self._ways * np.stack(ways, axis=2)
        total = joint.sum(axis=2)
        self.likely = np.where(is_seen, np.log(total), 0.0)
        rose = np.where(is_seen & (self._ago > 0), np.log(total) - np.log(by_chance), 0.0)
        self._ways = np.where(is_seen[:, :, None], joint / total[:, :, None], self._ways)
        self._moved = np.where(is_seen, moves[:, None], self._moved)
        self._ago = np.where(is_seen, 1.0, np.where(self._ago > 0, self._ago + 1, 0.0))
        self._learn(moves, is_clear)
        return rose

    def forget(self, place: int) -> None:
        """Begin anew with one camera: it may show something else now."""
        self._ways[place] = self._habits.begins
        self._ago[place] = 0
        self._had[place] = False
        self._changes[place], self._steps[place] = 2.0, 2 * USUAL_STEPS

    def may_show_another(self, place: int) -> None:
        """Go by what the printers' own cameras have seen of them, for one camera: it may show any of them now.

        What was seen of its own printer stands, for in most cases it still shows that one.
        """
        self._ways[place] = self._ways.diagonal().T

    def begin_anew(self, place: int) -> None:
        """Go by what is usual of each printer at this time, for a camera that was put right."""
        self._ways[place] = self._usual

    def _pass(self, works: Bools, is_known: Bools) -> None:
        """Let a step's time pass for the ways."""
        starts = is_known & self._known & works & ~self._worked
        ends = is_known & self._known & ~works & self._worked
        steady = np.where(self._worked[:, None, None], self._habits.works, self._habits.rests)  # [printer, 3, 3]
        changes = np.where(ends[:, None, None], self._habits.ends, steady)
        how = np.where(starts[:, None, None], self._habits.starts, changes)
        self._usual = np.einsum("pw,pwv->pv", self._usual, how)
        self._ways = np.einsum("cpw,pwv->cpv", self._ways, how)
        self._worked = np.where(is_known, works, self._worked)
        self._known |= is_known

    def _by_chance(self, moves: Bools) -> Floats:
        """Return how likely each camera's motion is by its own habits, after what it did when the pair was last seen.

        That may be some steps ago: a printer that changes is not seen for a moment, and it is then that the camera's
        change counts.
        """
        changes = np.clip(self._changes / self._steps, *CHANCE_BETWEEN)[:, None]
        same = 0.5 + 0.5 * (1 - 2 * changes) ** self._ago
        unlike = np.where(self._moved == moves[:, None], same, 1 - same)
        return np.where(self._ago > 0, unlike, 0.5)

    def _learn(self, moves: Bools, is_clear: Bools) -> None:
        both = is_clear & self._had
        self._changes += both & (moves != self._last)
        self._steps += both
        fades = self._steps > KEPT_STEPS
        self._changes[fades] /= 2
        self._steps[fades] /= 2
        self._last = np.where(is_clear, moves, self._last)
        self._had |= is_clear
