"""A shipped file on the held-out films: each picture alone, and with what its camera saw before. Without PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats
from models.train.augment import plain
from models.train.classes import FAILURES
from models.train.films import BEFORE
from models.train.memory.cameras import Camera
from models.train.memory.running import memories, weights
from models.train.single import SinglePictures
from models.train.statistics import Scored

LEAST_VISIBLE = 0.002  # share of the picture; failures that cover less are not counted


@dataclass(frozen=True)
class Filmed:
    """n pictures of held-out films: the failure score without the memory and with it, and what is true."""

    alone: Floats  # [n]
    remembering: Floats  # [n]
    failing: NDArray[np.bool_]  # [n]
    camera: NDArray[np.str_]  # [n]

    def scored(self, *, remembering: bool) -> Scored:
        """For ranking; the pictures of one camera are drawn together."""
        scores = self.remembering if remembering else self.alone
        return Scored(scores.astype(float), self.failing, self.camera)


def score_films(model: SinglePictures, cameras: Iterable[Camera], least_gain: float) -> Filmed:
    """Every picture; its memory is of all its camera's pictures from before, less itself."""
    rows = [row for camera in cameras for row in _judged(model, camera, least_gain)]
    alone, remembering, failing, names = (np.array(column) for column in zip(*rows, strict=True))
    return Filmed(alone, remembering, failing, names)


def _judged(
    model: SinglePictures, camera: Camera, least_gain: float
) -> Iterator[tuple[np.floating, np.floating, bool, str]]:
    stretch = plain(model.height, model.width)
    frames = np.stack([stretch.picture(shot.picture) for shot in camera.shots])
    alone, features = model.look(frames)
    before = np.array([shot.role == BEFORE for shot in camera.shots])
    means_and_spreads = memories(shares(before, least_gain), features)
    remembering, _ = model.look(frames, np.concatenate(means_and_spreads, 1))
    for shot, *scores in zip(camera.shots, alone, remembering, strict=True):
        counts = shot.kind in FAILURES and shot.visible >= LEAST_VISIBLE
        if counts or not shot.kind:
            yield *scores, counts, camera.name


def shares(before: NDArray[np.bool_], least_gain: float) -> Floats:
    """What each of n pictures weighs in the memory that each of them is compared with [n, n]; none in its own."""
    found = np.zeros((len(before), len(before)), np.float32)
    for row in range(len(before)):
        others = np.flatnonzero(before & (np.arange(len(before)) != row))
        found[row, others] = weights(len(others), least_gain)
    return found
