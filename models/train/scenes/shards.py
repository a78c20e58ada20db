"""Training pairs on disk: the same scene healthy and failing, as JPEG, with an exact mask.

A shard is a zip file. For pair number i it holds `i-healthy.jpg`, `i-failing.jpg` and `i-labels.png` (0, or 1 +
index of the class in classes.py, a pixel of the failing picture); `scenes.json` lists seed, class, growth and
visible share of each pair. A shard is a pure function of its number, so a stopped run continues with the shards
that are missing.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from models.train.arrays import Picture
from models.train.classes import CLASSES
from models.train.pictures import png
from models.train.scenes.scene import Scene, Studio, Trouble, random_moment

PAIRS_PER_SHARD = 400
SIZES = ((512, 384), (512, 384), (576, 324))  # true 4:3 and 16:9; a shard has one of them
SHARES = (0.55, 0.16, 0.09, 0.06, 0.04, 0.05, 0.05)  # of the classes, in their order
LEAST_VISIBLE = 0.0012  # share of the picture that a failure must cover to be worth learning


@dataclass(frozen=True)
class Pair:
    """Both JPEGs, the labels [H, W], and what is known about the scene."""

    healthy: bytes
    failing: bytes
    labels: Picture
    seed: int
    kind: str
    growth: float
    visible: float


def render_pair(studio: Studio, seed: int) -> Pair | None:
    """The pair of this seed, or None when its failure is hidden from the camera."""
    rng = np.random.default_rng(seed)
    aspect = studio.size[0] / studio.size[1]
    scene = Scene.random(rng, aspect)
    kind = str(rng.choice(CLASSES, p=SHARES))
    trouble = Trouble(kind, int(rng.integers(1 << 31)), float(rng.beta(1.6, 1.0)))
    moment = replace(scene.moment, empty=False, hand=scene.moment.hand and rng.random() < 0.5)
    if rng.random() < 0.3:  # the nozzle has moved on
        moment = replace(
            moment, nozzle=random_moment(rng, scene.printer, scene.centre, scene.size, moment.height).nozzle
        )
    failing, gain = studio.shoot(scene, replace(moment, noise_seed=1))
    failing, _ = studio.shoot(scene, replace(moment, noise_seed=1), trouble, gain * float(rng.uniform(0.9, 1.1)))
    visible = float((failing.labels > 0).mean())
    if visible < LEAST_VISIBLE or failing.picture.std() < 8:
        return None
    healthy, _ = studio.shoot(scene, scene.moment, None, gain)
    jpeg = scene.webcam.jpeg
    return Pair(jpeg(healthy.picture), jpeg(failing.picture), failing.labels, seed, kind, trouble.growth, visible)


def write_shard(number: int, folder: Path, pairs: int = PAIRS_PER_SHARD) -> Path:
    """Renders shard `number`; the file appears under its name only when it is whole."""
    path = folder / f"shard-{number:05d}.zip"
    part, studio, seed = path.with_suffix(".part"), Studio(SIZES[number % len(SIZES)]), number * 100_000
    facts: list[dict[str, object]] = []
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        while len(facts) < pairs:
            seed += 1
            pair = render_pair(studio, seed)
            if pair is None:
                continue
            name = f"{len(facts):05d}"
            archive.writestr(f"{name}-healthy.jpg", pair.healthy)
            archive.writestr(f"{name}-failing.jpg", pair.failing)
            archive.writestr(f"{name}-labels.png", png(pair.labels))
            facts.append({k: v for k, v in asdict(pair).items() if k in ("seed", "kind", "growth", "visible")})
        archive.writestr("scenes.json", json.dumps(facts))
    return part.rename(path)


def write_shards(folder: Path, first: int, count: int, processes: int) -> None:
    """Renders the missing shards of a range."""
    missing = [n for n in range(first, first + count) if not (folder / f"shard-{n:05d}.zip").exists()]
    write_missing(write_shard, missing, folder, 2 * PAIRS_PER_SHARD, processes)


def write_missing(
    write: Callable[[int, Path], object], numbers: list[int], folder: Path, pictures: int, processes: int
) -> None:
    """Calls `write(number, folder)`, which renders so many pictures, for each number, each in a fresh process (the size
    of a Studio is fixed). Prints pictures a second; `write` is a function of a module.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(write, number, folder) for number in numbers]
    with (
        get_context("spawn").Pool(processes, maxtasksperchild=1) as pool,
        tqdm(total=pictures * len(numbers), unit="img") as bar,
    ):
        for seconds in pool.imap_unordered(_timed, jobs, chunksize=1):
            bar.update(pictures)
            bar.write(
                f"{pictures} img in {seconds:.0f} s: {pictures / seconds:.1f} img/s in one of {processes} processes"
            )


def _timed(job: tuple[Callable[[int, Path], object], int, Path]) -> float:
    """Seconds that it took."""
    cv2.setNumThreads(1)
    write, number, folder = job
    began = time.monotonic()
    write(number, folder)
    return time.monotonic() - began
