"""Real frames, as samples: each clip weighs the same, and is never on both sides of the split."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng
from models.train.augment import Augmentation
from models.train.classes import CLASSES, FAILURES
from models.train.pictures import read
from models.train.samples import Sample

REAL_CLASSES = {
    "spaghetti": "spaghetti",
    "stringing": "stringing",
    "warping": "warping",
    "under-extrusion": "under_extrusion",
}
HEALTHY_LABELS = ("ok", "empty-bed")


@dataclass(frozen=True)
class RealFrame:
    path: Path
    label: str
    clip: str


def real_frames(folder: Path, held_out_share: float, held_out: bool) -> list[RealFrame]:
    """The frames of train/labels.csv on one side of the split; a clip is never on both sides."""
    with (folder / "train" / "labels.csv").open() as lines:
        rows = [RealFrame(folder / row["file"], row["label"], row["clip"]) for row in csv.DictReader(lines)]
    return [row for row in rows if (_share_of(row.clip) < held_out_share) == held_out]


def _share_of(clip: str) -> float:
    """A number in 0..1 that only depends on the clip's name."""
    return zlib.crc32(clip.encode()) / 2**32


class RealFrames:
    """Real frames, drawn so that each clip has the same weight, half of them failing."""

    def __init__(self, frames: list[RealFrame]) -> None:
        self._clips: dict[bool, dict[str, list[RealFrame]]] = {True: {}, False: {}}
        for frame in frames:
            healthy = frame.label in HEALTHY_LABELS
            if healthy or frame.label in REAL_CLASSES:
                self._clips[healthy].setdefault(frame.clip, []).append(frame)
        self._pictures: dict[Path, Picture] = {}

    def draw(self, rng: Rng) -> RealFrame:
        clips = self._clips[bool(rng.random() < 0.5)]
        names = sorted(clips)
        frames = clips[names[rng.integers(len(names))]]
        return frames[rng.integers(len(frames))]

    def sample(self, frame: RealFrame, augmentation: Augmentation) -> Sample:
        """A failing frame teaches by picture only: where its mess lies is not known."""
        if frame.path not in self._pictures:
            self._pictures[frame.path] = read(frame.path)
        picture = augmentation.picture(self._pictures[frame.path])
        healthy = frame.label in HEALTHY_LABELS
        shape = (1 + len(CLASSES), augmentation.height // 16, augmentation.width // 16)
        classes = np.full(len(CLASSES), 0 if healthy else -1, np.int8)
        failure = 0
        if not healthy:
            name = REAL_CLASSES[frame.label]
            classes[CLASSES.index(name)] = 1
            failure = 1 if name in FAILURES else -1
        return Sample(picture, np.full(shape, 0 if healthy else -1, np.int8), failure, classes)
