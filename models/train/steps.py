"""Accuracy before and after each optimisation, side by side: `python -m models.train.steps --help`.

Each step of the chain changes one thing of how a picture of `dev` becomes a score. Beside the figures: what a 720p
picture costs in CPU time, and how far the scores moved from the step before. Nothing is chosen by this.

No picture of `dev` is large enough for the JPEG decoder to scale it. So the chain runs twice: on the pictures as they
are, and enlarged to what a 720p camera would send.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from tqdm import tqdm

from models.train.arrays import Picture
from models.train.card import markdown, read_facts, write_between
from models.train.dev import VIEWS, See, comparisons, dev_entries, score_dev
from models.train.evaluate import SHIPPED
from models.train.paired import changes
from models.train.pictures import decode, read
from models.train.pictures import jpeg as jpeg_of
from models.train.quantize import prepared
from models.train.single import SinglePictures
from models.train.sizes import REAL, rounded
from models.train.statistics import Scored
from models.train.stem import with_float_stem
from monitor.decode.container import inspect_container
from monitor.decode.picture import ENOUGH, TILE_WIDTH
from monitor.sim.load_cameras import QUALITY, make_pictures

MODELS = Path(__file__).resolve().parent.parent
RESULTS = "steps.json"
REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
TIMED, ROUNDS = 8, 15  # 720p pictures, and how often each of them is looked at


@dataclass(frozen=True)
class Step:
    """One more optimisation than the step before."""

    name: str
    model: SinglePictures
    see: See


@dataclass(frozen=True)
class Measured:
    """A step: how it ranks each source of dev, and the CPU time of a picture."""

    name: str
    size: str
    scored: Mapping[str, Scored]
    cpu_ms: float


def seen_whole(jpeg: bytes, height: int, width: int) -> Picture:
    """Every pixel decoded, then averaged."""
    return _resized(decode(jpeg), height, width, cv2.INTER_AREA)


def seen_scaled(jpeg: bytes, height: int, width: int) -> Picture:
    """Scaled in the JPEG decoder as far as the monitor goes, then averaged."""
    return _resized(decode(jpeg, REDUCED[reduction(jpeg, height, width)]), height, width, cv2.INTER_AREA)


def seen_interpolated(jpeg: bytes, height: int, width: int) -> Picture:
    """The same, interpolated where no pixel is left out: what the monitor's detector gets, and nothing beside it."""
    picture = decode(jpeg, REDUCED[reduction(jpeg, height, width)])
    skips = picture.shape[0] > 2 * height or picture.shape[1] > 2 * width
    return _resized(picture, height, width, cv2.INTER_AREA if skips else cv2.INTER_LINEAR)


def reduction(jpeg: bytes, height: int, width: int) -> int:
    """What monitor/decode divides a picture's sides by, for an input of this size: 1, 2, 4 or 8."""
    found, rows, columns = inspect_container(jpeg), ENOUGH * height, ENOUGH * max(width, TILE_WIDTH)
    if found.may_turn:
        rows = columns = max(rows, columns)
    return next((f for f in (8, 4, 2) if found.height >= rows * f and found.width >= columns * f), 1)


def _resized(picture: Picture, height: int, width: int, shrinking: int) -> Picture:
    shrinks = picture.shape[0] > height or picture.shape[1] > width
    how = shrinking if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how))


def write_float_stem(models: Path, target: Path) -> None:
    """Writes the file in bytes as it was before its stem was put into them."""
    model = onnx.load(models / read_facts(models / SHIPPED["int8"])["file"])
    with_float_stem(model, prepared(models / read_facts(models / SHIPPED["float"])["file"]))
    onnx.save(model, target)


def chain(models: Path, folder: Path, former: Path | None = None) -> list[Step]:
    """The steps, in the order in which they were taken; a file that does not ship is written to `folder`.

    `former`: a folder of the files before the network was trained for another input, which all steps but the last
    are of; without it, all are of the shipped ones.
    """
    descriptions = {kind: (former or models) / name for kind, name in SHIPPED.items()}
    floats, in_bytes = (SinglePictures.described(path) for path in descriptions.values())
    before_stem = folder / "float-stem.onnx"
    write_float_stem(former or models, before_stem)
    float_stem = SinglePictures(before_stem, in_bytes.height, in_bytes.width)
    steps = [
        Step("floats, every pixel decoded", floats, seen_whole),
        Step("scaled in the JPEG decoder", floats, seen_scaled),
        Step("interpolated, not averaged", floats, seen_interpolated),
        Step("in bytes, the stem in floats", float_stem, seen_interpolated),
        Step("the stem in bytes", in_bytes, seen_interpolated),
    ]
    if former:
        shipped = SinglePictures.described(models / SHIPPED["int8"])
        steps.append(Step("trained for a smaller input", shipped, seen_interpolated))
    return steps


def measure(steps: Sequence[Step], data: Path, costs: Sequence[float]) -> list[Measured]:
    """Every step on every picture."""
    entries, found = dev_entries(data), []
    for step, cost in zip(steps, costs, strict=True):
        compared = comparisons(score_dev(step.model, data, tqdm(entries, unit="img", desc=step.name), step.see))
        scored = {name: compared[name].scored() for name in VIEWS}
        found.append(Measured(step.name, f"{step.model.height} x {step.model.width}", scored, cost))
    return found


def write_enlarged(data: Path, folder: Path, lines: int = 720) -> None:
    """Copies dev, each picture enlarged to so many lines, its proportions kept, as load_cameras.py encodes them."""
    (folder / "dev").mkdir(parents=True)
    shutil.copy(data / "dev" / "labels.csv", folder / "dev" / "labels.csv")
    for entry in tqdm(dev_entries(data), unit="img", desc="enlarging"):
        picture, target = read(data / entry["file"]), folder / entry["file"]
        scale = max(1.0, lines / len(picture))
        larger = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(jpeg_of(larger, QUALITY))


def cpu_ms(steps: Sequence[Step], jpegs: Sequence[bytes], rounds: int = ROUNDS) -> list[float]:
    """Median time of the thread from the bytes to the score, steps in turn."""
    taken: list[list[float]] = [[] for _ in steps]
    for _ in range(rounds):
        for jpeg in jpegs:
            for step, some in zip(steps, taken, strict=True):
                began = time.thread_time()
                step.model.run(step.see(jpeg, step.model.height, step.model.width))
                some.append((time.thread_time() - began) * 1000)
    return [float(np.median(some)) for some in taken]


def facts_of(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """What is kept in models/: each step against the one before it; the first one against itself."""
    return [
        {
            "name": now.name,
            "input": now.size,
            "cpu_ms": round(now.cpu_ms, 2),
            "moved": {source: moved(before.scored[source], now.scored[source]) for source in now.scored},
            "figures": rounded({s: changes(before.scored[s], now.scored[s], REAL) for s in now.scored}),
        }
        for before, now in zip([measured[0], *measured], measured, strict=False)
    ]


def moved(before: Scored, now: Scored) -> dict[str, float]:
    """How far the scores of the same pictures went, up or down."""
    distance = np.abs(now.scores - before.scores)
    return {"mean": round(float(distance.mean()), 4), "most": round(float(distance.max()), 4)}


def tables(facts: Sequence[Mapping[str, Any]]) -> str:
    """One table a source in Markdown."""
    return "\n\n".join(f"{source.capitalize()}:\n\n{_table(facts, source)}" for source in facts[0]["figures"])


def both_tables(facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Those of the pictures as they are, and how the scores of the enlarged ones moved."""
    heading = "Enlarged to 720 lines, so that the JPEG decoder scales them; changes to the step before:"
    return f"{tables(facts['as they are'])}\n\n{heading}\n\n{_changes(facts['enlarged'])}"


def _changes(facts: Sequence[Mapping[str, Any]]) -> str:
    """A step a row, the first one left out; a source some columns."""
    sources = list(facts[0]["figures"])
    head = ["step", *(f"{source}: {name}" for source in sources for name in ("score moved, mean (most)", "AUC"))]
    rows = []
    for step in facts[1:]:
        cells = [step["name"]]
        for source in sources:
            cells.append("{mean:.3f} ({most:.3f})".format(**step["moved"][source]))
            cells.append("{:+.3f} ({:+.3f} to {:+.3f})".format(*step["figures"][source]["AUC"]["difference"]))
        rows.append(cells)
    return markdown(head, rows)


def _table(facts: Sequence[Mapping[str, Any]], source: str) -> str:
    names = list(facts[0]["figures"][source])
    head = ["step", "input", "CPU-ms, 720p", *names]
    head += [f"{name}: difference" for name in names] + ["score moved: mean", "most"]
    rows = []
    for number, step in enumerate(facts):
        figures = step["figures"][source].values()
        values = ["{:.3f} ({:.2f}-{:.2f})".format(*figure["after"]) for figure in figures]
        differences = ["{:+.3f} ({:+.3f} to {:+.3f})".format(*figure["difference"]) for figure in figures]
        ways = [f"{step['moved'][source][key]:.3f}" for key in ("mean", "most")]
        since = [*differences, *ways] if number else [""] * (len(differences) + len(ways))
        rows.append([step["name"], step["input"], f"{step['cpu_ms']:.2f}", *values, *since])
    return markdown(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.steps", description="Accuracy on dev before and after each optimisation."
    )
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models and their descriptions")
    parser.add_argument("--former", type=Path, help="folder of the same four files before the last training")
    parser.add_argument("--publish", action="store_true", help=f"write models/{RESULTS} and the card's tables")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        steps = chain(arguments.models, Path(folder), arguments.former)
        costs = cpu_ms(steps, make_pictures(TIMED))
        facts = {"as they are": facts_of(measure(steps, arguments.data, costs))}
        write_enlarged(arguments.data, Path(folder))
        facts["enlarged"] = facts_of(measure(steps, Path(folder), costs))
    print(f"\n{both_tables(facts)}\n")
    if arguments.publish:
        (arguments.models / RESULTS).write_text(json.dumps(facts, indent=1) + "\n")
        write_between(arguments.models / "README.md", "steps", both_tables(facts))


if __name__ == "__main__":
    main()
