"""Measures the shipped files on the real pictures of `dev`, which they never learned from: `python -m
models.train.evaluate --help`.

Each view is ranked by itself: fixed cameras, web photos, and phone clips against the healthy pictures of the fixed
cameras (the phone set has four healthy pictures). Spaghetti is ranked by the failure score, which stops printers;
other labels by their own output against the same healthy pictures. With --publish the figures go to the JSON beside
each model, to models/README.md and to models/figures/.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from models.train import sheets
from models.train.arrays import Picture
from models.train.card import markdown, read_facts, write_between, write_facts
from models.train.classes import CLASSES
from models.train.pictures import read
from models.train.provenance import code_revision, file_hash, labelled_files_hash
from models.train.single import SinglePictures, Verdict
from models.train.standing import Standing, aims, standing
from models.train.statistics import Scored, auc, calibration, with_intervals

MODELS = Path(__file__).resolve().parent.parent
SHIPPED = ("detector.json", "detector-int8.json")
Figures = dict[str, Any]  # name -> count, or [value, low, high]
VIEWS = {"fixed cameras": "static-camera", "phone clips": "phone", "web photos": "web-photo"}
OTHER_LABELS = {  # of dev's web photos: comparison -> label, class
    "web photos, stringing": ("stringing", "stringing"),
    "web photos, under-extrusion": ("under-extrusion", "under_extrusion"),
    "web photos, zits": ("blob", "blob"),  # dev calls zits on a wall "blob"; ours is a lump around the nozzle
}
NOT_THE_CLASS = ("web photos, zits",)


@dataclass(frozen=True)
class Row:
    """One picture of dev with what the network says."""

    path: Path
    label: str
    view: str
    sequence: str
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """Failing and healthy pictures that are ranked against each other, by `output`: None is the failure score."""

    failing: Sequence[Row]
    healthy: Sequence[Row]
    output: str | None = None

    @property
    def rows(self) -> list[Row]:
        return [*self.failing, *self.healthy]

    def scored(self, output: str | None = None) -> Scored:
        """The scores of this comparison's output, or of another class's."""
        name = output or self.output
        scores = [r.verdict.classes[CLASSES.index(name)] if name else r.verdict.failure for r in self.rows]
        kinds = [True] * len(self.failing) + [False] * len(self.healthy)
        return Scored(np.array(scores, float), np.array(kinds), np.array([r.sequence for r in self.rows]))


def served_picture(path: Path, height: int, width: int) -> Picture:
    """The picture as the monitor inspects it: scaled in the JPEG decoder, then stretched. [height, width, 3] BGR."""
    full = read(path)
    scale = max((k for k in (1, 2, 4) if full.shape[0] // k >= height and full.shape[1] // k >= width), default=1)
    flag = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}[scale]
    picture = read(path, flag)
    shrinks = picture.shape[0] > height or picture.shape[1] > width
    return np.asarray(
        cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    )


def dev_entries(data: Path, views: Sequence[str] = tuple(VIEWS.values())) -> list[dict[str, str]]:
    """The lines of dev/labels.csv that are of these views."""
    with (data / "dev" / "labels.csv").open() as lines:
        return [entry for entry in csv.DictReader(lines) if entry["view"] in views]


def score_dev(model: SinglePictures, data: Path, entries: Iterable[dict[str, str]]) -> list[Row]:
    """Runs a file over pictures of dev."""
    rows = []
    for entry in entries:
        path = data / entry["file"]
        verdict = model.run(served_picture(path, model.height, model.width))
        sequence = entry["sequence"] or path.stem  # web photos stand alone
        rows.append(Row(path, entry["label"], entry["view"], sequence, verdict))
    return rows


def comparisons(rows: Sequence[Row]) -> dict[str, Comparison]:
    """What is ranked against what."""

    def pick(view: str, label: str) -> list[Row]:
        return [r for r in rows if r.view == view and r.label == label]

    fixed_ok, web_ok = pick("static-camera", "ok"), pick("web-photo", "ok")
    healthy = {"fixed cameras": fixed_ok, "phone clips": fixed_ok + pick("phone", "ok"), "web photos": web_ok}
    named = {name: Comparison(pick(view, "spaghetti"), healthy[name]) for name, view in VIEWS.items()}
    others = {
        name: Comparison(pick("web-photo", label), web_ok, output) for name, (label, output) in OTHER_LABELS.items()
    }
    return named | others


def measure(compared: Mapping[str, Comparison], threshold: float) -> dict[str, Figures]:
    """Figures of every comparison; calibration, and rates at the shipped threshold, of the failure score."""
    result = {}
    for name, comparison in compared.items():
        data = comparison.scored()
        result[name] = with_intervals(data)
        if comparison.output is None:
            over = data.scores >= threshold
            rates = (over[data.failing].mean(), over[~data.failing].mean())
            result[name]["at_threshold"] = [round(float(rate), 3) for rate in rates]
            result[name]["calibration_error"] = round(calibration(data).error, 3)
    return result


def measure_classes(compared: Mapping[str, Comparison]) -> dict[str, Figures]:
    """Each class by its own output: where it was measured, its AUC there, and what follows by the rule."""
    result = {}
    for name in CLASSES:
        sources = [
            source
            for source, comparison in compared.items()
            if (comparison.output or "spaghetti") == name and source not in NOT_THE_CLASS
        ]
        aucs = {s.partition(",")[0]: round(auc(compared[s].scored(name)), 3) for s in sources}
        result[name] = {"standing": str(standing(aucs)), "auc": aucs}
    return result


def table(metrics: Mapping[str, Figures]) -> str:
    """The figures of every comparison in Markdown."""
    rates = [f"tpr_at_{rate}%_fpr" for rate in (1, 2, 5)]
    head = [
        "source",
        "failing / healthy",
        "sequences",
        "AUC",
        "average precision",
        "TPR at 1 % FPR",
        "at 2 %",
        "at 5 %",
    ]
    rows = []
    for name, m in metrics.items():
        cells = ["{:.3f} ({:.2f}-{:.2f})".format(*m[key]) for key in ("auc", "average_precision", *rates)]
        at = "{:.3f} / {:.3f}".format(*m["at_threshold"]) if "at_threshold" in m else ""
        error = f"{m['calibration_error']:.3f}" if "calibration_error" in m else ""
        rows.append([name, f"{m['failing']} / {m['healthy']}", str(m["sequences"]), *cells, at, error])
    return markdown([*head, "TPR / FPR at the shipped threshold", "calibration error"], rows)


def class_table(classes: Mapping[str, Figures]) -> str:
    """What each class may do, in Markdown."""
    rows = [
        [
            name.replace("_", " "),
            ", ".join(f"{value:.3f} ({source})" for source, value in m["auc"].items()) or "-",
        ]
        + [f"**{m['standing']}**" if m["standing"] == Standing.ACTED_ON else m["standing"]]
        for name, m in classes.items()
    ]
    return markdown(["class", "AUC of its own output on real pictures", "so it is"], rows)


def contact_sheets(compared: Mapping[str, Comparison], box_threshold: float, folder: Path, count: int = 24) -> None:
    """The lowest failing and the highest healthy pictures of each spaghetti comparison, worst first."""
    for name, comparison in compared.items():
        if comparison.output is not None:
            continue
        misses = sorted(comparison.failing, key=lambda r: r.verdict.failure)[:count]
        alarms = sorted(comparison.healthy, key=lambda r: -r.verdict.failure)[:count]
        for kind, chosen in (("misses", misses), ("alarms", alarms)):
            tiles = [sheets.Tile(read(r.path), r.verdict.failure, r.verdict.maps, r.sequence[:34]) for r in chosen]
            sheets.save(folder / f"{name.replace(' ', '-')}-{kind}.png", tiles, box_threshold)


def publish(facts_path: Path, metrics: dict[str, Figures], classes: dict[str, Figures], data: Path) -> None:
    """Puts the figures into a model's description, with what they hold for, and lets them decide what is acted on."""
    facts = read_facts(facts_path)
    model = file_hash(facts_path.parent / facts["file"])
    if model != facts["sha256"]:
        raise ValueError(f"{facts_path} describes another file than {facts['file']}: export the model again")
    measured = {
        "model_sha256": model,
        "data_sha256": labelled_files_hash(data / "dev" / "labels.csv", data),
        "code_revision": code_revision(),
    }
    facts["metrics"] |= {"dev": metrics, "classes": classes, "measured": measured}
    for entry in facts["classes"]:
        entry["acted_on"] = classes[entry["name"]]["standing"] == Standing.ACTED_ON
    write_facts(facts_path, facts)


def evaluate(facts_path: Path, arguments: argparse.Namespace) -> None:
    """Measures one file; the first of SHIPPED is the one that the card and its plots are about."""
    facts, first = read_facts(facts_path), facts_path.name == SHIPPED[0]
    entries = tqdm(dev_entries(arguments.data), unit="img")
    compared = comparisons(score_dev(SinglePictures.described(facts_path), arguments.data, entries))
    point = facts["operating_point"]
    metrics, classes = measure(compared, point["threshold"]), measure_classes(compared)
    print(f"{facts['file']}\n\n{table(metrics)}\n\n{class_table(classes)}\n")
    if arguments.sheets:
        contact_sheets(compared, point["box_threshold"], arguments.sheets / facts_path.stem)
    if arguments.publish:
        publish(facts_path, metrics, classes, arguments.data)
    if arguments.publish and first:
        from models.train import figures  # noqa: PLC0415  # matplotlib is only there for those who train

        write_between(arguments.models / "README.md", "figures", table(metrics))
        write_between(arguments.models / "README.md", "classes", class_table(classes))
        write_between(arguments.models / "README.md", "aims", aims(metrics))
        sources = {name: comparison.scored() for name, comparison in compared.items() if comparison.output is None}
        figures.draw(sources, point["threshold"], arguments.models / "figures")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.evaluate", description="Measures the shipped detector on dev."
    )
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models and their descriptions")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets, outside the repository")
    parser.add_argument("--publish", action="store_true", help="write the figures to the JSON files and README.md")
    arguments = parser.parse_args()
    for name in SHIPPED:
        if (arguments.models / name).is_file():
            evaluate(arguments.models / name, arguments)


if __name__ == "__main__":
    main()
