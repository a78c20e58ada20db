"""The shipped file on one core, cut in two where the camera's memory comes in.

What a picture alone decides is computed once a picture; what the memory adds, again and again as it changes. So hours
of replay cost little. Both halves are parts of the shipped graph, node for node.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx.utils import Extractor

from models.train.arrays import Floats
from monitor.decode import decode
from monitor.detector.contract import FEATURES, KNOWN, MEMORY
from monitor.detector.description import read_model
from monitor.health import Limits, judge_picture
from monitor.memory import Memory
from monitor.records import Health


@dataclass(frozen=True)
class Seen:
    """What is known of a picture without its camera's memory."""

    health: Health
    alone: float  # the failure score, nothing remembered
    features: Floats | None  # [M, h, w], of a model that has a memory
    cut: dict[str, Floats]  # what the second half takes


class Network:
    """Not shared between processes."""

    def __init__(self, path: Path) -> None:
        """Raises the errors of monitor.detector for files that do not belong together."""
        self.info, data = read_model(path)
        model = onnx.shape_inference.infer_shapes(onnx.load_from_string(data))
        self.has_memory = any(node.name == MEMORY for node in model.graph.input)
        self._cut = [name for name in cut(model) if name != FEATURES] if self.has_memory else []
        if self.has_memory:
            whole, parts = Extractor(model), [*self._cut, FEATURES]
            self._first = _session(whole.extract_model([self.info.input_name], parts))
            self._second = _session(whole.extract_model([*parts, MEMORY, KNOWN], ["failure"]))
        else:
            self._first = _session(model)

    def see(self, jpeg: bytes) -> Seen:
        """Look at a picture as the monitor does."""
        picture = decode(jpeg, (self.info.height, self.info.width))
        health = judge_picture(picture.sample, Limits())
        frames = {self.info.input_name: picture.input[None]}
        if not self.has_memory:
            return Seen(health, float(self._first.run(["failure"], frames)[0][0]), None, {})
        *parts, features = self._first.run([*self._cut, FEATURES], frames)
        seen = Seen(health, 0.0, features[0], dict(zip(self._cut, parts, strict=True)))
        return Seen(health, self.score(seen, None), seen.features, seen.cut)

    def score(self, seen: Seen, memory: Memory | None) -> float:
        """The failure score of a picture with what its camera remembers."""
        if seen.features is None:
            return seen.alone
        count, height, width = seen.features.shape
        cells = np.zeros((2 * count, height, width), np.float32) if memory is None else memory.cells
        known = np.array([0.0 if memory is None else memory.known], np.float32)
        inputs = {**seen.cut, FEATURES: seen.features[None], MEMORY: cells[None].astype(np.float32), KNOWN: known}
        return float(self._second.run(["failure"], inputs)[0][0])


def cut(model: Any) -> list[str]:
    """The values of a graph that a picture decides without the memory, and that something with the memory uses."""
    seen, remembering = {node.name for node in model.graph.input} - {MEMORY, KNOWN}, {MEMORY, KNOWN}
    needed: list[str] = []
    for node in model.graph.node:  # they stand in the order in which they are computed
        if remembering.intersection(node.input):
            remembering.update(node.output)
            needed += [name for name in node.input if name in seen and name not in needed]
        elif seen.intersection(node.input):
            seen.update(node.output)
    return needed


def _session(model: Any) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
