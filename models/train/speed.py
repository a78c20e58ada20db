"""What a picture costs, in time of the one thread, files in turn, so that a busy machine is unfair to none."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from models.train.single import SinglePictures

RUNS, WARM_UP = 200, 10
CELL = 16  # pixels of the input to a cell of the memory


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds a picture. The least is what the machine can do, the median what it did."""

    median_ms: float
    least_ms: float


def costs(models: Mapping[str, SinglePictures], together: int = 1, runs: int = RUNS) -> dict[str, Cost]:
    """Runs every file in turn, each on noise of its own size; `together`: so many pictures in one run."""
    rng = np.random.default_rng(0)
    frames = {
        name: rng.integers(0, 256, (together, m.height, m.width, 3), dtype=np.uint8) for name, m in models.items()
    }
    taken: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(WARM_UP + runs):
        for name, model in models.items():
            began = time.thread_time()
            model.run_all(frames[name])
            taken[name].append((time.thread_time() - began) * 1000 / together)
    return {name: Cost(float(np.median(ms[WARM_UP:])), min(ms[WARM_UP:])) for name, ms in taken.items()}


def multiply_adds(path: Path, height: int, width: int) -> int:
    """Return the multiply-adds of a float file's convolutions for one picture: outputs times weights of a channel."""
    model = onnx.load(path)
    sizes = {"n": 1, "height": height, "width": width, "rows": height // CELL, "columns": width // CELL}
    for given in model.graph.input:
        for dimension in given.type.tensor_type.shape.dim:
            if dimension.dim_param in sizes:
                dimension.dim_value = sizes[dimension.dim_param]
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.value_info, *graph.output)}
    weights = {tensor.name: tensor.dims for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    return sum(math.prod(shapes[n.output[0]][1:]) * math.prod(weights[n.input[1]][1:]) for n in convolutions)
