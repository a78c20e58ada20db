"""What a picture costs: one at a time, one thread, files in turn, so that a busy machine is unfair to none."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.train.single import SinglePictures

RUNS, WARM_UP = 200, 10


@dataclass(frozen=True)
class Cost:
    """Milliseconds a picture. The least is what the machine can do, the median what it did."""

    median_ms: float
    least_ms: float


def costs(paths: Mapping[str, Path], height: int, width: int, runs: int = RUNS) -> dict[str, Cost]:
    """Runs every file on the same picture in turn."""
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    models = {name: SinglePictures(path, height, width) for name, path in paths.items()}
    taken: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(WARM_UP + runs):
        for name, model in models.items():
            began = time.perf_counter()
            model.run(picture)
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: Cost(float(np.median(ms[WARM_UP:])), min(ms[WARM_UP:])) for name, ms in taken.items()}
