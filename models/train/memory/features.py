"""The frozen network's features of all cameras: computed once, kept as kept.py says, read by every fit."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from models.train.augment import plain
from models.train.classes import CLASSES
from models.train.config import Config, Data
from models.train.films import ROLES
from models.train.memory.cameras import Camera, real_cameras, seen_by
from models.train.memory.filmed import filmed_cameras
from models.train.memory.kept import FACTS, SEEN, Features, read_features
from models.train.memory.targets import targets
from models.train.model import Detector, normalised

logger = logging.getLogger(__name__)


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
        (folder / SEEN).open("wb") as seen,
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
