"""Writes models/detector.onnx and models/detector.json from a checkpoint: `python -m models.train.export --help`.

The operating point is chosen by heldout.py. Nothing here looks at `dev`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import subprocess
import warnings
from pathlib import Path

import onnx
import torch

from models.train.classes import CLASSES, FAILURES
from models.train.config import DEFAULT, Config, load
from models.train.heldout import operating_point, rendered_figures, score_held_out
from models.train.model import Detector, Served
from models.train.rendered import Scenes

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


def load_average(checkpoint: Path) -> tuple[Detector, dict[str, int]]:
    """The running average of a checkpoint, and how far training was."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    detector = Detector(tuple(state["channels"]))
    detector.load_state_dict(state["average"])
    return detector.eval(), {"step": int(state["step"])}


def write_onnx(served: Served, config: Config, path: Path) -> None:
    """Exports with a dynamic batch; height and width may change too, in steps of 16."""
    example = torch.zeros(1, config.network.height, config.network.width, 3, dtype=torch.uint8)
    axes = {
        "frames": {0: "n", 1: "height", 2: "width"},
        "failure": {0: "n"},
        "classes": {0: "n"},
        "maps": {0: "n", 2: "rows", 3: "columns"},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter announces its successor
        torch.onnx.export(
            served.eval(),
            (example,),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=["frames"],
            output_names=["failure", "classes", "maps"],
            dynamic_axes=axes,
        )


def revision() -> str:
    """The commit that the working tree stands on."""
    run = subprocess.run(["git", "rev-parse", "HEAD"], cwd=MODELS, capture_output=True, text=True, check=False)  # noqa: S607
    return run.stdout.strip() or "unknown"


def add_metadata(path: Path, facts: dict[str, str]) -> str:
    """Writes facts into the ONNX file itself and returns its sha256."""
    model = onnx.load(path)
    onnx.helper.set_model_props(model, facts)
    model.producer_name, model.doc_string = "vigie", "Print-failure detector; see models/README.md"
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(config: Config, checkpoint: Path, out: Path) -> None:
    """Writes both files."""
    detector, progress = load_average(checkpoint)
    path, facts_path = out / "detector.onnx", out / "detector.json"
    write_onnx(Served(detector), config, path)
    held = score_held_out(config, path)
    point = operating_point(held)
    scenes = len(Scenes(config.data.scenes, config.data.held_out_pairs, held_out=False).entries)
    classes = [{"name": name, "trained": True, "acted_on": name in FAILURES} for name in CLASSES]
    network = config.network
    frames = {"name": "frames", "height": network.height, "width": network.width}
    training = {
        "sources": SOURCES,
        "rendered_pairs": scenes,
        "samples": progress["step"] * config.training.batch,
        "steps": progress["step"],
        "seed": config.training.seed,
        "code_revision": revision(),
    }
    props = {
        "classes": json.dumps(CLASSES),
        "input": f"{network.height}x{network.width} BGR uint8 NHWC, plain stretch",
        "threshold": str(point["threshold"]),
        "samples": str(training["samples"]),
        "code_revision": str(training["code_revision"]),
        "licence": "Apache-2.0",
    }
    document = {
        "schema": 1,
        "file": path.name,
        "sha256": add_metadata(path, props),
        "classes": classes,
        "input": {**frames, "dtype": "uint8", "layout": "NHWC", "colour": "BGR"},
        "training": training,
        "metrics": {"rendered scenes": rendered_figures(held)},
        "operating_point": point,
    }
    facts_path.write_text(json.dumps(document, indent=1) + "\n")
    logger.info("%s: %s", path, json.dumps(point))


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m models.train.export", description="Exports a checkpoint.")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/training/last.pt"))
    parser.add_argument("--out", type=Path, default=MODELS)
    arguments = parser.parse_args()
    export(load(arguments.config), arguments.checkpoint, arguments.out)


if __name__ == "__main__":
    main()
