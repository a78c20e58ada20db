"""Which pictures a memory is made of, and which one is compared with it: what a monitor's cameras come across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats, Rng
from models.train.films import AFTER, BEFORE, DISTURBED, FAILING, ROLES
from models.train.memory.kept import Features
from models.train.memory.running import weights

MOST = 8  # pictures in a memory
PRESENT_SHARES = {FAILING: 0.5, AFTER: 0.2, DISTURBED: 0.2, BEFORE: 0.1}  # of the pictures that are judged
DISTURBED_SHARE = 0.25  # of memories hold a disturbed picture
POLLUTED_SHARE = 0.3  # of memories hold an earlier picture of the failure that is judged: it grew unnoticed
YOUNG_SHARE = 0.25  # of memories are of one or two pictures


@dataclass(frozen=True)
class Comparisons:
    """n of a batch's P pictures to judge, each with its memory."""

    present: NDArray[np.intp]  # which of the pictures [n]
    shares: Floats  # what each picture weighs in its memory [n, P]
    known: Floats  # [n]


class Draws:
    """Draws comparisons from cameras that have something to remember and something to judge."""

    def __init__(self, features: Features, least_gain: float) -> None:
        self._least_gain = least_gain
        roles, starts = features.role, np.flatnonzero(np.diff(features.camera, prepend=-1))
        ends = [*starts[1:], len(roles)]
        self._role, self._visible = roles, features.visible
        self.cameras = [
            np.arange(start, end)
            for start, end in zip(starts, ends, strict=True)
            if (roles[start:end] == ROLES.index(BEFORE)).sum() > 1
        ]

    def batch(self, rng: Rng, cameras: int, each: int) -> tuple[NDArray[np.intp], Comparisons]:
        """The rows of some cameras' pictures, and comparisons among them."""
        chosen = [self.cameras[i] for i in rng.integers(len(self.cameras), size=cameras)]
        rows, first = np.concatenate(chosen), 0
        count = cameras * each
        batch = Comparisons(
            np.zeros(count, np.intp), np.zeros((count, len(rows)), np.float32), np.zeros(count, np.float32)
        )
        for i in range(count):
            pictures = chosen[i // each]
            present, remembered = self._comparison(rng, self._role[pictures], self._visible[pictures])
            batch.present[i] = first + present
            batch.shares[i, first + remembered] = weights(len(remembered), self._least_gain)
            batch.known[i] = known(rng, len(remembered))
            if i % each == each - 1:
                first += len(pictures)
        return rows, batch

    def _comparison(self, rng: Rng, role: NDArray[np.int8], visible: Floats) -> tuple[np.intp, NDArray[np.intp]]:
        """A camera's picture to be judged, and the pictures of its memory, as they came."""
        by_role = {name: np.flatnonzero(role == ROLES.index(name)) for name in ROLES}
        shares = np.array([share * (len(by_role[name]) > 0) for name, share in PRESENT_SHARES.items()])
        present = rng.choice(by_role[list(PRESENT_SHARES)[rng.choice(len(shares), p=shares / shares.sum())]])
        healthy = rng.permutation(by_role[BEFORE][by_role[BEFORE] != present])
        few = rng.random() < YOUNG_SHARE
        some = healthy[: rng.integers(1, (2 if few else min(len(healthy), MOST)) + 1)]
        disturbed = by_role[DISTURBED][by_role[DISTURBED] != present]
        if len(disturbed) and rng.random() < DISTURBED_SHARE:
            some = rng.permutation(np.r_[some, rng.choice(disturbed)])
        failing = by_role[FAILING]  # as it grew; the nozzle may have hidden more of it later
        younger = failing[(failing < present) & (visible[failing] < visible[present])]
        if role[present] == ROLES.index(FAILING) and len(younger) and rng.random() < POLLUTED_SHARE:
            some = np.r_[some, rng.choice(younger)]
        return present, some


def known(rng: Rng, pictures: int) -> float:
    """What the monitor says that it knows: little of a young memory, mostly all."""
    if pictures <= 2:
        return float(rng.uniform(0.1, 0.7))
    return float(rng.uniform(0.4, 1)) if rng.random() < 0.3 else 1.0
