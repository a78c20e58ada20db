"""The shipped file on held-out pictures of the sources that it was trained on: rendered scenes and real clips.

The threshold is chosen here. Nothing here looks at `dev`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats, Picture
from models.train.augment import plain
from models.train.classes import CLASSES, FAILURES
from models.train.config import Config, Data
from models.train.pictures import read
from models.train.real import HEALTHY_LABELS, REAL_CLASSES, real_frames
from models.train.rendered import Scenes
from models.train.single import SinglePictures
from models.train.statistics import Scored, auc

MAX_FALSE_POSITIVES = 0.005  # of held-out healthy pictures, at the operating point
LEAST_VISIBLE = 0.005  # failures that cover less of the picture are not counted: a person could not see them either


@dataclass(frozen=True)
class HeldOut:
    """n held-out pictures: what the file says and what is true."""

    failure: Floats  # [n]
    classes: Floats  # [n, C]
    cell: Floats  # the strongest cell of any class that is acted on, [n]
    kind: NDArray[np.str_]  # class, or "" for a healthy picture, [n]
    real: NDArray[np.bool_]  # [n]
    scene: NDArray[np.str_]  # the pair or the clip that it comes from, [n]

    @property
    def failing(self) -> NDArray[np.bool_]:
        return np.isin(self.kind, FAILURES)

    @property
    def healthy(self) -> NDArray[np.bool_]:
        return self.kind == ""

    def rates(self, threshold: float, real: bool) -> tuple[float, float]:
        """True- and false-positive rate on real or on rendered pictures."""
        hit, mine = self.failure >= threshold, self.real == real
        return float(hit[mine & self.failing].mean()), float(hit[mine & self.healthy].mean())


def score_held_out(config: Config, path: Path) -> HeldOut:
    """Runs the exported file over everything that was held out."""
    network = SinglePictures(path, config.network.height, config.network.width)
    stretch = plain(network.height, network.width)
    acted_on = [CLASSES.index(name) for name in FAILURES]
    rows: list[tuple[float, Floats, float, str, bool, str]] = []

    def score(picture: Picture, kind: str, real: bool, scene: str) -> None:
        verdict = network.run(stretch.picture(picture))
        rows.append((verdict.failure, verdict.classes, verdict.maps[acted_on].max(), kind, real, scene))

    for scenes, shard, index, visible in _held_out_pairs(config.data):
        healthy, broken, labels = scenes.read(shard, index)
        scene = f"{shard.stem} {index}"
        score(healthy, "", False, scene)
        if visible >= LEAST_VISIBLE:
            values, counts = np.unique(labels[labels > 0], return_counts=True)
            score(broken, CLASSES[int(values[counts.argmax()]) - 1], False, scene)
    for frame in real_frames(config.data.real, config.data.held_out_clips, held_out=True):
        if frame.label in HEALTHY_LABELS or frame.label in REAL_CLASSES:
            score(read(frame.path), REAL_CLASSES.get(frame.label, ""), True, frame.clip)
    return HeldOut(*(np.array(column) for column in zip(*rows, strict=True)))


def _held_out_pairs(data: Data) -> Iterator[tuple[Scenes, Path, int, float]]:
    """The held-out part of every training shard, and all of the shards that were rendered for this alone."""
    for folder, share in ((data.scenes, data.held_out_pairs), (data.held_out_scenes, 1.0)):
        scenes = Scenes(folder, share, held_out=True)
        for shard, index, visible in scenes.entries:
            yield scenes, shard, index, visible


def operating_point(held: HeldOut) -> dict[str, Any]:
    """The thresholds that MAX_FALSE_POSITIVES of the rendered healthy pictures exceed, and the rates there."""
    healthy = held.healthy & ~held.real
    threshold = float(np.quantile(held.failure[healthy], 1 - MAX_FALSE_POSITIVES))
    scenes, clips = held.rates(threshold, real=False), held.rates(threshold, real=True)
    return {
        "threshold": round(threshold, 4),
        "box_threshold": round(float(np.quantile(held.cell[healthy], 1 - MAX_FALSE_POSITIVES)), 4),
        "chosen_on": f"{healthy.sum()} held-out rendered healthy pictures, {MAX_FALSE_POSITIVES:.1%} above",
        "true_positive_rate": round(scenes[0], 4),
        "false_positive_rate": round(scenes[1], 4),
        "held_out_clips_true_positive_rate": round(clips[0], 4),
        "held_out_clips_false_positive_rate": round(clips[1], 4),
    }


def rendered_figures(held: HeldOut) -> dict[str, Any]:
    """AUC of each class on rendered pictures: its output, its failing twins against all healthy ones."""
    figures: dict[str, Any] = {}
    for i, name in enumerate(CLASSES):
        rows = ~held.real & (held.healthy | (held.kind == name))
        data = Scored(held.classes[rows, i], held.kind[rows] == name, held.kind[rows])
        figures[name] = {"failing": int(data.failing.sum()), "auc": round(auc(data), 3)}
    rows = ~held.real & (held.healthy | held.failing)
    whole = Scored(held.failure[rows], held.failing[rows], held.kind[rows])
    figures["failure"] = {
        "failing": int(whole.failing.sum()),
        "healthy": int((~whole.failing).sum()),
        "auc": round(auc(whole), 3),
    }
    return figures
