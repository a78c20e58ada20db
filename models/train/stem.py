"""The stem in bytes: the last step of quantize.py, which leaves this convolution in float.

In float it costs a fifth of the network for 3 % of its multiply-adds: transpose, cast, subtract, convolve, reorder,
quantise. In bytes with three channels it costs more, as onnxruntime gathers them three at a time. So four pixels side
by side are taken for twelve channels, which is only another shape of the same memory, and two outputs side by side are
made at once: weights [O, 3, 3, 3] of stride 2 become [2 O, 12, 3, 2] of stride (2, 1), and [n, h, w / 2, 2 O] is
[n, h, w, O] again by its shape. No pixel is moved by any of it; what changes is rounding alone.

Weights are rounded so that the error of the *output* over real patches is least, not that of each weight: neighbouring
pixels are alike, so errors must cancel out (the idea of AdaRound, Nagel et al. 2020, arXiv 2004.10568, and of GPTQ,
Frantar et al. 2022, arXiv 2210.17323).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from models.train.arrays import Picture

Doubles = NDArray[np.float64]
Integers = NDArray[np.int8]

LARGEST = 63  # seven bits; quantize.py says why
STRETCHES = np.linspace(1.0, 1.35, 15)  # of the smallest scale that fits
TAPS = 27  # 3 colours x 3 rows x 3 columns
FLOAT_STEM = ("Transpose", "Cast", "Sub", "Conv")
PREFIX = "stem_"  # of all names that are put in


@dataclass(frozen=True)
class Stem:
    """What stands between the frames and the first bytes."""

    turn: onnx.NodeProto
    cast: onnx.NodeProto
    centre: onnx.NodeProto
    convolution: onnx.NodeProto
    relu: onnx.NodeProto
    quantise: onnx.NodeProto


class Patches:
    """What the stem sees of the pictures that pass: the second moments of its patches, less the mean."""

    def __init__(self, mean: float) -> None:
        """`mean`: what the graph subtracts, in levels of a byte."""
        self._mean, self._total, self._count = np.float32(mean), np.zeros((TAPS, TAPS)), 0

    def passing(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """The same pictures, uint8 [h, w, 3]."""
        for picture in pictures:
            centred = picture.astype(np.float32) - self._mean
            windows = np.lib.stride_tricks.sliding_window_view(centred, (3, 3), axis=(0, 1))
            patches = windows[1::2, 1::2].reshape(-1, TAPS)  # (colour, row, column), where the stem stands
            self._total += patches.T.astype(np.float64) @ patches
            self._count += len(patches)
            yield picture

    @property
    def likeness(self) -> Doubles:
        """Mean of p p^T over all patches p, [27, 27]. Raises ValueError before any."""
        if not self._count:
            raise ValueError("no pictures have passed, so nothing says how to round the stem's weights")
        return self._total / self._count


def find_stem(graph: onnx.GraphProto) -> Stem | None:
    """The nodes, or None where they are not what can be folded: 3 x 3 of stride 2, after one subtraction."""
    nodes = _walk(graph, (*FLOAT_STEM, "Relu", "QuantizeLinear"))
    if not nodes:
        return None
    found = Stem(*nodes)
    how = {a.name: list(a.ints) for a in found.convolution.attribute if a.ints}
    shape = next((list(i.dims[1:]) for i in graph.initializer if i.name == found.convolution.input[1]), [])
    fits = how.get("strides") == [2, 2] and how.get("pads") == [1] * 4 and shape == [3, 3, 3]
    return found if fits and len(found.convolution.input) == 3 else None


def mean_of(graph: onnx.GraphProto) -> float | None:
    """What is subtracted from all levels before the first convolution; None where it is not one number."""
    nodes = _walk(graph, FLOAT_STEM)
    known = {i.name: i for i in graph.initializer}
    if not nodes or nodes[2].input[1] not in known:
        return None
    values = numpy_helper.to_array(known[nodes[2].input[1]])
    return float(values.item()) if values.size == 1 else None


def fold_stem(model: onnx.ModelProto, likeness: Doubles) -> bool:
    """Puts the first convolution of a quantised file into bytes, in place; returns whether it could.

    `likeness` [27, 27]: of Patches. The file takes frames of even height and a width of four times any number after.
    """
    graph = model.graph
    stem, mean = find_stem(graph), mean_of(graph)
    if stem is None or mean is None:
        return False
    known = {i.name: i for i in graph.initializer}
    weights, bias = (numpy_helper.to_array(known[name]).astype(np.float64) for name in stem.convolution.input[1:])
    for name, values in _constants(weights, bias, mean, likeness).items():
        graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    out = stem.quantise.output[0]
    stem.quantise.output[0] = "stem_q"
    gone = {node.name for node in (stem.turn, stem.cast, stem.centre, stem.convolution)}
    nodes = [n for n in graph.node if n.name not in gone]
    at = nodes.index(stem.quantise) + 1
    _replace(graph, [*_before(stem.convolution), *nodes[:at], *_after(out), *nodes[at:]])
    onnx.checker.check_model(model)
    return True


def with_float_stem(model: onnx.ModelProto, floats: onnx.ModelProto) -> None:
    """Undoes fold_stem, in place, with the nodes of the float file after fold_normalisation: for comparing."""
    graph = model.graph
    out = next(n for n in graph.node if n.name == "stem_out").output[0]
    stem = _walk(floats.graph, FLOAT_STEM)
    used = {name for node in stem for name in node.input}
    graph.initializer.extend(i for i in floats.graph.initializer if i.name in used)
    gone = {stem[-1].name} | {n.name for n in graph.node if n.name.startswith(PREFIX)}
    nodes = [n for n in graph.node if n.name not in gone]
    next(n for n in nodes if n.output[0] == "stem_q").output[0] = out
    _replace(graph, [*stem, *nodes])
    onnx.checker.check_model(model)


def rounded(weights: Doubles, scale: float, likeness: Doubles) -> tuple[Doubles, float]:
    """Integers for one output's weights [27], and the squared error that they make over the patches.

    From the nearest ones, one or two are moved by one step each as long as that helps.
    """
    found = np.clip(np.round(weights / scale), -LARGEST, LARGEST)
    steps = np.concatenate([np.eye(len(weights)), -np.eye(len(weights))])
    moves = np.concatenate([steps, (steps[:, None] + steps[None]).reshape(-1, len(weights))])
    curvature = scale**2 * np.einsum("mi,ij,mj->m", moves, likeness, moves)
    while True:
        error = found * scale - weights
        gain = 2 * scale * moves @ (likeness @ error) + curvature
        gain[(np.abs(found + moves) > LARGEST).any(axis=1)] = np.inf
        best = int(gain.argmin())
        if gain[best] > -1e-12:
            return found, float(error @ likeness @ error)
        found = found + moves[best]


def in_bytes(weights: Doubles, likeness: Doubles) -> tuple[Integers, Doubles]:
    """Weights [O, 3, 3, 3] to integers of the same shape and a scale [O] each: the best of some."""
    integers, scales = np.empty(weights.shape, np.int8), np.empty(len(weights))
    for number, row in enumerate(weights.reshape(len(weights), -1)):
        smallest = np.abs(row).max() / LARGEST
        tried = [(*rounded(row, smallest * stretch, likeness), smallest * stretch) for stretch in STRETCHES]
        best, _, scales[number] = min(tried, key=lambda one: one[1])
        integers[number] = best.reshape(weights.shape[1:])
    return integers, scales


def folded(weights: Integers) -> Integers:
    """[O, 3, 3, 3] of stride 2 to [2 O, 12, 3, 2] for four pixels as twelve channels."""
    outputs = len(weights)
    result = np.zeros((2 * outputs, 12, 3, 2), np.int8)
    for right in range(2):
        for tap in range(3):
            pixel = 2 * right - 1 + tap  # -1 is the last one of the group before
            group, place = (0, 3) if pixel < 0 else (1, pixel)
            result[right * outputs : (right + 1) * outputs, 3 * place : 3 * place + 3, :, group] = weights[..., tap]
    return result


def _constants(weights: Doubles, bias: Doubles, mean: float, likeness: Doubles) -> Mapping[str, object]:
    integers, scales = in_bytes(weights, likeness)
    as_served = integers * scales[:, None, None, None]
    bias = bias + (round(mean) - mean) * as_served.sum((1, 2, 3))  # a border is padded with a whole level now
    two = np.concatenate([scales, scales])
    return {
        "stem_four": np.array([0, 0, -1, 12], np.int64),
        "stem_one": np.array([0, 0, -1, len(weights)], np.int64),
        "stem_level": np.float32(1.0),
        "stem_centre": np.uint8(round(mean)),
        "stem_weights": folded(integers),
        "stem_bias": np.round(np.concatenate([bias, bias]) / two).astype(np.int32),
        "stem_scale": two.astype(np.float32),
        "stem_zero": np.zeros(len(two), np.int8),
        "stem_bias_zero": np.zeros(len(two), np.int32),
    }


def _before(convolution: onnx.NodeProto) -> list[onnx.NodeProto]:
    """From the frames to the convolution, which keeps its name and its output's."""
    weights, bias = ["stem_weights", "stem_scale", "stem_zero"], ["stem_bias", "stem_scale", "stem_bias_zero"]
    inputs = ["stem_x", "stem_w", "stem_b"]
    convolve = helper.make_node("Conv", inputs, list(convolution.output), convolution.name)
    for name, values in {"kernel_shape": [3, 2], "pads": [1, 1, 0, 0], "strides": [2, 1]}.items():
        convolve.attribute.append(helper.make_attribute(name, values))
    return [
        helper.make_node("Reshape", ["frames", "stem_four"], ["stem_f"], "stem_fold"),
        helper.make_node("Transpose", ["stem_f"], ["stem_t"], "stem_turn", perm=[0, 3, 1, 2]),
        helper.make_node("DequantizeLinear", ["stem_t", "stem_level", "stem_centre"], ["stem_x"], "stem_x"),
        helper.make_node("DequantizeLinear", weights, ["stem_w"], "stem_w", axis=0),
        helper.make_node("DequantizeLinear", bias, ["stem_b"], "stem_b", axis=0),
        convolve,
    ]


def _after(out: str) -> list[onnx.NodeProto]:
    """From its bytes to those that the rest of the graph takes."""
    return [
        helper.make_node("Transpose", ["stem_q"], ["stem_qt"], "stem_back", perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["stem_qt", "stem_one"], ["stem_qr"], "stem_unfold"),
        helper.make_node("Transpose", ["stem_qr"], [out], "stem_out", perm=[0, 3, 1, 2]),
    ]


def _walk(graph: onnx.GraphProto, operators: Sequence[str]) -> list[onnx.NodeProto]:
    """The nodes that follow the frames, each the only one that takes the last one's output; empty if they differ."""
    found: list[onnx.NodeProto] = []
    name = "frames"
    for operator in operators:
        users = [n for n in graph.node if name in n.input]
        if len(users) != 1 or users[0].op_type != operator:
            return []
        found.append(users[0])
        name = users[0].output[0]
    return found


def _replace(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto]) -> None:
    """Other nodes; constants that none of them takes go, and what was said of shapes."""
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:], graph.value_info[:]
    graph.node.extend(kept)
    used = {name for node in graph.node for name in node.input}
    for unused in [i for i in graph.initializer if i.name not in used]:
        graph.initializer.remove(unused)
