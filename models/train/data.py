"""Batches for training: rendered pairs and real frames, with targets per cell and per picture.

Targets are 1, 0, or -1 for "do not learn from this": a cell that a strand barely touches, an unboxed frame's cells,
an advisory class's picture for the score that stops printers.
"""

from __future__ import annotations

import csv
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from models.train.arrays import Floats, Picture, Rng
from models.train.augment import Augmentation
from models.train.classes import CLASSES, FAILURES
from models.train.config import Config
from models.train.pictures import decode, read

POSITIVE_CELL, NEGATIVE_CELL = 0.06, 0.004  # cover of a cell from which, and up to which, it counts
RESCAN_EVERY = 200  # batches: shards that appear during training are used
REAL_CLASSES = {
    "spaghetti": "spaghetti",
    "stringing": "stringing",
    "warping": "warping",
    "under-extrusion": "under_extrusion",
}
HEALTHY_LABELS = ("ok", "empty-bed")


@dataclass(frozen=True)
class Sample:
    """A picture [H, W, 3] BGR with its targets: cells [1 + C, h, w], failure (scalar), classes [C]."""

    picture: Picture
    cells: NDArray[np.int8]
    failure: int
    classes: NDArray[np.int8]


class Batch(tuple[Tensor, Tensor, Tensor, Tensor]):
    """Pictures uint8 [N, H, W, 3], cells int8 [N, 1 + C, h, w], failure int8 [N], classes int8 [N, C]."""

    @classmethod
    def of(cls, samples: list[Sample]) -> Batch:
        columns = (
            np.stack([s.picture for s in samples]),
            np.stack([s.cells for s in samples]),
            np.array([s.failure for s in samples], np.int8),
            np.stack([s.classes for s in samples]),
        )
        return cls(torch.from_numpy(column) for column in columns)


# -- rendered pairs


class Scenes:
    """The rendered pairs of a folder of shards; `held_out` chooses the part of each shard that is never trained on."""

    def __init__(self, folder: Path, held_out_share: float, held_out: bool) -> None:
        self._folder, self._share, self._held_out = folder, held_out_share, held_out
        self._archives: dict[Path, zipfile.ZipFile] = {}
        self.entries: list[tuple[Path, int, float]] = []  # shard, index, visible share of the picture
        self.rescan()

    def rescan(self) -> None:
        """Finds shards that appeared since the last look."""
        known = {shard for shard, _, _ in self.entries}
        for shard in sorted(self._folder.glob("shard-*.zip")):
            if shard in known:
                continue
            facts = json.loads(self._archive(shard).read("scenes.json"))
            first = round(len(facts) * (1 - self._share))
            chosen = range(first, len(facts)) if self._held_out else range(first)
            self.entries += [(shard, i, facts[i]["visible"]) for i in chosen]

    def read(self, shard: Path, index: int) -> tuple[Picture, Picture, Picture]:
        """Healthy picture, failing picture and its labels."""
        archive, modes = self._archive(shard), (cv2.IMREAD_COLOR, cv2.IMREAD_COLOR, cv2.IMREAD_GRAYSCALE)
        names = (f"{index:05d}-healthy.jpg", f"{index:05d}-failing.jpg", f"{index:05d}-labels.png")
        healthy, failing, labels = (decode(archive.read(name), mode) for name, mode in zip(names, modes, strict=True))
        return healthy, failing, labels

    def draw(self, rng: Rng, least_visible: float) -> tuple[Path, int]:
        """A random pair whose failure covers at least this share of its picture."""
        for _ in range(50):
            shard, index, visible = self.entries[rng.integers(len(self.entries))]
            if visible >= least_visible:
                return shard, index
        return shard, index

    def _archive(self, shard: Path) -> zipfile.ZipFile:
        if shard not in self._archives:
            self._archives[shard] = zipfile.ZipFile(shard)
        return self._archives[shard]


def scene_samples(pictures: tuple[Picture, Picture, Picture], augmentation: Augmentation) -> list[Sample]:
    """Both twins as samples."""
    healthy, failing, labels = pictures
    covers = {}
    for value in np.unique(labels[labels > 0]):
        mask = cv2.resize((labels == value).astype(np.float32), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        covers[CLASSES[int(value) - 1]] = augmentation.coverage(mask)
    return [
        _sample(augmentation.picture(healthy), {}, augmentation),
        _sample(augmentation.picture(failing), covers, augmentation),
    ]


def _sample(picture: Picture, covers: dict[str, Floats], augmentation: Augmentation) -> Sample:
    grid = (augmentation.height // 16, augmentation.width // 16)
    nothing = np.zeros(grid, np.float32)
    classes = [covers.get(name, nothing) for name in CLASSES]
    failing = np.max([covers.get(name, nothing) for name in FAILURES], axis=0)
    cells = np.stack([_target(c) for c in [failing, *classes]])
    advisory = np.max([covers.get(name, nothing) for name in CLASSES if name not in FAILURES], axis=0)
    cells[0][(advisory > NEGATIVE_CELL) & (cells[0] == 0)] = -1
    seen = np.array([_seen(cells[1 + i]) for i in range(len(CLASSES))], np.int8)
    failure = _seen(cells[0])
    return Sample(picture, cells, -1 if failure == 0 and advisory.max() > NEGATIVE_CELL else failure, seen)


def _target(cover: Floats) -> NDArray[np.int8]:
    return np.where(cover > POSITIVE_CELL, 1, np.where(cover < NEGATIVE_CELL, 0, -1)).astype(np.int8)


def _seen(cells: NDArray[np.int8]) -> int:
    """Whether the whole picture shows it: a positive cell, no cell at all, or too little to say."""
    return int(cells.max()) if cells.max() == 1 else (-1 if cells.min() < 0 else 0)


# -- real frames


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


# -- batches


class Batches(IterableDataset[Batch]):
    """Endless batches from `first_step` on; each worker takes every n-th step."""

    def __init__(self, config: Config, first_step: int) -> None:
        super().__init__()
        self._config, self._first = config, first_step

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        data = self._config.data
        scenes = Scenes(data.scenes, data.held_out_pairs, held_out=False)
        real = RealFrames(real_frames(data.real, data.held_out_clips, held_out=False))
        for step in range(self._first + number, self._config.training.steps, workers):
            if (step - number) % RESCAN_EVERY == 0:
                scenes.rescan()
            yield self._batch(step, scenes, real)

    def _batch(self, step: int, scenes: Scenes, real: RealFrames) -> Batch:
        training = self._config.training
        stage, rng = training.stage(step), np.random.default_rng((training.seed, step))
        count = round(training.batch * self._config.data.real_share)
        size = (stage.height, stage.width)
        samples = [real.sample(real.draw(rng), Augmentation.draw(rng, *size)) for _ in range(count)]
        while len(samples) < training.batch:
            pair = scenes.read(*scenes.draw(rng, stage.least_visible))
            samples += scene_samples(pair, Augmentation.draw(rng, *size))
        return Batch.of(samples[: training.batch])
