"""What a smaller input costs, and what it saves: `python -m models.train.sizes --help`.

The shipped file takes any multiple of 16, so each size is measured without training. Every figure is compared with the
shipped size's on the same pictures (paired.py). Held-out rendered pictures choose; `dev` only confirms.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
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
from models.train.speed import costs, multiply_adds
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
    """One size, and how it ranks each set of pictures."""

    height: int
    width: int
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
    return AtSize(*size, scored)


def compared_with(shipped: AtSize, other: AtSize) -> dict[str, dict[str, Change]]:
    """Every figure of every set of pictures, the shipped size's before, the other's after."""
    return {
        name: changes(shipped.scored[name], other.scored[name], RENDERED if name in CHOOSING else REAL)
        for name in shipped.scored
    }


def facts_of(model: Path, sha256: str, measured: list[AtSize]) -> dict[str, Any]:
    """What is kept in models/; sizes take turns at being timed."""
    taken = costs(
        {f"{some.height} x {some.width}": SinglePictures(model, some.height, some.width) for some in measured}
    )
    sizes = [
        {
            "height": some.height,
            "width": some.width,
            "multiply_adds": multiply_adds(MODELS / "detector.onnx", some.height, some.width),
            "cpu_ms": round(taken[f"{some.height} x {some.width}"].median_ms, 2),
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
    """Two tables in Markdown: on rendered pictures, which choose, with the cost, and on real ones, which confirm."""
    first, *_ = facts["sizes"]
    by_kind = [
        [source for source in first["figures"] if (source in CHOOSING) == choosing] for choosing in (True, False)
    ]
    return "\n\n".join(_table(facts["sizes"], sources) for sources in by_kind)


def _table(sizes: Sequence[Mapping[str, Any]], sources: Sequence[str]) -> str:
    columns = [(source, name) for source in sources for name in sizes[0]["figures"][source]]
    head = ["input", "multiply-adds", "CPU-ms", *(f"{source}: {name}" for source, name in columns)]
    rows = []
    for number, some in enumerate(sizes):
        size = f"{some['height']} x {some['width']}"
        cells = [some["figures"][source][name] for source, name in columns]
        cost = [f"{some['multiply_adds'] / 1e6:.0f} M", f"{some['cpu_ms']:.2f}"]
        rows.append([size, *cost, *(_difference(cell) if number else _figure(cell) for cell in cells)])
    return markdown(head, rows)


def _figure(cell: Mapping[str, Sequence[float]]) -> str:
    return "{:.3f} ({:.3f} to {:.3f})".format(*cell["after"])


def _difference(cell: Mapping[str, Sequence[float]]) -> str:
    """A smaller size's figure, and what it is away from the shipped size's; bold where that can be told from none."""
    value, low, high = cell["difference"]
    text = f"{cell['after'][0]:.3f}: {value:+.3f} ({low:+.3f} to {high:+.3f})"
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
