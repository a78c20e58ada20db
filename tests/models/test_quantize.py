"""What quantisation does to a graph, on a tiny detector with a memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.train.quantize import CHOSEN, beside, float_nodes, fold_normalisation, write_int8
from models.train.single import SinglePictures

HEIGHT, WIDTH, STRIDE = 32, 48, 16


def _conv(name: str, source: str, target: str, weights: NDArray[np.float32], stride: int) -> onnx.NodeProto:
    size = weights.shape[2]
    pads = [size // 2] * 4
    return helper.make_node("Conv", [source, f"{name}.w"], [target], name, strides=[stride] * 2, pads=pads)


@pytest.fixture
def tiny() -> onnx.ModelProto:
    """Frames -> normalised -> stem -> middle -> cells, plus what a head makes of cells and memory."""
    shapes = {"stem": (8, 3, 3, 3), "middle": (8, 8, 3, 3), "cells": (7, 8, 1, 1), "head": (7, 9, 1, 1)}
    rng = np.random.default_rng(5)
    weights = {name: rng.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}
    numbers = {"a": 255.0, "b": 0.45, "c": 0.25}
    nodes = [
        helper.make_node("Transpose", ["frames"], ["t"], "transpose", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["t"], ["x0"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Div", ["x0", "a"], ["x1"], "scale"),
        helper.make_node("Sub", ["x1", "b"], ["x2"], "mean"),
        helper.make_node("Div", ["x2", "c"], ["x3"], "spread"),
        _conv("stem", "x3", "x4", weights["stem"], 4),
        helper.make_node("Relu", ["x4"], ["x5"], "stem.relu"),
        _conv("middle", "x5", "x6", weights["middle"], 4),
        helper.make_node("Relu", ["x6"], ["x7"], "middle.relu"),
        _conv("cells", "x7", "x8", weights["cells"], 1),
        helper.make_node("Concat", ["x7", "memory"], ["x9"], "both", axis=1),
        _conv("head", "x9", "x10", weights["head"], 1),
        helper.make_node("Add", ["x8", "x10"], ["x11"], "added"),
        helper.make_node("Sigmoid", ["x11"], ["maps"], "probable"),
        helper.make_node("ReduceMax", ["maps"], ["classes"], "strongest", axes=[2, 3], keepdims=0),
        helper.make_node("ReduceMean", ["classes"], ["failure"], "any", axes=[1], keepdims=0),
    ]
    constants = [numpy_helper.from_array(value, f"{name}.w") for name, value in weights.items()]
    constants += [numpy_helper.from_array(np.array(value, np.float32), name) for name, value in numbers.items()]
    inputs = [
        helper.make_tensor_value_info("frames", TensorProto.UINT8, ["n", "height", "width", 3]),
        helper.make_tensor_value_info("memory", TensorProto.FLOAT, ["n", 1, "rows", "columns"]),
    ]
    names: dict[str, list[str | int | None]] = {
        "failure": ["n"],
        "classes": ["n", 7],
        "maps": ["n", 7, "rows", "columns"],
    }
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in names.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(6)
    for _ in range(count):
        yield rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def test_normalisation_in_the_weights_changes_no_output(tiny: onnx.ModelProto, tmp_path: Path) -> None:
    """Not at the border either, where the convolution pads with zeros."""
    onnx.save(tiny, tmp_path / "before.onnx")
    fold_normalisation(tiny)
    onnx.checker.check_model(tiny)
    onnx.save(tiny, tmp_path / "after.onnx")
    before, after = (SinglePictures(tmp_path / f"{name}.onnx", HEIGHT, WIDTH) for name in ("before", "after"))
    for picture in _pictures(4):
        assert before.run(picture).maps == pytest.approx(after.run(picture).maps, abs=1e-5)
    assert ["Transpose", "Cast", "Sub", "Conv"] == [node.op_type for node in tiny.graph.node[:4]]


def test_a_normalisation_by_channel_is_left_alone(tiny: onnx.ModelProto) -> None:
    """One number cannot stand for three."""
    mean = next(i for i in tiny.graph.initializer if i.name == "b")
    mean.CopyFrom(numpy_helper.from_array(np.full((3, 1, 1), 0.4, np.float32), "b"))
    before = tiny.SerializeToString()
    fold_normalisation(tiny)
    assert before == tiny.SerializeToString()


def test_stem_last_convolutions_and_memory_stay_in_float(tiny: onnx.ModelProto) -> None:
    """What is left is where the time goes."""
    kept = float_nodes(tiny.graph)
    assert {"stem", "cells", "head", "both", "added"} <= kept
    assert "middle" not in kept


def test_the_file_in_bytes_says_nearly_the_same(tiny: onnx.ModelProto, tmp_path: Path) -> None:
    """Also for a camera that is known: the memory was never quantised."""
    paths = [tmp_path / "float.onnx", tmp_path / "int8.onnx"]
    onnx.save(tiny, paths[0])
    write_int8(SinglePictures(paths[0], HEIGHT, WIDTH), paths[0], paths[1], _pictures(16))
    operators = [node.op_type for node in onnx.load(paths[1]).graph.node]
    assert "QuantizeLinear" in operators
    memory = np.random.default_rng(7).normal(size=(1, 1, HEIGHT // STRIDE, WIDTH // STRIDE)).astype(np.float32)
    inputs = {"frames": next(_pictures(1))[None], "memory": memory}
    sessions = [onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]) for path in paths]
    expected, found = (session.run(["maps"], inputs)[0] for session in sessions)
    assert expected == pytest.approx(found, abs=0.02)


def test_the_description_follows_the_float_file_but_for_its_own() -> None:
    """How healthy prints score is measured later, on the float file; thresholds were chosen for each."""
    chosen = dict.fromkeys(CHOSEN, 0.5)
    facts = {
        "file": "detector.onnx",
        "sha256": "f",
        "input": {"height": 352},
        "multiply_adds": 559,
        "memory": {"features": 32},
        "training": {"seed": 1},
        "metrics": {"dev": {}},
        "operating_point": chosen | {"healthy": {"mean": -1.0}},
    }
    point = chosen | {"threshold": 0.7, "healthy": {"mean": 0.0}}
    own = {
        "file": "b",
        "sha256": "i",
        "input": {"height": 320},
        "multiply_adds": 455,
        "training": {"quantised": {"p": 1}},
        "metrics": {"x": 1},
        "operating_point": point,
    }
    found = beside(facts, own)
    assert {"seed": 1, "quantised": {"p": 1}} == found["training"]
    assert chosen | {"threshold": 0.7, "healthy": {"mean": -1.0}} == found["operating_point"]
    assert ("b", "i", {"x": 1}, {"features": 32}) == tuple(found[k] for k in ("file", "sha256", "metrics", "memory"))
    assert ({"height": 320}, 455) == (found["input"], found["multiply_adds"])
    assert found == beside(facts, found)
