"""Batches for training: pairs of rendered pairs and films, and real frames, mixed as config.toml says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from models.train.arrays import Picture
from models.train.augment import Augmentation, plain
from models.train.config import Config, Data
from models.train.real import RealFrame, RealFrames, real_frames
from models.train.rendered import Rendered, scene_samples
from models.train.samples import Sample

RESCAN_EVERY = 200  # batches: shards that appear during training are used


class Batch(tuple[Tensor, Tensor, Tensor, Tensor, Tensor]):
    """Pictures uint8 [N, H, W, 3], cells int8 [N, 1 + C, h, w], failure int8 [N], classes int8 [N, C], and the same
    pictures as the teacher sees them: none, [0, H, W, 3], where there is no teacher.
    """

    @classmethod
    def of(cls, samples: list[Sample], larger: list[Picture]) -> Batch:
        columns = (
            np.stack([s.picture for s in samples]),
            np.stack([s.cells for s in samples]),
            np.array([s.failure for s in samples], np.int8),
            np.stack([s.classes for s in samples]),
            np.stack(larger) if larger else np.empty((0, *samples[0].picture.shape), np.uint8),
        )
        return cls(torch.from_numpy(column) for column in columns)


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
        rendered = Rendered(data.scenes, data.held_out_pairs, data.film_share)
        real = RealFrames(_real(data))
        for step in range(self._first + number, self._config.training.steps, workers):
            if (step - number) % RESCAN_EVERY == 0:
                rendered.rescan()
            yield self._batch(step, rendered, real)

    def _batch(self, step: int, rendered: Rendered, real: RealFrames) -> Batch:
        training = self._config.training
        stage, rng = training.stage(step), np.random.default_rng((training.seed, step))
        count = round(training.batch * self._config.data.real_share)

        def augmentation() -> Augmentation:
            size = (stage.height, stage.width)
            return Augmentation.draw(rng, *size, stage.zoom) if training.augment else plain(*size)

        samples: list[Sample] = []
        larger: list[Picture] = []

        def add(make: Callable[..., list[Sample]], *drawn: Augmentation) -> None:
            samples.extend(make(*drawn))
            if stage.teacher:
                size = stage.teacher
                larger.extend(sample.picture for sample in make(*(one.at(*size) for one in drawn)))

        for _ in range(count):
            add(partial(_alone, real, real.draw(rng)), augmentation())
        while len(samples) < training.batch:
            pair = rendered.pair(rng, stage.least_visible)
            add(partial(scene_samples, pair), *(augmentation() for _ in range(1 if training.paired else 2)))
        return Batch.of(samples[: training.batch], larger[: training.batch])


def _alone(real: RealFrames, frame: RealFrame, augmentation: Augmentation) -> list[Sample]:
    return [real.sample(frame, augmentation)]


def _real(data: Data) -> list[RealFrame]:
    frames = real_frames(data.real, data.held_out_clips, held_out=False)
    return frames if data.boxed else [replace(frame, boxes=()) for frame in frames]
