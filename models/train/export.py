"""Writes models/detector.onnx and models/detector.json from a checkpoint, and the memory that was fitted to it:
`python -m models.train.export --help`.

The operating point is chosen by heldout.py. Nothing here looks at `dev`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch

from models.train.classes import CLASSES, FAILURES
from models.train.config import DEFAULT, Config, load
from models.train.films import Films
from models.train.heldout import operating_point, rendered_figures, score_held_out
from models.train.memory.head import MemoryHead, Remembering, ServedMemory
from models.train.model import Detector, Served
from models.train.provenance import code_revision
from models.train.rendered import Scenes
from models.train.single import input_text
from models.train.speed import multiply_adds

logger = logging.getLogger(__name__)
MODELS = Path(__file__).resolve().parent.parent
OPSET = 17
SOURCES = [
    {"name": "rendered scenes", "licence": "Apache-2.0 (this project)", "made_by": "models/train/scenes"},
    {"name": "wfpfopt v46 (Roboflow Universe)", "licence": "CC BY 4.0", "author": "William Faircloth"},
    {
        "name": "FogDevices print pictures",
        "licence": "CC BY 4.0",
        "author": "Szydlo, Sendorek, Windak, Brzoza-Woch (AGH), ICCS 2021",
    },
    {"name": "printer photographs and a time-lapse", "licence": "MIT", "author": "Jeff Geerling, 2021"},
    {"name": "printer photographs", "licence": "MIT", "author": "Weiwei Jiang, 2021"},
    {
        "name": "printer photographs",
        "licence": "MIT",
        "author": "Complex Additive Materials Group, University of Cambridge, 2022",
    },
    {"name": "printer photographs", "licence": "MIT", "author": "Matta, 2023"},
    {
        "name": "printer photographs",
        "licence": "MIT",
        "author": "Robotic Materials Group, WPI (Y. Wu, Z. Dai, M. Nemitz et al.), 2024",
    },
    {"name": "printer photograph", "licence": "Apache-2.0", "author": "MilovdZee"},
    {"name": "printer photograph", "licence": "Apache-2.0", "author": "Matt Wachowski"},
]


@dataclass(frozen=True)
class Trained:
    """A checkpoint: its running average, and how far training was."""

    detector: Detector
    step: int


def load_average(checkpoint: Path) -> Trained:
    """What training left in a checkpoint."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    detector = Detector(tuple(state["channels"]))
    detector.load_state_dict(state["average"])
    return Trained(detector.eval(), int(state["step"]))


@dataclass(frozen=True)
class FittedMemory:
    """A memory head, and what is known about its fit."""

    head: MemoryHead
    facts: dict[str, Any]


def load_memory(path: Path, detector: Detector, shift: float) -> FittedMemory | None:
    """The head that memory/fit.py left, or None when there is none; ``shift`` is added to its logit of the picture.

    Raises ValueError if it is another network's.
    """
    if not path.is_file():
        return None
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["network"] != detector.fingerprint():
        raise ValueError(f"{path} was fitted to another checkpoint: run models.train.memory.fit on this one")
    head = MemoryHead(detector.deep, state["facts"]["features"], state["facts"]["width"])
    head.load_state_dict(state["head"])
    head.whole.bias.data += shift
    return FittedMemory(head.eval(), {**state["facts"], "shift": shift})


def write_onnx(detector: Detector, head: MemoryHead | None, config: Config, path: Path) -> None:
    """Exports with a dynamic batch; height and width may change too, in steps of 16."""
    height, width = config.network.height, config.network.width
    cells = {0: "n", 2: "rows", 3: "columns"}
    axes: dict[str, dict[int, str]] = {"frames": {0: "n", 1: "height", 2: "width"}}
    results: dict[str, dict[int, str]] = {"failure": {0: "n"}, "classes": {0: "n"}, "maps": cells}
    example = [torch.zeros(1, height, width, 3, dtype=torch.uint8)]
    served: torch.nn.Module = Served(detector)
    if head:
        served = ServedMemory(Remembering(detector, head))
        axes |= {"memory": cells, "known": {0: "n"}}
        results |= {"features": cells}
        example += [torch.zeros(1, 2 * head.remembered, height // 16, width // 16), torch.zeros(1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter announces its successor
        torch.onnx.export(
            served.eval(),
            tuple(example),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=list(axes),
            output_names=list(results),
            dynamic_axes=axes | results,
        )


def add_metadata(path: Path, facts: dict[str, str]) -> str:
    """Writes facts into the ONNX file itself and returns its sha256."""
    model = onnx.load(path)
    onnx.helper.set_model_props(model, facts)
    model.producer_name, model.doc_string = "vigie", "Print-failure detector; see models/README.md"
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(config: Config, checkpoint: Path, memory: Path, out: Path) -> None:
    """Writes both files."""
    trained = load_average(checkpoint)
    fitted = load_memory(memory, trained.detector, config.memory.shift)
    path, facts_path = out / "detector.onnx", out / "detector.json"
    write_onnx(trained.detector, fitted.head if fitted else None, config, path)
    held = score_held_out(config, path)
    point, training = operating_point(held), training_facts(config, trained)
    if (
        fitted
    ):  # a camera that is remembered needs no bar of its own: on the tuning half of overtime.py it only paused more
        point["healthy"] = {"mean": 0.0, "between_sd": 0.0, "within_sd": 1.0}
    network = config.network
    props = {
        "classes": json.dumps(CLASSES),
        "input": input_text(network.height, network.width),
        "threshold": str(point["threshold"]),
        "samples": str(training["samples"]),
        "code_revision": str(training["code_revision"]),
        "licence": "Apache-2.0",
    }
    frames = {"name": "frames", "height": network.height, "width": network.width}
    document = {
        "schema": 1,
        "file": path.name,
        "sha256": add_metadata(path, props),
        "classes": [{"name": name, "trained": True, "acted_on": name in FAILURES} for name in CLASSES],
        "input": {**frames, "dtype": "uint8", "layout": "NHWC", "colour": "BGR"},
        "multiply_adds": multiply_adds(path, network.height, network.width),
        **({"memory": fitted.facts} if fitted else {}),
        "training": training,
        "metrics": {"rendered scenes": rendered_figures(held)},
        "operating_point": point,
    }
    facts_path.write_text(json.dumps(document, indent=1) + "\n")
    logger.info("%s: %s", path, json.dumps(point))


def training_facts(config: Config, trained: Trained) -> dict[str, Any]:
    """On what, for how long and with which code."""
    return {
        "sources": SOURCES,
        "rendered_pairs": len(Scenes(config.data.scenes, config.data.held_out_pairs, held_out=False).entries),
        "rendered_films": len(Films(config.data.scenes).entries),
        "samples": trained.step * config.training.batch,
        "steps": trained.step,
        "seed": config.training.seed,
        "code_revision": code_revision(),
    }


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m models.train.export", description="Exports a checkpoint.")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/training/last.pt"))
    parser.add_argument("--memory", type=Path, default=Path("build/memory/head.pt"), help="without it: no memory")
    parser.add_argument("--out", type=Path, default=MODELS)
    arguments = parser.parse_args()
    export(load(arguments.config), arguments.checkpoint, arguments.memory, arguments.out)


if __name__ == "__main__":
    main()
