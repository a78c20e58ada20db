"""What another network costs and finds, each at its own input: `python -m models.train.heldout_pair --help`.

Two files judge the same pictures, and what differs comes with its 95 % interval (paired.py). Held-out rendered
pictures decide, `dev` only confirms; overtime_pair.py goes on with decisions over time.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.train.card import markdown, read_facts
from models.train.config import DEFAULT, load
from models.train.single import SinglePictures
from models.train.sizes import MODELS, compared_with, measure, rounded
from models.train.speed import Cost, costs

BATCH = 16  # pictures that the monitor's workers look at together, at most


def table(figures: Mapping[str, Any]) -> str:
    """Each figure before and after in Markdown, and the difference: bold where it can be told from none."""
    rows = []
    for source, by_name in figures.items():
        for name, sides in by_name.items():
            value, low, high = sides["difference"]
            told = f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
            cells = ["{:.3f} ({:.3f} to {:.3f})".format(*sides[side]) for side in ("before", "after")]
            rows.append([source, name, *cells, told if low <= 0 <= high else f"**{told}**"])
    return markdown(["pictures", "figure", "before", "after", "difference"], rows)


def cost_table(taken: Mapping[int, Mapping[str, Cost]]) -> str:
    """CPU milliseconds a picture, one at a time and many."""
    names = list(taken[1])
    rows = [
        [f"{count} at a time", *(f"{by[n].median_ms:.3f} ({by[n].least_ms:.3f})" for n in names), _share(by)]
        for count, by in taken.items()
    ]
    return markdown(["CPU-ms a picture: median (least)", *names, "share: median (least)"], rows)


def _share(by: Mapping[str, Cost]) -> str:
    before, after = by.values()
    return f"{after.median_ms / before.median_ms:.3f} ({after.least_ms / before.least_ms:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.heldout_pair", description="What two files find and cost, paired."
    )
    parser.add_argument("--before", type=Path, default=MODELS / "detector-int8.onnx")
    parser.add_argument("--after", type=Path, required=True, help="another file, its description beside it")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--config", type=Path, default=DEFAULT, help="where the held-out scenes are")
    parser.add_argument("--out", type=Path, help="write the figures as JSON there")
    parser.add_argument("--cost-only", action="store_true")
    arguments = parser.parse_args()
    models = {"before": arguments.before, "after": arguments.after}
    described = {name: path.with_suffix(".json") for name, path in models.items()}
    taken = {
        count: costs({n: SinglePictures.described(p) for n, p in described.items()}, count) for count in (1, BATCH)
    }
    print(f"\n{cost_table(taken)}\n")
    if arguments.cost_only:
        return
    config, sizes = load(arguments.config), {name: read_facts(path)["input"] for name, path in described.items()}
    sides = [measure(models[n], config, arguments.data, (sizes[n]["height"], sizes[n]["width"])) for n in models]
    figures = rounded(compared_with(*sides))
    print(f"{table(figures)}\n")
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
