"""Films from their shards: what one camera saw before a failure, without it, and as it grew.

A shard, `films-NUMBER.zip`, is written by scenes/films.py. Film number i has pictures of four roles, `i-ROLE-k.jpg`:
`before`, healthy, up to the moment when the failure will begin, the newest last; `after`, what a healthy print would
have shown later; `disturbed`, healthy while something of scenes/disturbances.py happens; `failing`, the failure as it
grows and the nozzle moves on, each with its exact labels `i-failing-k.png` (0, or 1 + index of the class in
classes.py). `films.json` lists the films with the facts of each picture.
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2

from models.train.arrays import Picture, Rng
from models.train.pictures import decode

BEFORE, AFTER, DISTURBED, FAILING = ROLES = ("before", "after", "disturbed", "failing")
HELD_OUT = 9000  # number of the first shard that is never trained on
Entry = tuple[Path, int]  # shard, and which of its films


def shard_path(number: int, folder: Path) -> Path:
    """Where a film shard lies."""
    return folder / f"films-{number:05d}.zip"


@dataclass(frozen=True)
class Frame:
    """What is known of one picture."""

    name: str  # in its shard, without suffix
    role: str
    progress: float  # of the print, 0..1
    growth: float = 0.0  # of the failure, 0..1
    visible: float = 0.0  # share of the picture that the failure covers
    disturbance: str = ""  # any role but before and after may have one


@dataclass(frozen=True)
class Film:
    """One film's facts; its pictures are read when they are asked for."""

    shard: Path
    seed: int
    kind: str  # class of the failure
    frames: tuple[Frame, ...]

    def of(self, *roles: str) -> tuple[Frame, ...]:
        """The frames of these roles, in order."""
        return tuple(frame for frame in self.frames if frame.role in roles)

    def picture(self, frame: Frame) -> Picture:
        """BGR [H, W, 3]."""
        return decode(_archive(self.shard, os.getpid()).read(f"{frame.name}.jpg"))

    def labels(self, frame: Frame) -> Picture:
        """Of a failing frame: 0, or 1 + index of the class, [H, W]."""
        return decode(_archive(self.shard, os.getpid()).read(f"{frame.name}.png"), cv2.IMREAD_GRAYSCALE)


class Films:
    """The films of a folder of shards; `held_out` chooses those that are never trained on."""

    def __init__(self, folder: Path, held_out: bool = False) -> None:
        self._folder, self._held_out = folder, held_out
        self._films: dict[Entry, Film] = {}
        self._known: set[Path] = set()
        self.entries: list[Entry] = []
        self.rescan()

    def rescan(self) -> None:
        """Finds shards that appeared since the last look."""
        for shard in sorted(set(self._folder.glob("films-*.zip")) - self._known):
            self._known.add(shard)
            if (int(shard.stem.split("-")[1]) >= HELD_OUT) != self._held_out:
                continue
            for index, facts in enumerate(json.loads(_archive(shard, os.getpid()).read("films.json"))):
                frames = tuple(Frame(**frame) for frame in facts["frames"])
                self._films[shard, index] = Film(shard, facts["seed"], facts["kind"], frames)
                self.entries.append((shard, index))

    def read(self, entry: Entry) -> Film:
        """The film of an entry."""
        return self._films[entry]

    def pair(self, rng: Rng, least_visible: float) -> tuple[Picture, Picture, Picture]:
        """Any healthy and any failing picture of one film, and the latter's labels; its failure covers at least this
        share of the picture if any of some films drawn does.
        """
        for _ in range(50):
            film = self._films[self.entries[rng.integers(len(self.entries))]]
            failing = [frame for frame in film.of(FAILING) if frame.visible >= least_visible]
            if failing:
                break
        failing = failing or [film.of(FAILING)[-1]]
        healthy = film.of(BEFORE, AFTER, DISTURBED)
        good, bad = healthy[rng.integers(len(healthy))], failing[rng.integers(len(failing))]
        return film.picture(good), film.picture(bad), film.labels(bad)


@lru_cache(maxsize=256)
def _archive(shard: Path, process: int) -> zipfile.ZipFile:  # noqa: ARG001 - part of the key
    """An open shard. Each process needs its own: a forked one would share the position in the file."""
    return zipfile.ZipFile(shard)
