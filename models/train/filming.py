"""Films whole rendered prints for overtime.py: what the shipped file says along a print, and as a failure grows.

A print is filmed at PLACES of its progress, NOZZLES pictures each with the nozzle at another point of its way; its
failure at STEPS of its growth, the part frozen where it began. The scenes are drawn like those of shards.py, from
seeds that no shard uses.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from tqdm import tqdm

from models.train.arrays import Picture
from models.train.pictures import decode
from models.train.scenes.prints import HEALTHY_FRAMES, VISIBLE_SHARE, moment_at
from models.train.scenes.scene import Moment, Scene, Studio, Trouble

FIRST_SEED = 7_000_000_000  # shard n draws from n * 100 000 on
SIZE = (512, 384)
PLACES, STEPS, NOZZLES = 18, 14, 4
KINDS, KIND_SHARES = ("spaghetti", "detached"), (0.6, 0.4)


@dataclass(frozen=True)
class Film:
    """One print's scores: ``healthy[place][nozzle]`` along the print, ``failing[step][nozzle]`` as it fails."""

    seed: int
    kind: str
    starts_at: int  # the place where the failing branch begins
    visible_from: int | None  # the step from which it covers VISIBLE_SHARE of the picture; None: it never does
    healthy: list[list[float]]
    failing: list[list[float]]


Clip = tuple[list[list[bytes]], list[list[bytes]], list[float]]  # JPEGs [place][nozzle], [step][nozzle]; cover [step]


class Network:
    """The shipped file, on one core."""

    def __init__(self, path: Path) -> None:
        facts = json.loads(path.with_suffix(".json").read_text())
        self.sha256: str = facts["sha256"]
        self.threshold: float = facts["operating_point"]["threshold"]
        self._size = (facts["input"]["width"], facts["input"]["height"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def score(self, picture: Picture) -> float:
        """The failure score of a BGR picture of any size."""
        small = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA)
        return float(self._session.run(["failure"], {"frames": small[None]})[0][0])


def plot(seed: int) -> tuple[Scene, int, str]:
    """What is filmed: the scene, the place where its failure begins, and the class of the failure."""
    rng = np.random.default_rng(seed)
    scene = Scene.random(rng, SIZE[0] / SIZE[1])
    return scene, int(rng.integers(1, PLACES)), str(rng.choice(KINDS, p=KIND_SHARES))


def shoot(studio: Studio, seed: int) -> Clip:
    """Renders the print of this seed."""
    scene, starts_at, kind = plot(seed)
    rng = np.random.default_rng(seed + 1)
    gain = studio.shoot(scene, moment(scene, PLACES // 3, 0))[1]
    encode = scene.webcam.jpeg

    def picture(place: int, trouble: Trouble | None) -> tuple[bytes, float]:
        shot, _ = studio.shoot(scene, moment(scene, place, int(rng.integers(HEALTHY_FRAMES))), trouble, gain)
        return encode(shot.picture), float((shot.labels > 0).mean())

    healthy = [[picture(place, None)[0] for _ in range(NOZZLES)] for place in range(PLACES)]
    failing, cover = [], []
    for step in range(STEPS):
        growth = ((step + 1) / STEPS) ** 0.8  # as in the demo farm's prints
        trouble = Trouble(kind, seed, growth, moment(scene, starts_at, 0).height)
        pictures, covers = zip(*(picture(starts_at, trouble) for _ in range(NOZZLES // 2)), strict=True)
        failing.append(list(pictures))
        cover.append(float(np.mean(covers)))
    return healthy, failing, cover


def moment(scene: Scene, place: int, nozzle_at: int) -> Moment:
    """The part as high as at this place of the print, the nozzle at any point of its way around."""
    there = moment_at(scene, round((place + 0.5) / PLACES * HEALTHY_FRAMES))
    nozzle = moment_at(scene, nozzle_at).nozzle.copy()
    nozzle[2] = there.nozzle[2]
    return replace(there, nozzle=nozzle, noise_seed=nozzle_at)


def scored(seed: int, clip: Clip, network: Network) -> Film:
    """What the network says of a clip."""
    healthy, failing, cover = clip
    _, starts_at, kind = plot(seed)
    visible = [step for step, share in enumerate(cover) if share >= VISIBLE_SHARE]
    rows = [[[network.score(decode(p)) for p in shots] for shots in part] for part in (healthy, failing)]
    return Film(seed, kind, starts_at, visible[0] if visible else None, *rows)


def films(count: int, network: Network, cache: Path, pictures: Path | None) -> Iterator[Film]:
    """The first ``count`` films. Scores are kept in ``cache``, a file a model; pictures only if a folder is given."""
    cache.mkdir(parents=True, exist_ok=True)
    known = cache / f"films-{network.sha256[:12]}.jsonl"
    have = {f.seed: f for f in (Film(**json.loads(line)) for line in _lines(known))}
    studio: Studio | None = None
    for seed in tqdm(range(FIRST_SEED, FIRST_SEED + count), unit="print"):
        if seed not in have:
            clip = _load(pictures, seed)
            if clip is None:
                studio = studio or Studio(SIZE)
                clip = shoot(studio, seed)
                _keep(pictures, seed, clip)
            have[seed] = scored(seed, clip, network)
            with known.open("a") as lines:
                lines.write(json.dumps(asdict(have[seed])) + "\n")
        yield have[seed]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _keep(folder: Path | None, seed: int, clip: Clip) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"print-{seed}.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("cover.json", json.dumps(clip[2]))
        for name, rows in (("healthy", clip[0]), ("failing", clip[1])):
            for i, row in enumerate(rows):
                for k, data in enumerate(row):
                    archive.writestr(f"{name}/{i}/{k}.jpg", data)
    part.rename(part.with_suffix(".zip"))


def _load(folder: Path | None, seed: int) -> Clip | None:
    path = folder / f"print-{seed}.zip" if folder else None
    if path is None or not path.exists():
        return None
    with zipfile.ZipFile(path) as archive:
        healthy = [[archive.read(f"healthy/{i}/{k}.jpg") for k in range(NOZZLES)] for i in range(PLACES)]
        failing = [[archive.read(f"failing/{i}/{k}.jpg") for k in range(NOZZLES // 2)] for i in range(STEPS)]
        return healthy, failing, json.loads(archive.read("cover.json"))
