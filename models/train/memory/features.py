"""The frozen network's features of all cameras, on disk: computed once, read by every fit.

A folder holds `seen.f16`, the features [S, deep, h, w] of S pictures one after the other, and `facts.npz`, what is
known about each of them.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from models.train.augment import Augmentation, plain
from models.train.classes import CLASSES, FAILURES
from models.train.config import Config, Data
from models.train.films import ROLES
from models.train.memory.cameras import Camera, Shot, real_cameras, seen_by
from models.train.memory.filmed import filmed_cameras
from models.train.model import Detector, normalised
from models.train.samples import labelled

logger = logging.getLogger(__name__)
FACTS = "facts.npz"


@dataclass(frozen=True)
class Features:
    """S pictures. A camera's are next to each other; another version of the same camera counts as another camera."""

    seen: NDArray[np.float16]  # [S, deep, h, w]
    cells: NDArray[np.int8]  # targets [S, 1 + C, h, w]: 1, 0, or -1 for not known
    failure: NDArray[np.int8]  # [S]
    classes: NDArray[np.int8]  # [S, C]
    camera: NDArray[np.int32]  # [S]
    role: NDArray[np.int8]  # index in ROLES [S]
    kind: NDArray[np.int8]  # index in CLASSES, or -1 [S]
    visible: NDArray[np.float32]  # [S]
    real: NDArray[np.bool_]  # [S]


def targets(shot: Shot, drawn: Augmentation) -> tuple[NDArray[np.int8], int, NDArray[np.int8]]:
    """Cells, failure and classes, as in samples.py; of a failure without labels only that it is there."""
    if shot.kind and shot.labels is None:
        shape = (1 + len(CLASSES), drawn.height // 16, drawn.width // 16)
        classes = np.full(len(CLASSES), -1, np.int8)
        classes[CLASSES.index(shot.kind)] = 1
        return np.full(shape, -1, np.int8), 1 if shot.kind in FAILURES else -1, classes
    covers = {}
    for value in np.unique(shot.labels[shot.labels > 0]) if shot.labels is not None else ():
        mask = (shot.labels == value).astype(np.float32)
        mask = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        covers[CLASSES[int(value) - 1]] = drawn.coverage(mask)
    sample = labelled(shot.picture, covers, drawn)
    return sample.cells, sample.failure, sample.classes


class Extractor:
    """Runs in a process of its own, on one thread."""

    def __init__(self, detector: Detector, height: int, width: int, seed: int | None) -> None:
        """``seed`` None: the pictures as they are served, without augmentation."""
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        self._detector = detector.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._size, self._seed = (height, width), seed

    def __call__(self, number: int, camera: Camera) -> dict[str, NDArray[np.generic]]:
        """The rows of one camera."""
        if self._seed is None:
            drawn = plain(*self._size)
            pictures = [drawn.picture(shot.picture) for shot in camera.shots]
        else:
            drawn, pictures = seen_by(camera, np.random.default_rng((self._seed, number)), *self._size)
        with torch.inference_mode():
            x = normalised(torch.from_numpy(np.stack(pictures))).contiguous(memory_format=torch.channels_last)
            seen = self._detector.seen(x).to(torch.float16).contiguous().numpy()
        cells, failure, classes = zip(*(targets(shot, drawn) for shot in camera.shots), strict=True)
        count = len(camera.shots)
        return {
            "seen": seen,
            "cells": np.stack(cells),
            "failure": np.array(failure, np.int8),
            "classes": np.stack(classes),
            "camera": np.full(count, number, np.int32),
            "role": np.array([ROLES.index(shot.role) for shot in camera.shots], np.int8),
            "kind": np.array([CLASSES.index(shot.kind) if shot.kind else -1 for shot in camera.shots], np.int8),
            "visible": np.array([shot.visible for shot in camera.shots], np.float32),
            "real": np.full(count, camera.real),
        }


_extract: Extractor | None = None


def _start(*arguments: object) -> None:
    global _extract  # noqa: PLW0603 - a process of the pool has no other place
    _extract = Extractor(*arguments)  # type: ignore[arg-type]


def _run(job: tuple[int, Camera]) -> dict[str, NDArray[np.generic]]:
    assert _extract is not None
    return _extract(*job)


def write_features(
    cameras: Iterable[Camera], detector: Detector, size: tuple[int, int], seed: int | None, folder: Path, processes: int
) -> Features:
    """Computes the features of all cameras and keeps them in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FACTS).unlink(missing_ok=True)  # it is written last: without it the folder is not whole
    names = [field.name for field in fields(Features) if field.name != "seen"]
    columns: dict[str, list[NDArray[np.generic]]] = {name: [] for name in names}
    jobs = ((number, camera) for number, camera in enumerate(cameras))
    with (
        get_context("spawn").Pool(processes, _start, (detector, *size, seed)) as pool,
        (folder / "seen.f16").open("wb") as seen,
        tqdm(unit="img") as bar,
    ):
        while some := list(itertools.islice(jobs, 64)):  # a pool would read all pictures at once
            for rows in pool.imap(_run, some):
                rows.pop("seen").tofile(seen)
                for name in names:
                    columns[name].append(rows[name])
                bar.update(len(rows["failure"]))
    facts: dict[str, Any] = {name: np.concatenate(parts) for name, parts in columns.items()}
    np.savez(folder / FACTS, **facts)
    return read_features(folder)


def read_features(folder: Path) -> Features:
    """What write_features left. Raises FileNotFoundError when it was stopped before its end."""
    with np.load(folder / FACTS) as facts:
        columns = {name: facts[name] for name in facts.files}
    count, _, rows, cells = columns["cells"].shape
    seen = np.memmap(folder / "seen.f16", np.float16, "r").reshape(count, -1, rows, cells)
    return Features(seen, **columns)


def features_of(config: Config, detector: Detector, folder: Path, *, held_out: bool) -> Features:
    """The features of the cameras on one side of the split; computed unless this network's are there.

    What is learned from comes in several augmentations, what is held out as it is served.
    """
    side, versions = ("held-out", 1) if held_out else ("learned", config.memory.versions)
    place = folder / f"{side}-{detector.fingerprint()[:12]}-{versions}"
    if (place / FACTS).exists():
        return read_features(place)
    network, seed = config.network, None if held_out else config.memory.seed
    cameras = itertools.chain.from_iterable(all_cameras(config.data, held_out) for _ in range(versions))
    return write_features(cameras, detector, (network.height, network.width), seed, place, config.memory.threads)


def all_cameras(data: Data, held_out: bool) -> Iterator[Camera]:
    """Rendered films and real pictures."""
    yield from filmed_cameras(data, held_out)
    yield from real_cameras(data.real, data.held_out_clips, held_out)
