"""A detector that a test can steer: its score is the picture's mean brightness. Same contract as the shipped one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from monitor.records import FailureClass

SIZE = 32  # pixels, height and width
CELL = 4  # pixels of the input to a cell of the maps
CLASSES = (FailureClass.SPAGHETTI, FailureClass.BLOB)


def build(*, score_is_nan: bool = False, remembers: bool = False, height: int = SIZE, width: int = SIZE) -> bytes:
    """Return the model: ``failure`` the mean of all bytes / 255, ``maps`` brightness by cell for the first class only.

    ``score_is_nan`` makes it answer with 0 / 0, as a damaged model may. ``remembers`` makes it one with a memory of
    one feature, the brightness by cell: ``failure`` is how far the mean is from ``known`` times the remembered one.
    """
    cells: list[int | str] = ["n", 2, height // CELL, width // CELL]
    inputs = [_tensor("frames", ["n", height, width, 3], TensorProto.UINT8)]
    outputs = [_tensor("failure", ["n"]), _tensor("classes", ["n", 2]), _tensor("maps", cells)]
    nodes = [
        helper.make_node("Cast", ["frames"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["floats", "full"], ["light"]),
        helper.make_node("ReduceMean", ["light", "all"], ["mean"], keepdims=0),
        helper.make_node("Div", ["mean", "divisor"], ["scaled"]),
        helper.make_node("Mul", ["scaled", "divisor"], ["alone"]),
        helper.make_node("ReduceMean", ["light", "channel"], ["grey"], keepdims=1),
        helper.make_node("Transpose", ["grey"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["cells"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("Mul", ["cells", "weights"], ["maps"]),
        helper.make_node("ReduceMax", ["maps", "plane"], ["classes"], keepdims=0),
    ]
    if remembers:
        inputs += [_tensor("memory", cells), _tensor("known", ["n"])]
        outputs += [_tensor("features", ["n", 1, *cells[2:]])]
        nodes += [
            helper.make_node("Split", ["memory"], ["past_cells", "past_spread"], axis=1, num_outputs=2),
            helper.make_node("ReduceMean", ["past_cells", "all"], ["past"], keepdims=0),
            helper.make_node("Mul", ["past", "known"], ["expected"]),
            helper.make_node("Sub", ["alone", "expected"], ["new"]),
            helper.make_node("Abs", ["new"], ["failure"]),
            helper.make_node("Identity", ["cells"], ["features"]),
        ]
    else:
        nodes += [helper.make_node("Identity", ["alone"], ["failure"])]
    return _model(helper.make_graph(nodes, "brightness", inputs, outputs, _constants(score_is_nan)))


def _tensor(name: str, shape: Sequence[int | str], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _constants(score_is_nan: bool) -> list[onnx.TensorProto]:
    constants = {
        "full": np.float32(255),
        "divisor": np.float32(0 if score_is_nan else 1),
        "all": np.array([1, 2, 3]),
        "channel": np.array([3]),
        "plane": np.array([2, 3]),
        "weights": np.array([1.0, 0.0], np.float32).reshape(1, 2, 1, 1),
    }
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]


def _model(graph: onnx.GraphProto) -> bytes:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def description(model: bytes, height: int = SIZE, width: int = SIZE) -> dict[str, Any]:
    """Return the description that goes with the model; spaghetti is trained, blob is not."""
    return {
        "schema": 1,
        "file": "tiny.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "classes": [{"name": name, "trained": name == CLASSES[0], "acted_on": True} for name in CLASSES],
        "input": {
            "name": "frames",
            "height": height,
            "width": width,
            "dtype": "uint8",
            "layout": "NHWC",
            "colour": "BGR",
        },
        "training": {},
        "metrics": {},
        "operating_point": {"threshold": 0.5},
    }


def write(
    folder: Path,
    model: bytes | None = None,
    changes: Mapping[str, Any] | None = None,
    name: str = "tiny",
    size: tuple[int, int] = (SIZE, SIZE),
) -> Path:
    """Write model and description, the latter with ``changes`` to its first level; return the model's path."""
    model = build() if model is None else model
    path = folder / f"{name}.onnx"
    path.write_bytes(model)
    path.with_suffix(".json").write_text(json.dumps(description(model, *size) | dict(changes or {})))
    return path
