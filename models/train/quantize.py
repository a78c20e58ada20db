"""Writes models/detector-int8.onnx from models/detector.onnx: `python -m models.train.quantize --help`.

Static quantisation (Jacob et al. 2018, arXiv 1712.05877): activations as unsigned bytes between the least and the
greatest value seen, weights as signed ones per channel. Weights use seven of their eight bits: a CPU without VNNI adds
two products in 16 bits, which eight would overflow. In float stay: everything after the convolutions, the last of
these, whose outputs are read one by one, and all that depends on the memory of a camera, whose range no single picture
shows. The stem goes into bytes by a way of its own (stem.py).

Calibrated on pictures that were trained on; the threshold is chosen as for the float file, on held-out ones. Nothing
here looks at `dev`. The input is the configuration's, whatever the float file's is: so other sizes can be tried.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.train.arrays import Floats, Picture
from models.train.augment import plain
from models.train.card import read_facts, write_facts
from models.train.config import DEFAULT, Config, load
from models.train.heldout import operating_point, rendered_figures, score_held_out
from models.train.pictures import read
from models.train.provenance import code_revision, file_hash
from models.train.real import RealFrames, real_frames
from models.train.rendered import Scenes
from models.train.single import SinglePictures, input_text
from models.train.speed import Cost, costs, multiply_adds
from models.train.stem import Patches, fold_stem, mean_of

logger = logging.getLogger(__name__)
MODELS = Path(__file__).resolve().parent.parent
SOURCE, TARGET = "detector.json", "detector-int8.json"
PICTURES, REAL_SHARE = 384, 0.25  # to calibrate on
IN_BYTES = ["Conv", "Add", "Relu"]
CHOSEN = (  # what heldout.py chose or measured for this very file
    *("threshold", "box_threshold", "chosen_on", "true_positive_rate", "false_positive_rate"),
    *("held_out_clips_true_positive_rate", "held_out_clips_false_positive_rate"),
)
CONSTANTS = {"Mul": (1, 0), "Div": (-1, 0), "Add": (0, 1), "Sub": (0, -1)}  # power of the factor, sign of the offset


class Calibration(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Feeds pictures, each from a camera of which nothing is known."""

    def __init__(self, pictures: Iterator[Picture], rest: dict[str, Floats]) -> None:
        self._pictures, self._rest = pictures, rest

    def get_next(self) -> dict[str, Any] | None:
        picture = next(self._pictures, None)
        return None if picture is None else {"frames": picture[None], **self._rest}


def calibration_pictures(config: Config, count: int = PICTURES) -> Iterator[Picture]:
    """Pictures that were trained on, not augmented, drawn with the seed of the training."""
    rng, stretch = np.random.default_rng(config.training.seed), plain(config.network.height, config.network.width)
    scenes = Scenes(config.data.scenes, config.data.held_out_pairs, held_out=False)
    if not scenes.entries:
        raise FileNotFoundError(f"{config.data.scenes}: no shards to calibrate on; `make scenes`, or --config another")
    real = RealFrames(real_frames(config.data.real, config.data.held_out_clips, held_out=False))
    for number in range(count):
        if number < REAL_SHARE * count:
            yield stretch.picture(read(real.draw(rng).path))
        else:
            yield stretch.picture(scenes.read(*scenes.draw(rng, 0.0))[number % 2])


def fold_normalisation(model: onnx.ModelProto) -> None:
    """Turns `(x / a - b) / c`, and the like, before the first convolution into one subtraction and its weights.

    Exact up to rounding, also at the border: what the convolution pads with still means the mean. Constants that vary
    by channel, and chains that hold anything else, are left alone.
    """
    graph = model.graph
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    chain = _chain_to_convolution(graph)
    if len(chain) < 2 or not all(_is_scaling(node, constants) for node in chain):
        return
    factor, offset = 1.0, 0.0
    for node in chain:
        value, (power, sign) = float(constants[node.input[1]].item()), CONSTANTS[node.op_type]
        factor, offset = factor * value**power, offset * value**power + sign * value
    convolution = next(n for n in graph.node if chain[-1].output[0] in n.input)
    weights = next(i for i in graph.initializer if i.name == convolution.input[1])
    folded = (numpy_helper.to_array(weights) * factor).astype(np.float32)
    weights.CopyFrom(numpy_helper.from_array(folded, weights.name))
    graph.initializer.append(numpy_helper.from_array(np.array(-offset / factor, np.float32), "frames_mean"))
    chain[-1].CopyFrom(onnx.helper.make_node("Sub", [chain[0].input[0], "frames_mean"], chain[-1].output, "centre"))
    for node in chain[:-1]:
        graph.node.remove(node)
    used = {name for node in graph.node for name in node.input}
    for unused in [i for i in graph.initializer if i.name not in used]:
        graph.initializer.remove(unused)


def _is_scaling(node: onnx.NodeProto, constants: dict[str, Floats]) -> bool:
    """Whether it adds one number to all, or multiplies all by it."""
    return node.op_type in CONSTANTS and node.input[1] in constants and constants[node.input[1]].size == 1


def _chain_to_convolution(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes between the cast of the frames and the first convolution; empty when they are no chain."""
    chain: list[onnx.NodeProto] = []
    node = next((n for n in graph.node if n.op_type == "Cast"), None)
    while node is not None:
        users = [n for n in graph.node if node.output[0] in n.input]
        if len(users) != 1 or users[0].op_type == "Conv":
            return chain if users and users[0].op_type == "Conv" else []
        node = users[0]
        chain.append(node)
    return []


def reached(graph: onnx.GraphProto, tensors: set[str]) -> set[str]:
    """Names of the nodes that depend on any of these tensors."""
    known, names = set(tensors), set()
    for node in graph.node:  # in the order of their running
        if known.intersection(node.input):
            known.update(node.output)
            names.add(node.name)
    return names


def float_nodes(graph: onnx.GraphProto) -> set[str]:
    """Names of the nodes that quantize_static shall leave in float: the stem among them, which has its own way."""
    remembering = reached(graph, {i.name for i in graph.input} - {"frames"})
    convolutions = [n for n in graph.node if n.op_type == "Conv" and n.name not in remembering]
    names = {n.name for n in convolutions}
    last = {n.name for n in convolutions if not reached(graph, set(n.output)) & names}
    return {convolutions[0].name} | last | remembering


def prepared(path: Path) -> onnx.ModelProto:
    """The float file as it is quantised: with its normalisation in the stem's weights."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(target), skip_symbolic_shape=True)
        model = onnx.load(target)
    fold_normalisation(model)
    onnx.checker.check_model(model)
    return model


def write_int8(source: SinglePictures, path: Path, target: Path, pictures: Iterator[Picture]) -> None:
    """Quantises the file at `path`; `source` is the same file, and knows its inputs."""
    model = prepared(path)
    mean = mean_of(model.graph)
    patches = None if mean is None else Patches(mean)
    seen = pictures if patches is None else patches.passing(pictures)
    with tempfile.TemporaryDirectory() as folder:
        floats = Path(folder) / "floats.onnx"
        onnx.save(model, floats)
        quantize_static(
            str(floats),
            str(target),
            Calibration(seen, source.rest),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=IN_BYTES,
            nodes_to_exclude=sorted(float_nodes(model.graph)),
        )
    quantised = onnx.load(target)
    if patches is not None and fold_stem(quantised, patches.likeness):
        onnx.save(quantised, target)
    else:
        logger.warning("%s: the stem is none that stem.py can put into bytes, so it stays in float", target)


def add_metadata(target: Path, source: Path, facts: dict[str, str]) -> None:
    """Takes over what the float file says of itself, with what is different."""
    model, told = onnx.load(target), {p.key: p.value for p in onnx.load(source).metadata_props}
    onnx.helper.set_model_props(model, told | facts)
    model.producer_name, model.doc_string = "vigie", "Print-failure detector in bytes; see models/README.md"
    onnx.save(model, target)


def quantize(config: Config, models: Path) -> None:
    """Writes both files of the quantised detector beside those of the float one."""
    facts, size = read_facts(models / SOURCE), (config.network.height, config.network.width)
    source, target = models / facts["file"], (models / TARGET).with_suffix(".onnx")
    write_int8(SinglePictures(source, *size), source, target, calibration_pictures(config))
    held = score_held_out(config, target)
    point = operating_point(held)
    told = {"threshold": str(point["threshold"]), "quantised_from": facts["sha256"], "input": input_text(*size)}
    add_metadata(target, source, told)
    measured = costs({"float": SinglePictures.described(models / SOURCE), "int8": SinglePictures(target, *size)})
    own: dict[str, Any] = {
        "file": target.name,
        "sha256": file_hash(target),
        "input": facts["input"] | {"height": size[0], "width": size[1]},
        "multiply_adds": multiply_adds(source, *size),
        "training": {
            "quantised": {"from_sha256": facts["sha256"], "pictures": PICTURES, "code_revision": code_revision()}
        },
        "metrics": {"rendered scenes": rendered_figures(held), "cost": _written(measured)},
        "operating_point": point,
    }
    write_facts(models / TARGET, beside(facts, own))
    logger.info("%s: %s", target, json.dumps({"point": point, "cost": own["metrics"]["cost"]}))


def beside(facts: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What the quantised file is: what the float one is, but for its own name, hash, input, figures and thresholds."""
    point = {key: own["operating_point"][key] for key in CHOSEN}
    return facts | {
        "file": own["file"],
        "sha256": own["sha256"],
        "input": own["input"],
        "multiply_adds": own["multiply_adds"],
        "training": facts["training"] | {"quantised": own["training"]["quantised"]},
        "metrics": own["metrics"],
        "operating_point": facts["operating_point"] | point,
    }


def follow(models: Path) -> None:
    """Takes over what was added to the float file's description since, such as how healthy prints score."""
    write_facts(models / TARGET, beside(read_facts(models / SOURCE), read_facts(models / TARGET)))


def _written(measured: dict[str, Cost]) -> dict[str, dict[str, float]]:
    return {
        name: {"median_ms": round(c.median_ms, 2), "least_ms": round(c.least_ms, 2)} for name, c in measured.items()
    }


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    onnxruntime.set_default_logger_severity(3)  # it tells of every node that it fuses
    parser = argparse.ArgumentParser(prog="python -m models.train.quantize", description="Quantises the detector.")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of detector.onnx and detector.json")
    arguments = parser.parse_args()
    quantize(load(arguments.config), arguments.models)


if __name__ == "__main__":
    main()
