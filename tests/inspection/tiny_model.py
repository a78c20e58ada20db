"""A detector that a test can steer: its score is the picture's mean brightness. Same contract as the shipped one."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from monitor.records import FailureClass

SIZE = 32  # pixels, height and width
CELL = 4  # pixels of the input to a cell of the maps
CLASSES = (FailureClass.SPAGHETTI, FailureClass.BLOB)


def build(*, score_is_nan: bool = False) -> bytes:
    """Return the model: ``failure`` the mean of all bytes / 255, ``maps`` brightness by cell for the first class only.

    ``score_is_nan`` makes it answer with 0 / 0, as a damaged model may.
    """
    weights = np.array([1.0, 0.0], np.float32).reshape(1, 2, 1, 1)
    nodes = [
        helper.make_node("Cast", ["frames"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["floats", "full"], ["light"]),
        helper.make_node("ReduceMean", ["light", "all"], ["mean"], keepdims=0),
        helper.make_node("Div", ["mean", "divisor"], ["scaled"]),
        helper.make_node("Mul", ["scaled", "divisor"], ["failure"]),
        helper.make_node("ReduceMean", ["light", "channel"], ["grey"], keepdims=1),
        helper.make_node("Transpose", ["grey"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["cells"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("Mul", ["cells", "weights"], ["maps"]),
        helper.make_node("ReduceMax", ["maps", "plane"], ["classes"], keepdims=0),
    ]
    constants = {
        "full": np.float32(255),
        "divisor": np.float32(0 if score_is_nan else 1),
        "all": np.array([1, 2, 3]),
        "channel": np.array([3]),
        "plane": np.array([2, 3]),
        "weights": weights,
    }
    graph = helper.make_graph(
        nodes,
        "brightness",
        [helper.make_tensor_value_info("frames", TensorProto.UINT8, ["n", SIZE, SIZE, 3])],
        [
            helper.make_tensor_value_info("failure", TensorProto.FLOAT, ["n"]),
            helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("maps", TensorProto.FLOAT, ["n", 2, SIZE // CELL, SIZE // CELL]),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def description(model: bytes) -> dict[str, Any]:
    """Return the description that goes with the model; spaghetti is trained, blob is not."""
    return {
        "schema": 1,
        "file": "tiny.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "classes": [{"name": name, "trained": name == CLASSES[0], "acted_on": True} for name in CLASSES],
        "input": {
            "name": "frames",
            "height": SIZE,
            "width": SIZE,
            "dtype": "uint8",
            "layout": "NHWC",
            "colour": "BGR",
        },
        "training": {},
        "metrics": {},
        "operating_point": {"threshold": 0.5},
    }


def write(folder: Path, model: bytes | None = None, changes: Mapping[str, Any] | None = None) -> Path:
    """Write model and description, the latter with ``changes`` to its first level; return the model's path."""
    model = build() if model is None else model
    path = folder / "tiny.onnx"
    path.write_bytes(model)
    path.with_suffix(".json").write_text(json.dumps(description(model) | dict(changes or {})))
    return path
