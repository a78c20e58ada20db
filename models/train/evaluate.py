"""Measures the shipped file on the real pictures of `dev`, which it never learned from: `python -m
models.train.evaluate --help`.

Each view is ranked by itself: fixed cameras, web photos, and phone clips against the healthy pictures of the fixed
cameras (the phone set has four healthy pictures). Classes other than spaghetti are ranked by their own output
against the same healthy ones. Writes the figures to models/detector.json and models/README.md, and contact sheets
of the worst mistakes to a folder of the caller's choice (they hold pictures of others: never commit them).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tqdm import tqdm

from models.train.arrays import Picture
from models.train.classes import CLASSES
from models.train.pictures import read
from models.train.statistics import Scored, with_intervals

MODELS = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- figures: written by models.train.evaluate -->", "<!-- end of figures -->"
Figures = dict[str, Any]  # name -> count, or [value, low, high]
OTHER_CLASSES = {"stringing": "stringing", "blob": "blob", "under-extrusion": "under_extrusion"}


@dataclass(frozen=True)
class Row:
    """One picture of dev with what the network says."""

    path: Path
    label: str
    view: str
    sequence: str
    failure: float
    classes: NDArray[np.float32]


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


def score_dev(models: Path, data: Path) -> list[Row]:
    """Runs the shipped file over dev/labels.csv."""
    facts = json.loads((models / "detector.json").read_text())
    session = onnxruntime.InferenceSession(str(models / facts["file"]), providers=["CPUExecutionProvider"])
    height, width = facts["input"]["height"], facts["input"]["width"]
    rows = []
    with (data / "dev" / "labels.csv").open() as lines:
        entries = list(csv.DictReader(lines))
    for entry in tqdm(entries, unit="img"):
        path = data / entry["file"]
        failure, classes = session.run(["failure", "classes"], {"frames": served_picture(path, height, width)[None]})
        sequence = entry["sequence"] or path.stem  # web photos stand alone
        rows.append(Row(path, entry["label"], entry["view"], sequence, float(failure[0]), classes[0]))
    return rows


def comparisons(rows: list[Row]) -> dict[str, list[tuple[Row, float, bool]]]:
    """What is ranked against what: name -> (row, score, failing)."""

    def pick(view: str, label: str) -> list[Row]:
        return [r for r in rows if r.view == view and r.label == label]

    fixed_ok, web_ok = pick("static-camera", "ok"), pick("web-photo", "ok")
    spaghetti = {
        "fixed cameras": (pick("static-camera", "spaghetti"), fixed_ok),
        "phone clips": (pick("phone", "spaghetti"), fixed_ok + pick("phone", "ok")),
        "web photos": (pick("web-photo", "spaghetti"), web_ok),
    }
    named = {
        name: [(r, r.failure, True) for r in bad] + [(r, r.failure, False) for r in ok]
        for name, (bad, ok) in spaghetti.items()
    }
    for label, cls in OTHER_CLASSES.items():
        i = CLASSES.index(cls)
        bad = [(r, float(r.classes[i]), True) for r in pick("web-photo", label)]
        named[f"web photos, {label}"] = bad + [(r, float(r.classes[i]), False) for r in web_ok]
    return named


def measure(rows: list[Row], threshold: float) -> dict[str, Figures]:
    """Figures of every comparison, and the rates at the shipped threshold where the failure score is meant."""
    result = {}
    for name, triples in comparisons(rows).items():
        scores, failing = np.array([s for _, s, _ in triples]), np.array([f for _, _, f in triples])
        data = Scored(scores, failing, np.array([r.sequence for r, _, _ in triples]))
        result[name] = with_intervals(data)
        if "," not in name:
            result[name]["at_threshold"] = [
                round(float((scores[failing == kind] >= threshold).mean()), 3) for kind in (True, False)
            ]
    return result


def table(metrics: dict[str, Figures]) -> str:
    """The figures in Markdown."""

    def cell(value: tuple[float, float, float]) -> str:
        return f"{value[0]:.3f} ({value[1]:.2f}-{value[2]:.2f})"

    head = [
        "source",
        "failing / healthy",
        "sequences",
        "AUC",
        "TPR at 1 % FPR",
        "at 2 %",
        "at 5 %",
        "TPR / FPR at the shipped threshold",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, m in metrics.items():
        at = " / ".join(f"{v:.3f}" for v in m["at_threshold"]) if "at_threshold" in m else ""
        cells = [cell(m[key]) for key in ("auc", "tpr_at_1%_fpr", "tpr_at_2%_fpr", "tpr_at_5%_fpr")]
        lines.append(
            "| " + " | ".join([name, f"{m['failing']} / {m['healthy']}", str(m["sequences"]), *cells, at]) + " |"
        )
    return "\n".join(lines)


def contact_sheets(rows: list[Row], folder: Path, count: int = 24) -> None:
    """The lowest failing and the highest healthy pictures of each spaghetti comparison, worst first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, triples in comparisons(rows).items():
        if "," in name:
            continue
        misses = sorted((t for t in triples if t[2]), key=lambda t: t[1])[:count]
        alarms = sorted((t for t in triples if not t[2]), key=lambda t: -t[1])[:count]
        for kind, chosen in (("misses", misses), ("alarms", alarms)):
            tiles = [_tile(row, score) for row, score, _ in chosen]
            tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 6)
            sheet = np.vstack([np.hstack(tiles[i : i + 6]) for i in range(0, len(tiles), 6)])
            cv2.imwrite(str(folder / f"{name.replace(' ', '-')}-{kind}.png"), sheet)


def _tile(row: Row, score: float) -> Picture:
    picture = served_picture(row.path, 180, 240).copy()
    cv2.putText(picture, f"{score:.3f}", (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 255, 255), 1)
    return picture


def publish(metrics: dict[str, Figures], models: Path) -> None:
    """Puts the figures into detector.json and between the marks of the model card."""
    facts = json.loads((models / "detector.json").read_text())
    facts["metrics"]["dev"] = metrics
    (models / "detector.json").write_text(json.dumps(facts, indent=1) + "\n")
    card = models / "README.md"
    before, _, rest = card.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    card.write_text(f"{before}{BEGIN}\n{table(metrics)}\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.evaluate", description="Measures the shipped detector on dev."
    )
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of detector.onnx and detector.json")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets; keep it out of the repository")
    parser.add_argument("--publish", action="store_true", help="write the figures to detector.json and README.md")
    arguments = parser.parse_args()
    rows = score_dev(arguments.models, arguments.data)
    threshold = json.loads((arguments.models / "detector.json").read_text())["operating_point"]["threshold"]
    metrics = measure(rows, threshold)
    print(table(metrics))
    if arguments.sheets:
        contact_sheets(rows, arguments.sheets)
    if arguments.publish:
        publish(metrics, arguments.models)


if __name__ == "__main__":
    main()
