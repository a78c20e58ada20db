"""What a smaller input costs, and what it saves: `python -m models.train.sizes --help`.

The shipped file takes any multiple of 16, so each size is measured without training. Every figure is compared with the
shipped size's on the same pictures (paired.py). Held-out rendered pictures choose; `dev` only confirms.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from models.train.card import markdown, read_facts, write_between
from models.train.config import DEFAULT, Config, load
from models.train.dev import VIEWS, comparisons, dev_entries, score_dev
from models.train.heldout import score_held_out
from models.train.heldout_films import score_films
from models.train.memory.filmed import filmed_cameras
from models.train.paired import Change, Statistic, changes
from models.train.single import SinglePictures
from models.train.speed import multiply_adds, thread_costs
from models.train.statistics import Scored, auc, rate_at

MODELS = Path(__file__).resolve().parent.parent
RESULTS = "input-sizes.json"
SIZES = ((352, 464), (336, 448), (320, 432), (320, 416), (304, 400), (288, 384), (256, 336))
CHOOSING = ("scenes", "films", "films, with memory")
REAL: Mapping[str, Statistic] = {
    "AUC": auc,
    "TPR at 1 % FPR": partial(rate_at, false_positives=0.01),
    "TPR at 2 % FPR": partial(rate_at, false_positives=0.02),
}
RENDERED: Mapping[str, Statistic] = {"AUC": auc, "TPR at 0.5 % FPR": partial(rate_at, false_positives=0.005)}
Size = tuple[int, int]


@dataclass(frozen=True)
class AtSize:
    """One size: its cost, and how it ranks each set of pictures."""

    height: int
    width: int
    multiply_adds: int
    cpu_ms: float
    scored: Mapping[str, Scored]


def measure(model: Path, config: Config, data: Path, size: Size) -> AtSize:
    """Runs the file over everything at one size."""
    network = SinglePictures(model, *size)
    held = score_held_out(replace(config, network=replace(config.network, height=size[0], width=size[1])), model)
    rows = ~held.real & (held.healthy | held.failing)
    films = score_films(network, filmed_cameras(config.data, held_out=True), config.memory.least_gain)
    compared = comparisons(score_dev(network, data, dev_entries(data)))
    scored = {
        "scenes": Scored(held.failure[rows].astype(float), held.failing[rows], held.scene[rows]),
        "films": films.scored(remembering=False),
        "films, with memory": films.scored(remembering=True),
        **{name: compared[name].scored() for name in VIEWS},
    }
    cost = thread_costs({"it": model}, *size)["it"].median_ms
    return AtSize(*size, multiply_adds(MODELS / "detector.onnx", *size), cost, scored)


def compared_with(shipped: AtSize, other: AtSize) -> dict[str, dict[str, Change]]:
    """Every figure of every set of pictures, the shipped size's before, the other's after."""
    return {
        name: changes(shipped.scored[name], other.scored[name], RENDERED if name in CHOOSING else REAL)
        for name in shipped.scored
    }


def facts_of(model: Path, sha256: str, measured: list[AtSize]) -> dict[str, Any]:
    """What is kept in models/."""
    sizes = [
        {
            "height": some.height,
            "width": some.width,
            "multiply_adds": some.multiply_adds,
            "cpu_ms": round(some.cpu_ms, 3),
            "figures": rounded(compared_with(measured[0], some)),
        }
        for some in tqdm(measured, unit="size", desc="intervals")
    ]
    return {"file": model.name, "sha256": sha256, "sizes": sizes}


def rounded(compared: dict[str, dict[str, Change]]) -> dict[str, Any]:
    def numbers(change: Change) -> dict[str, list[float]]:
        return {side: [round(value, 4) for value in estimate.values()] for side, estimate in asdict(change).items()}

    return {source: {name: numbers(change) for name, change in by.items()} for source, by in compared.items()}


def tables(facts: Mapping[str, Any]) -> str:
    """Two tables in Markdown: what each size costs and finds, and how far that is from the shipped size."""
    sizes = facts["sizes"]
    columns = [(source, name) for source, by in sizes[0]["figures"].items() for name in by]
    head = [f"{source}: {name}" for source, name in columns]
    absolute, difference = [], []
    for some in sizes:
        size = f"{some['height']} x {some['width']}"
        cells = [some["figures"][source][name] for source, name in columns]
        cost = [f"{some['multiply_adds'] / 1e6:.0f} M", f"{some['cpu_ms']:.2f}"]
        absolute.append([size, *cost, *("{:.3f} ({:.3f}-{:.3f})".format(*cell["after"]) for cell in cells)])
        difference.append([size, *(_difference(cell) for cell in cells)])
    first = markdown(["input", "multiply-adds", "CPU-ms", *head], absolute)
    return f"{first}\n\n{markdown(['less the shipped size', *head], difference[1:])}"


def _difference(cell: Mapping[str, list[float]]) -> str:
    value, low, high = cell["difference"]
    text = f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
    return text if low <= 0 <= high else f"**{text}**"


def main() -> None:
    arguments = _arguments()
    facts = read_facts(arguments.model.with_suffix(".json"))
    shipped = (facts["input"]["height"], facts["input"]["width"])
    sizes = [shipped, *(size for size in arguments.sizes if size != shipped)]
    config = load(arguments.config)
    bar = tqdm(sizes, unit="size")
    found = facts_of(
        arguments.model, facts["sha256"], [measure(arguments.model, config, arguments.data, s) for s in bar]
    )
    print(f"\n{tables(found)}\n")
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n")
    if arguments.publish:
        (MODELS / RESULTS).write_text(json.dumps(found, indent=1) + "\n")
        write_between(MODELS / "README.md", "sizes", tables(found))


def _size(text: str) -> Size:
    height, _, width = text.partition("x")
    return int(height), int(width)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.train.sizes", description="What a smaller input costs.")
    parser.add_argument("--model", type=Path, default=MODELS / "detector-int8.onnx")
    parser.add_argument("--sizes", type=_size, nargs="*", default=SIZES, help="such as 320x416, in steps of 16")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--config", type=Path, default=DEFAULT, help="where the held-out scenes are")
    parser.add_argument("--out", type=Path, help="write the figures as JSON there")
    parser.add_argument("--publish", action="store_true", help=f"write models/{RESULTS} and the card's table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
