"""Rendered pictures from their shards, as samples."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import cv2
import numpy as np

from models.train.arrays import Picture, Rng
from models.train.augment import Augmentation
from models.train.classes import CLASSES
from models.train.films import Films
from models.train.pictures import decode
from models.train.samples import Sample, labelled


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


class Rendered:
    """All that is rendered to train on: pairs, and films."""

    def __init__(self, folder: Path, held_out_share: float, film_share: float) -> None:
        """`held_out_share`: of the pairs of each shard. `film_share`: how often a pair comes from a film."""
        self._scenes, self._films = Scenes(folder, held_out_share, held_out=False), Films(folder)
        self._film_share = film_share

    def rescan(self) -> None:
        """Finds shards that appeared since the last look."""
        self._scenes.rescan()
        self._films.rescan()

    def pair(self, rng: Rng, least_visible: float) -> tuple[Picture, Picture, Picture]:
        """A healthy picture, a failing one of the same scene, and its labels."""
        if self._films.entries and rng.random() < self._film_share:
            return self._films.pair(rng, least_visible)
        return self._scenes.read(*self._scenes.draw(rng, least_visible))


def scene_samples(
    pictures: tuple[Picture, Picture, Picture], augmentation: Augmentation, of_healthy: Augmentation | None = None
) -> list[Sample]:
    """Both twins as samples; the healthy one gets the same augmentation unless it has its own."""
    healthy, failing, labels = pictures
    covers = {}
    for value in np.unique(labels[labels > 0]):
        mask = cv2.resize((labels == value).astype(np.float32), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        covers[CLASSES[int(value) - 1]] = augmentation.coverage(mask)
    return [
        labelled((of_healthy or augmentation).picture(healthy), {}, of_healthy or augmentation),
        labelled(augmentation.picture(failing), covers, augmentation),
    ]
