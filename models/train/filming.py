"""Films whole rendered prints for overtime.py: `python -m models.train.filming --help`.

The scenes are drawn like those of films.py, from seeds that no shard uses. A print is filmed at PLACES of its
progress, the nozzle somewhere else in each picture, during EVENTS that are no failure, and at STEPS of the growth of
the failure that ends its other branch. Scenes whose camera hardly sees the failure when it is fully grown are drawn
anew: nobody would watch a printer with a camera that looks past the print.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from models.train.films import BEFORE
from models.train.scenes.disturbances import DISTURBANCES
from models.train.scenes.films import FilmSet
from models.train.scenes.scene import Shot, Studio, Trouble
from models.train.scenes.shards import write_missing
from models.train.timeline import VISIBLE
from models.train.whole import (
    EVENT_SHOTS,
    EVENTS,
    NOZZLES,
    PICTURES,
    PLACES,
    STEP_SHOTS,
    STEPS,
    Event,
    Whole,
    write,
)

FIRST_SEED = 8_000_000_000  # pairs draw from 0 on, films from 3 000 000 000 on
SIZES = ((512, 384), (512, 384), (576, 324))  # a block of prints has one of them
PRINTS_PER_BLOCK = 10
KINDS, KIND_SHARES = ("spaghetti", "detached"), (0.6, 0.4)
MOST_ATTEMPTS, BETWEEN_ATTEMPTS = 100, 1_000_000  # scenes a seed, and how far their own seeds are apart
ON_PART = 0.9  # of the pictures; in the others the nozzle is on its way somewhere
NOT_PRINTING = ("part-taken", "finished", "empty-bed", "no-plate")  # the printer says so itself


def film(studio: Studio, seed: int) -> tuple[Whole, dict[str, bytes]]:
    """Renders the print of this seed: its facts, and its JPEGs by name."""
    rng = np.random.default_rng((seed, 1))
    place, kind = int(rng.integers(1, PLACES)), str(rng.choice(KINDS, p=KIND_SHARES))
    there, trouble = _scene(studio, seed, progress_at(place), kind)
    jpegs: dict[str, bytes] = {}

    def keep(name: str, shot: Shot) -> None:
        jpegs[name] = there.scene.webcam.jpeg(shot.picture)

    for row in range(PLACES):
        for k in range(NOZZLES):
            keep(f"healthy/{row}/{k}", there.calm(BEFORE, progress_at(row))[0])
    events = tuple(_event(rng) for _ in range(EVENTS))
    for row, event in enumerate(events):
        for k in range(EVENT_SHOTS):
            keep(f"event/{row}/{k}", there.disturbed(event.progress, event.kind)[0])
    cover = []
    for step in range(STEPS):
        growth = (step + 0.25) / (STEPS - 0.75)  # it begins unseen
        shots = [there.failing(replace(trouble, growth=growth)) for _ in range(STEP_SHOTS)]
        for k, (shot, _) in enumerate(shots):
            keep(f"failing/{step}/{k}", shot)
        cover.append(float(np.mean([frame.visible for _, frame in shots])))
    return Whole(seed, kind, there.began, tuple(cover), events), jpegs


def _scene(studio: Studio, seed: int, began: float, kind: str) -> tuple[FilmSet, Trouble]:
    """The first scene of this seed whose camera sees the failure."""
    for attempt in range(MOST_ATTEMPTS):
        there = FilmSet(studio, seed + attempt * BETWEEN_ATTEMPTS, began, ON_PART)
        trouble = Trouble(kind, seed % (1 << 31), 1.0, there.height)
        if min(there.failing(trouble)[1].visible for _ in range(3)) >= VISIBLE:
            return there, trouble
    raise RuntimeError(f"print {seed}: no camera of {MOST_ATTEMPTS} sees a {kind} failure; look at scenes/sampling.py")


def progress_at(place: int) -> float:
    """How far the print is, in 0..1."""
    return (place + 0.5) / PLACES


def _event(rng: np.random.Generator) -> Event:
    kinds = [kind for kind in DISTURBANCES if kind not in NOT_PRINTING]
    return Event(str(rng.choice(kinds)), float(rng.uniform(0, 1)))


def write_block(number: int, folder: Path) -> None:
    """Renders the missing prints of one block."""
    studio = Studio(SIZES[number % len(SIZES)])
    for seed in block(number):
        path = path_of(seed, folder)
        if not path.exists():
            write(path, *film(studio, seed))


def block(number: int) -> range:
    """The seeds of one block of prints."""
    first = FIRST_SEED + number * PRINTS_PER_BLOCK
    return range(first, first + PRINTS_PER_BLOCK)


def path_of(seed: int, folder: Path) -> Path:
    """Where a print lies."""
    return folder / f"print-{seed}.zip"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.filming", description="Films whole rendered prints.")
    parser.add_argument("--folder", type=Path, default=Path("build/overtime/prints"))
    parser.add_argument("--prints", type=int, default=200, help=f"rounded up to {PRINTS_PER_BLOCK}; what exists stays")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    arguments = parser.parse_args()
    blocks = range(-(-arguments.prints // PRINTS_PER_BLOCK))
    missing = [n for n in blocks if not all(path_of(seed, arguments.folder).exists() for seed in block(n))]
    write_missing(write_block, missing, arguments.folder, PICTURES * PRINTS_PER_BLOCK, arguments.processes)


if __name__ == "__main__":
    main()
