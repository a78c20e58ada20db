"""A shipped file on single pictures, each as if it were the first that its camera ever sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime

from models.train.arrays import Floats, Picture

STRIDE = 16  # pixels a cell


class Verdict(NamedTuple):
    """Of one picture: a probability, one a class [C], and one a class and cell [C, h, w]."""

    failure: float
    classes: Floats
    maps: Floats


class SinglePictures:
    """Runs a model without a memory of the camera, whether or not the file has inputs for one."""

    def __init__(self, path: Path, height: int, width: int, threads: int = 1) -> None:
        """`height`, `width`: of the pictures. Raises onnxruntime's errors for a file that it cannot load."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.height, self.width = height, width
        self.rest = nothing_known(self._session, height, width)

    @classmethod
    def described(cls, facts_path: Path, threads: int = 1) -> SinglePictures:
        """The model that a description such as detector.json names."""
        facts = json.loads(facts_path.read_text())
        return cls(facts_path.parent / facts["file"], facts["input"]["height"], facts["input"]["width"], threads)

    def run(self, picture: Picture) -> Verdict:
        """Verdict on BGR uint8 [height, width, 3]."""
        failure, classes, maps = self.run_all(picture[None])
        return Verdict(float(failure[0]), classes[0], maps[0])

    def run_all(self, frames: Picture) -> list[Floats]:
        """Failure [n], classes [n, C] and maps [n, C, h, w] of BGR uint8 [n, height, width, 3]."""
        count = len(frames)
        rest = self.rest if count == 1 else nothing_known(self._session, self.height, self.width, count)
        found: list[Floats] = self._session.run(["failure", "classes", "maps"], {"frames": frames, **rest})
        return found

    def look(self, frames: Picture, memory: Floats | None = None) -> tuple[Floats, Floats]:
        """Failure scores [n] and features [n, M, h, w] of BGR uint8 [n, height, width, 3], with memories
        [n, 2 M, h, w] that are believed, or with none.
        """
        inputs = nothing_known(self._session, self.height, self.width, len(frames))
        if memory is not None:
            inputs |= {"memory": memory, "known": np.ones(len(frames), np.float32)}
        failure, features = self._session.run(["failure", "features"], {"frames": frames, **inputs})
        return failure, features


def input_text(height: int, width: int) -> str:
    """What a file says of its own input."""
    return f"{height}x{width} BGR uint8 NHWC, plain stretch"


def nothing_known(session: onnxruntime.InferenceSession, height: int, width: int, count: int = 1) -> dict[str, Floats]:
    """Zeros for the inputs beside `frames`: `count` empty memories, and the word that nothing is known."""
    cells = (height // STRIDE, width // STRIDE)
    inputs = {node.name: node.shape for node in session.get_inputs() if node.name != "frames"}
    return {
        name: np.zeros((count, *shape[1:2], *cells) if len(shape) == 4 else (count,), np.float32)
        for name, shape in inputs.items()
    }
