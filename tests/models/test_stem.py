"""The stem in bytes says what the stem in floats says, but for rounding, up to the border."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.train.quantize import prepared, write_int8
from models.train.single import SinglePictures
from models.train.stem import LARGEST, Patches, find_stem, fold_stem, folded, in_bytes, rounded, with_float_stem

HEIGHT, WIDTH = 32, 48


def _floats(path: Path, stride: int = 2) -> None:
    """Writes a detector that is little more than a stem: frames -> normalised -> stem -> middle -> cells."""
    rng = np.random.default_rng(5)
    shapes = {"stem": (8, 3, 3, 3), "middle": (8, 8, 3, 3), "cells": (7, 8, 1, 1)}
    constants: dict[str, Any] = {f"{name}.w": rng.normal(0, 0.3, shape) for name, shape in shapes.items()}
    constants |= {"stem.b": rng.normal(0, 0.2, 8), "a": 255.0, "b": 0.45, "c": 0.25}
    names: dict[str, list[str | int | None]] = {
        "failure": ["n"],
        "classes": ["n", 7],
        "maps": ["n", 7, "rows", "columns"],
    }

    def conv(name: str, source: str, target: str, step: int, *bias: str) -> onnx.NodeProto:
        pads = [len(range(shapes[name][2])) // 2] * 4
        return helper.make_node("Conv", [source, f"{name}.w", *bias], [target], name, strides=[step] * 2, pads=pads)

    nodes = [
        helper.make_node("Transpose", ["frames"], ["t"], "turn", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["t"], ["x0"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Div", ["x0", "a"], ["x1"], "scale"),
        helper.make_node("Sub", ["x1", "b"], ["x2"], "mean"),
        helper.make_node("Div", ["x2", "c"], ["x3"], "spread"),
        conv("stem", "x3", "x4", stride, "stem.b"),
        helper.make_node("Relu", ["x4"], ["x5"], "stem.relu"),
        conv("middle", "x5", "x6", 2),
        helper.make_node("Relu", ["x6"], ["x7"], "middle.relu"),
        conv("cells", "x7", "maps", 1),
        helper.make_node("ReduceMax", ["maps"], ["classes"], "strongest", axes=[2, 3], keepdims=0),
        helper.make_node("ReduceMean", ["classes"], ["failure"], "any", axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "stem",
        [helper.make_tensor_value_info("frames", TensorProto.UINT8, ["n", "height", "width", 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in names.items()],
        [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def _pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    """Smooth with some noise, bright and dark at the borders."""
    rng = np.random.default_rng(6)
    for _ in range(count):
        rough = np.kron(rng.integers(0, 240, (HEIGHT // 8, WIDTH // 8, 3)), np.ones((8, 8, 1)))
        yield (rough + rng.integers(0, 16, rough.shape)).astype(np.uint8)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """In floats, in bytes with the stem too, and that with the float stem put back."""
    floats, shipped, unfolded = (tmp_path / f"{name}.onnx" for name in ("floats", "bytes", "unfolded"))
    _floats(floats)
    write_int8(SinglePictures(floats, HEIGHT, WIDTH), floats, shipped, _pictures(16))
    model = onnx.load(shipped)
    with_float_stem(model, prepared(floats))
    onnx.save(model, unfolded)
    return floats, shipped, unfolded


def test_the_folded_stem_says_nearly_the_same_up_to_the_border(files: tuple[Path, Path, Path]) -> None:
    """A tap in the wrong place, or another padding, would show in the outermost cells first."""
    unfolded, shipped = (SinglePictures(path, HEIGHT, WIDTH) for path in (files[2], files[1]))
    expected, found = (np.stack([model.run(p).maps for p in _pictures(8)]) for model in (unfolded, shipped))
    inner = np.zeros(expected.shape[2:], bool)
    inner[1:-1, 1:-1] = True
    assert 0.1 < np.abs(expected[..., ~inner]).mean()
    for part in (inner, ~inner):
        assert expected[..., part] == pytest.approx(found[..., part], abs=0.05 * float(np.abs(expected).max()))
        assert np.abs(expected - found)[..., part].mean() < 0.02 * np.abs(expected).mean()


def test_one_convolution_in_bytes_takes_the_frames_as_they_are(files: tuple[Path, Path, Path]) -> None:
    """No cast and no subtraction of every pixel is left; the input is what it was."""
    before, after = (onnx.load(path).graph for path in (files[2], files[1]))
    assert {"Cast", "Sub"} <= {node.op_type for node in before.node}
    assert not {"Cast", "Sub"} & {node.op_type for node in after.node}
    assert before.input[0] == after.input[0]


def test_any_number_of_pictures_goes_in(files: tuple[Path, Path, Path]) -> None:
    """And each is judged by itself."""
    model = SinglePictures(files[1], HEIGHT, WIDTH)
    frames = np.stack(list(_pictures(3)))
    together = model._session.run(["maps"], {"frames": frames})[0]
    assert np.array_equal(together, np.stack([model.run(frame).maps for frame in frames]))


def test_another_stem_is_left_alone(tmp_path: Path) -> None:
    """Of stride 4, say: it stays in float, as before."""
    floats, target = tmp_path / "floats.onnx", tmp_path / "bytes.onnx"
    _floats(floats, stride=4)
    write_int8(SinglePictures(floats, HEIGHT, WIDTH), floats, target, _pictures(4))
    model = onnx.load(target)
    assert find_stem(model.graph) is None
    before = model.SerializeToString()
    assert not fold_stem(model, np.eye(27))
    assert before == model.SerializeToString()


def test_nothing_is_rounded_before_a_picture_was_seen() -> None:
    """Weights that were rounded to fit no picture would be wrong in silence."""
    with pytest.raises(ValueError, match="no pictures"):
        _ = Patches(114.75).likeness


@given(st.integers(0, 2**32 - 1))
def test_folded_weights_multiply_the_same_pixels(seed: int) -> None:
    """Whole numbers, so exactly: stride 2 over three channels is stride (2, 1) over twelve."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(-LARGEST, LARGEST + 1, (4, 3, 3, 3)).astype(np.int8)
    picture = np.pad(rng.integers(-115, 141, (8, 12, 3)), ((1, 0), (4, 0), (0, 0)))  # a group of four to the left
    windows = np.lib.stride_tricks.sliding_window_view(picture[:, 3:], (3, 3), axis=(0, 1))[::2, ::2]
    expected = np.einsum("hwcij,ocij->hwo", windows, weights.astype(int))
    fours = picture.reshape(9, 4, 12)
    windows = np.lib.stride_tricks.sliding_window_view(fours, (3, 2), axis=(0, 1))[::2]
    found = np.einsum("hwcij,ocij->hwo", windows, folded(weights).astype(int))
    assert np.array_equal(expected, found.reshape(expected.shape))


@given(st.integers(0, 2**32 - 1))
def test_rounding_for_the_output_is_never_worse_than_to_the_nearest(seed: int) -> None:
    """And stays within seven bits."""
    rng = np.random.default_rng(seed)
    weights, mixing = rng.normal(size=(1, 3, 3, 3)), rng.normal(size=(27, 27))
    likeness = mixing @ mixing.T
    scale = float(np.abs(weights).max() / LARGEST)
    nearest = np.round(weights.ravel() / scale) * scale - weights.ravel()
    _, error = rounded(weights.ravel(), scale, likeness)
    assert error <= nearest @ likeness @ nearest + 1e-9
    integers, scales = in_bytes(weights, likeness)
    assert np.abs(integers).max() <= LARGEST
    left = (integers * scales[0] - weights).ravel()
    assert left @ likeness @ left <= error + 1e-9
