"""Decisions over time on rendered prints and on real clips: `python -m models.train.overtime --help`.

Plays the films of filming.py to the monitor's own judge, once on raw scores and once on scores relative to the
camera's baseline, at several thresholds, and counts false pauses, failures caught, and seconds to the decision.

How a film becomes hours. A healthy print lasts 1 to 8 hours (log-uniform, by seed). At each second the picture is one
of those filmed at the two nearest places of the print, the nearer one more often, and it is held for HOLD_S: so a
score that is high at a place stays high for many minutes, and the nozzle's way around makes it change every few
seconds. A failure begins after at most an hour of that print, grows over 2 to 20 minutes (log-uniform), and then stays
for ten. It is visible from the step whose mask covers 0.4 % of the picture. A false pause is a decision in a healthy
print; as in the monitor the same alarm counts again only when the score has recovered in between.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng
from models.train.filming import PLACES, STEPS, Film, Network, films
from models.train.pictures import read
from monitor.baseline import Baseline, HealthySettings, logit
from monitor.judge import Judge, JudgeSettings, Phase
from monitor.records import Health, Observation

HOLD_S = 4
HOURS = (1.0, 8.0)
GROWTH_S = (120.0, 1200.0)
STAYS_S = 600
NOISY_COPIES = 8
HEALTHY_LABELS = ("ok", "empty-bed")
HISTORY_S = 3600
Scores = Iterable[float]  # one a second
MODELS = Path(__file__).resolve().parent.parent


class Camera:
    """A judge with or without a baseline, as pipeline/watch.py puts them together."""

    def __init__(self, threshold: float, healthy: HealthySettings | None, knows_job: bool = True) -> None:
        self._knows_job = knows_job
        self._judge = Judge(JudgeSettings(threshold, 3.0, 10.0, 60.0, 30.0), 0.0)
        self._baseline = Baseline(healthy, threshold) if healthy else None

    def decides(self, scores: Scores, from_s: int = 0) -> Iterator[int]:
        """The seconds at which a failure is decided."""
        phase = self._judge.judgement.phase
        for at, score in enumerate(scores, from_s):
            shown = self._baseline.relative(score, knows_job=self._knows_job) if self._baseline else score
            judgement = self._judge.observe(Observation("", at, Health.OK, shown))
            if self._baseline and judgement.phase is Phase.WATCHING and judgement.evidence_s == 0:
                self._baseline.learn(score, at)
            if judgement.phase is Phase.FAILING and phase is not Phase.FAILING:
                yield at
            phase = judgement.phase


def healthy_scores(film: Film) -> list[float]:
    """A whole healthy print, one score a second."""
    rng = np.random.default_rng(film.seed)
    seconds = round(3600 * log_uniform(rng, *HOURS))
    return held(rng, film.healthy, np.linspace(0, PLACES - 1, seconds))


def failing_scores(film: Film) -> tuple[list[float], list[float], int]:
    """What comes before the failure, the failure, and the second of it from which it is visible."""
    rng = np.random.default_rng(film.seed)
    seconds = round(3600 * log_uniform(rng, *HOURS))
    growth_s = round(log_uniform(rng, *GROWTH_S))
    before = np.linspace(0, film.starts_at, max(2, round(seconds * film.starts_at / PLACES)))[-HISTORY_S:]
    growing = np.minimum(np.arange(growth_s + STAYS_S) / growth_s, 1) * (STEPS - 1)
    visible_s = round((film.visible_from or 0) / (STEPS - 1) * growth_s)
    return held(rng, film.healthy, before), held(rng, film.failing, growing), visible_s


def held(rng: Rng, shots: list[list[float]], position: np.ndarray) -> list[float]:
    """Scores drawn at positions between rows of shots, each kept for HOLD_S seconds."""
    at = position[::HOLD_S]
    rows = np.minimum((at + rng.random(len(at))).astype(int), len(shots) - 1)
    table = np.array(shots)
    drawn = table[rows, rng.integers(table.shape[1], size=len(rows))]
    return [float(v) for v in np.repeat(drawn, HOLD_S)[: len(position)]]


def log_uniform(rng: Rng, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


@dataclass(frozen=True)
class Tally:
    """What one judge did at one threshold."""

    hours: float
    healthy: int  # prints
    paused: int  # of them, at least once
    pauses: int
    failing: int  # prints
    delays_s: list[float]  # of those that were caught, from visible to decided

    def line(self, name: str, threshold: float) -> str:
        """One row of the table."""
        median, slow = np.percentile(self.delays_s, [50, 90]) if self.delays_s else (np.nan, np.nan)
        cells = (
            name,
            f"{threshold:.3f}",
            f"{self.paused} of {self.healthy}",
            f"{self.pauses} ({1000 * self.pauses / self.hours:.1f})",
            f"{len(self.delays_s)} of {self.failing}",
            f"{median:.0f} s",
            f"{slow:.0f} s",
        )
        return f"| {' | '.join(cells)} |"


HEAD = """| judge | threshold | healthy prints paused | false pauses (per 1,000 h) | caught | median | p90 |
|---|---|---|---|---|---|---|"""


def tally(some: list[Film], threshold: float, healthy: HealthySettings | None, unseen: bool = False) -> Tally:
    """Plays healthy and failing prints of all films; ``unseen`` leaves out what came before the failure."""
    hours, pauses, delays, failing = 0.0, [], [], [f for f in some if f.visible_from is not None]
    for film in some:
        scores = healthy_scores(film)
        hours += len(scores) / 3600
        pauses.append(sum(1 for _ in Camera(threshold, healthy).decides(scores)))
    for film in failing:
        before, failure, visible_s = failing_scores(film)
        camera, seen_s = Camera(threshold, healthy), 0 if unseen else len(before)
        list(camera.decides(before[:seen_s]))
        decided = next(camera.decides(failure, seen_s), None)
        if decided is not None:
            delays.append(max(0.0, decided - seen_s - visible_s))
    return Tally(hours, len(some), sum(n > 0 for n in pauses), sum(pauses), len(failing), delays)


def measured(some: list[Film]) -> HealthySettings:
    """The prior's figures from healthy prints; what a camera may teach stays as it is written in the monitor."""
    prints = np.array([[[logit(score) for score in shots] for shots in film.healthy] for film in some])
    within, means = prints.reshape(len(prints), -1).var(1, ddof=1).mean(), prints.mean((1, 2))
    return replace(
        HealthySettings(),
        mean=round(float(means.mean()), 2),
        between_sd=round(float(means.std(ddof=1)), 2),
        within_sd=round(float(np.sqrt(within)), 2),
    )


def publish(healthy: HealthySettings, facts_path: Path) -> None:
    """Puts the model's part of the prior into detector.json, where the monitor reads it."""
    facts = json.loads(facts_path.read_text())
    prior = {name: getattr(healthy, name) for name in ("mean", "between_sd", "within_sd")}
    facts["operating_point"]["healthy"] = prior
    facts_path.write_text(json.dumps(facts, indent=1) + "\n")


# -- real pictures


def real_cameras(network: Network, data: Path) -> Iterator[tuple[str, bool, list[float]]]:
    """Each clip of ``train`` as a camera: its name, whether it fails, its frames' scores in turn."""
    with (data / "train" / "labels.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    for clip in sorted({row["clip"] for row in rows}):
        mine = [row for row in rows if row["clip"] == clip]
        labels = {row["label"] for row in mine}
        if labels <= {"spaghetti"} or labels <= set(HEALTHY_LABELS):
            fails, rng = labels == {"spaghetti"}, np.random.default_rng(len(mine))
            pictures = [read(data / row["file"]) for row in mine]
            shots = pictures if fails else [noisy(rng, p) for p in pictures for _ in range(NOISY_COPIES)]
            yield clip, fails, [network.score(p) for p in shots]


def noisy(rng: Rng, picture: Picture) -> Picture:
    """A still as a fixed camera would show it again: another exposure, sensor noise."""
    values = picture * rng.uniform(0.97, 1.03) + rng.normal(0, 3, picture.shape)
    return np.asarray(np.clip(values, 0, 255).astype(np.uint8))


def real_line(cameras: list[tuple[str, bool, list[float]]], threshold: float, healthy: HealthySettings | None) -> str:
    """How many failing clips are caught within a minute, and how many healthy ones paused within an hour."""
    found = {True: 0, False: 0}
    for _, fails, scores in cameras:
        rng, seconds = np.random.default_rng(1), 60 if fails else 3600
        played = held(rng, [scores], np.zeros(seconds))
        found[fails] += next(Camera(threshold, healthy).decides(played), None) is not None
    count = {fails: sum(f is fails for _, f, _ in cameras) for fails in (True, False)}
    return (
        f"{found[True]} of {count[True]} failing clips caught in 60 s, {found[False]} of {count[False]} healthy paused"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.overtime", description="Decisions over time.")
    parser.add_argument("--prints", type=int, default=84)
    parser.add_argument("--model", type=Path, default=MODELS / "detector.onnx")
    parser.add_argument("--cache", type=Path, default=Path("build/overtime"), help="scores are kept here")
    parser.add_argument("--pictures", type=Path, help="keep the pictures too: 2 MB a print; the next model is quicker")
    parser.add_argument("--half", choices=("tune", "report"), default="report", help="even seeds or odd seeds")
    parser.add_argument("--thresholds", type=float, nargs="*", help="default: around the shipped one")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--publish", action="store_true", help="write the prior into the model's detector.json")
    arguments = parser.parse_args()
    network = Network(arguments.model)
    everything = list(films(arguments.prints, network, arguments.cache, arguments.pictures))
    half = {name: [f for f in everything if f.seed % 2 == odd] for name, odd in (("tune", 0), ("report", 1))}
    prior = measured(half["tune"])
    print(f"Prior of the {len(half['tune'])} prints of the tuning half: {prior}")
    if arguments.publish:
        publish(prior, arguments.model.with_suffix(".json"))
    for name, some in (("after a healthy start", False), ("from the first second that the camera shows", True)):
        print(f"\nFailures {name}:\n\n{HEAD}")
        for judge, healthy in (("raw", None), ("baseline", prior)):
            for threshold in arguments.thresholds or (0.8, 0.9, network.threshold, 0.97, 0.985):
                print(tally(half[arguments.half], threshold, healthy, unseen=some).line(judge, threshold), flush=True)
    cameras = list(real_cameras(network, arguments.data))
    for judge, healthy in (("raw", None), ("baseline", prior)):
        print(
            f"\nReal clips of train at {network.threshold}, {judge}: {real_line(cameras, network.threshold, healthy)}"
        )


if __name__ == "__main__":
    main()
