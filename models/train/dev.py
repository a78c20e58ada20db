"""The real pictures of `dev`, scored, compared and measured; see evaluate.py."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.train.arrays import Picture
from models.train.classes import CLASSES
from models.train.single import SinglePictures, Verdict
from models.train.standing import standing
from models.train.statistics import Scored, auc, calibration, with_intervals
from monitor.decode import decode

Figures = dict[str, Any]  # name -> count, or [value, low, high]
See = Callable[[bytes, int, int], Picture]  # a JPEG, height and width -> the detector's input [height, width, 3] BGR
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


def served_picture(jpeg: bytes, height: int, width: int) -> Picture:
    """The picture as the monitor inspects it. [height, width, 3] BGR."""
    return decode(jpeg, (height, width)).input


def dev_entries(data: Path, views: Sequence[str] = tuple(VIEWS.values())) -> list[dict[str, str]]:
    """The lines of dev/labels.csv that are of these views."""
    with (data / "dev" / "labels.csv").open() as lines:
        return [entry for entry in csv.DictReader(lines) if entry["view"] in views]


def score_dev(
    model: SinglePictures, data: Path, entries: Iterable[dict[str, str]], see: See = served_picture
) -> list[Row]:
    """Runs a file over pictures of dev, seen in a way of its own if there is one."""
    rows = []
    for entry in entries:
        path = data / entry["file"]
        verdict = model.run(see(path.read_bytes(), model.height, model.width))
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
