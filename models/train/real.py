"""Real frames, as samples: each clip weighs the same, and is never on both sides of the split."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng
from models.train.augment import Augmentation
from models.train.boxes import BOXES, Box, Boxed, read_boxes
from models.train.classes import CLASSES, FAILURES
from models.train.pictures import read
from models.train.samples import Sample, boxed_sample

REAL_CLASSES = {
    "spaghetti": "spaghetti",
    "stringing": "stringing",
    "warping": "warping",
    "under-extrusion": "under_extrusion",
    "detached": "detached",
    "blob": "blob",
    "layer-shift": "layer_shift",
}
HEALTHY_LABELS = ("ok", "empty-bed")
SOME_FAILURE = "failing"  # of a farm's own pictures (`vigie export`): nobody has said how it fails


@dataclass(frozen=True)
class RealFrame:
    path: Path
    label: str
    clip: str
    name: str = ""  # as in labels.csv and boxes.csv
    boxes: tuple[Box, ...] = ()  # around all that failed, checked by eye; none: not known where it lies


def real_frames(folder: Path, held_out_share: float, held_out: bool, boxes: Path = BOXES) -> list[RealFrame]:
    """The frames of train/labels.csv on one side of the split; a clip is never on both sides.

    Raises ValueError where boxes.csv cannot be read or boxes a healthy frame.
    """
    boxed = read_boxes(boxes)
    with (folder / "train" / "labels.csv").open(newline="") as lines:
        rows = [
            RealFrame(folder / row["file"], row["label"], row["clip"], row["file"], _checked(boxed, row))
            for row in csv.DictReader(lines)
        ]
    return [row for row in rows if (_share_of(row.clip) < held_out_share) == held_out]


def _checked(boxed: dict[str, Boxed], row: dict[str, str]) -> tuple[Box, ...]:
    found = boxed.get(row["file"])
    if found and found.boxes and row["label"] in HEALTHY_LABELS:
        raise ValueError(f"{row['file']} is labelled {row['label']} and has boxes; delete its line in boxes.csv")
    return found.boxes if found and found.checked else ()


def _share_of(clip: str) -> float:
    """A number in 0..1 that only depends on the clip's name."""
    return zlib.crc32(clip.encode()) / 2**32


class RealFrames:
    """Real frames, drawn so that each clip has the same weight, half of them failing."""

    def __init__(self, frames: list[RealFrame]) -> None:
        self._clips: dict[bool, dict[str, list[RealFrame]]] = {True: {}, False: {}}
        for frame in frames:
            healthy = frame.label in HEALTHY_LABELS
            if healthy or frame.label in REAL_CLASSES or frame.label == SOME_FAILURE:
                self._clips[healthy].setdefault(frame.clip, []).append(frame)
        self._pictures: dict[Path, Picture] = {}

    def draw(self, rng: Rng) -> RealFrame:
        clips = self._clips[bool(rng.random() < 0.5)]
        names = sorted(clips)
        frames = clips[names[rng.integers(len(names))]]
        return frames[rng.integers(len(frames))]

    def sample(self, frame: RealFrame, augmentation: Augmentation) -> Sample:
        """A healthy frame teaches every cell, a boxed one those that boxed_sample knows, any other the picture only."""
        if frame.path not in self._pictures:
            self._pictures[frame.path] = read(frame.path)
        source = self._pictures[frame.path]
        healthy = frame.label in HEALTHY_LABELS
        if frame.boxes and frame.label != SOME_FAILURE:
            return boxed_sample(source, frame.boxes, REAL_CLASSES[frame.label], augmentation)
        shape = (1 + len(CLASSES), augmentation.height // 16, augmentation.width // 16)
        classes = np.full(len(CLASSES), 0 if healthy else -1, np.int8)
        failure = 0
        if frame.label == SOME_FAILURE:
            failure = 1
        elif not healthy:
            name = REAL_CLASSES[frame.label]
            classes[CLASSES.index(name)] = 1
            failure = 1 if name in FAILURES else -1
        picture = augmentation.picture(source)
        return Sample(picture, np.full(shape, 0 if healthy else -1, np.int8), failure, classes)
