"""Whether another seed gives the same detector: `python -m models.train.seeds --help`.

Both files were measured by evaluate.py and overtime.py; this puts their figures side by side. Two figures agree where
each lies within the other's 95 % interval. --publish writes models/second-seed.json and the table of the model card.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.train.card import markdown, read_facts, write_between
from models.train.dev import VIEWS
from models.train.intervals import binomial_interval, poisson_interval

MODELS = Path(__file__).resolve().parent.parent
RESULTS = "second-seed.json"
RATES = {"auc": "AUC", "tpr_at_1%_fpr": "TPR at 1 % FPR", "tpr_at_2%_fpr": "TPR at 2 % FPR"}
JUDGE = "with memory"
Facts = Mapping[str, Any]
Estimate = tuple[float, float, float]  # value, low, high


def facts_of(folder: Path) -> dict[str, Any]:
    """What of a detector's description is compared. Raises KeyError where it was not measured yet."""
    facts = read_facts(folder / "detector.json")
    curve = facts["over_time"]["curves"][JUDGE]
    shipped = min(curve, key=lambda point: abs(point["threshold"] - facts["operating_point"]["threshold"]))
    return {
        "sha256": facts["sha256"],
        "seed": facts["training"]["seed"],
        "samples": facts["training"]["samples"],
        "dev": {name: facts["metrics"]["dev"][name] for name in VIEWS},
        "over_time": shipped,
    }


def estimates(facts: Facts) -> Iterator[tuple[str, Estimate]]:
    """Everything that is compared, with its interval."""
    for source, figures in facts["dev"].items():
        for key, name in RATES.items():
            yield f"{source}, {name}", tuple(figures[key])
    over = facts["over_time"]
    low, high = binomial_interval(over["caught"], over["failing"])
    yield "rendered prints, share caught", (over["caught"] / over["failing"], low, high)
    per_thousand_h = 1000 / over["hours"]
    low, high = poisson_interval(over["false_pauses"])
    yield (
        "rendered prints, false pauses in 1,000 h",
        (over["false_pauses"] * per_thousand_h, low * per_thousand_h, high * per_thousand_h),
    )


def agree(one: Estimate, other: Estimate) -> bool:
    """Whether each value lies within the other's interval."""
    return one[1] <= other[0] <= one[2] and other[1] <= one[0] <= other[2]


def comparison(shipped: Facts, other: Facts) -> str:
    """The table in Markdown."""
    head = ["figure", f"shipped (seed {shipped['seed']})", f"from scratch (seed {other['seed']})", "agree"]
    rows = [
        [name, _shown(one), _shown(two), "yes" if agree(one, two) else "**no**"]
        for (name, one), (_, two) in zip(estimates(shipped), estimates(other), strict=True)
    ]
    return markdown(head, rows)


def _shown(estimate: Estimate) -> str:
    digits = 3 if max(estimate) <= 1 else 1
    value, low, high = (f"{number:.{digits}f}" for number in estimate)
    return f"{value} ({low} to {high})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.seeds", description="Two seeds side by side.")
    parser.add_argument("--other", type=Path, default=Path("build/second-seed"), help="folder of the other detector")
    parser.add_argument("--publish", action="store_true", help=f"write models/{RESULTS} and the card's table")
    arguments = parser.parse_args()
    shipped, other = facts_of(MODELS), facts_of(arguments.other)
    text = comparison(shipped, other)
    print(text)
    if arguments.publish:
        (MODELS / RESULTS).write_text(json.dumps({"shipped": shipped, "other": other}, indent=1) + "\n")
        write_between(MODELS / "README.md", "seeds", text)


if __name__ == "__main__":
    main()
