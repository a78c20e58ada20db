"""Decisions over time on rendered prints: `python -m models.train.overtime --help`.

Plays the prints of filming.py (how pictures become hours: timeline.py) to the monitor's own watch, at several
thresholds, with and without the camera's baseline and the network's memory, and counts false pauses, failures caught,
and seconds to the decision. The scores that come from a memory were played at the shipped threshold once; other
thresholds judge the same scores.

A false pause is an incident in a healthy print; as in the monitor the same alarm counts again only when the score has
recovered in between. Even seeds are for choosing, odd ones for reporting. The same prints turn the scores of the
shipped way into probabilities (calibrating.py) and say how far these hold (reliability.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import inf
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from models.train.card import markdown, read_facts, write_between, write_facts
from models.train.config import load
from models.train.network import Network
from models.train.overtime_figure import draw
from models.train.real_overtime import real_clips, real_line
from models.train.reliability import Reliability, measure
from models.train.reliability import text as reliability_text
from models.train.replaying import Played, played
from models.train.tally import HEAD, Judging, Tally, measured, row, tally
from models.train.timeline import HOLD_S, healthy_print
from models.train.whole import Whole, wholes
from monitor.baseline import HealthySettings, logit, probability

MODELS = Path(__file__).resolve().parent.parent
STEPS = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)  # of the threshold, in log-odds
HALVES = {"tune": 0, "report": 1}  # what the seed leaves, divided by two
FIGURE = "over-time.svg"
PRIOR = ("mean", "between_sd", "within_sd")


@dataclass(frozen=True)
class Judge:
    """A way to judge, whatever the threshold."""

    name: str
    part: str
    prior: HealthySettings | None

    def at(self, threshold: float) -> Judging:
        return Judging(self.part, threshold, self.prior)


def judges(tuning: list[Played], has_memory: bool) -> list[Judge]:
    """What is compared, the shipped one last."""
    found = [
        Judge("picture alone", "alone", None),
        Judge("with baseline", "alone", measured(tuning, "alone")),
    ]
    if has_memory:
        prior = measured(tuning, "remembering")
        found += [
            Judge("with memory and baseline", "remembering", prior),
            Judge("with memory", "remembering", replace(prior, between_sd=0.0)),  # no bar of a camera's own
        ]
    return found


def play_all(model: Path, prints: list[Path], cache: Path, processes: int) -> list[Played]:
    """The scores of all prints, in order; what is in the cache is not played again."""
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_load, initargs=(model,)) as pool:
        return list(tqdm(pool.map(partial(_play, cache=cache), prints), total=len(prints), unit="print"))


_network: Network | None = None


def _load(model: Path) -> None:
    global _network  # noqa: PLW0603 - a process of the pool has no other place
    cv2.setNumThreads(1)
    _network = Network(model)


def _play(path: Path, cache: Path) -> Played:
    assert _network is not None
    return played(path, _network, cache)


def tallies(prints: list[Played], judgings: list[Judging], processes: int) -> list[Tally]:
    """One for each way of judging."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return list(tqdm(pool.map(partial(tally, prints), judgings), total=len(judgings), unit="judging"))


def curve(threshold: float) -> list[float]:
    """Thresholds around the shipped one."""
    return [round(probability(logit(threshold) + step), 4) for step in STEPS]


def points(found: list[Tally], thresholds: list[float]) -> list[dict[str, object]]:
    """The curve over sensitivity, as numbers for JSON; null stands for never."""
    return [
        {
            "threshold": threshold,
            "hours": round(some.hours, 1),
            "false_pauses": some.pauses,
            "caught": sum(delay < inf for delay in some.all_s),
            "failing": len(some.all_s),
            "median_s": _finite(np.percentile(some.all_s, 50, method="lower")) if some.all_s else None,
        }
        for threshold, some in zip(thresholds, found, strict=True)
    ]


def why(found: Tally, prints: list[Whole]) -> Iterator[str]:
    """Which picture was shown as a false pause was decided, and what was going on."""
    by_seed = {some.seed: some for some in prints}
    for seed, at in found.pauses_at:
        part, number, shot = healthy_print(by_seed[seed])[at // HOLD_S].shown.split("/")
        event = by_seed[seed].events[int(number)].kind if part == "event" else "nothing special"
        yield f"false pause of print {seed} at {at} s, {event}: {part}/{number}/{shot}.jpg"


def _finite(value: float) -> float | None:
    return round(float(value), 1) if value < inf else None


def publish(
    model: Path, healthy: HealthySettings, found: Reliability, summary: dict[str, object], text: str, figure: Path
) -> None:
    """Puts the model's part of the prior and its calibration into its description, where the monitor reads them, and
    the figures there and into the model card.
    """
    facts_path, models = model.with_suffix(".json"), model.parent
    facts = read_facts(facts_path)
    facts["operating_point"]["healthy"] = {name: value for name, value in asdict(healthy).items() if name in PRIOR}
    facts["operating_point"]["calibration"] = asdict(found.calibration)
    facts["over_time"] = summary
    write_facts(facts_path, facts)
    picture = f"![Failures caught and false pauses at other thresholds](figures/{figure.name})"
    write_between(models / "README.md", "over time", f"{text}\n\n{picture}")
    write_between(models / "README.md", "probability", reliability_text(found))
    shutil.copy(figure, models / "figures" / figure.name)


def main() -> None:
    arguments = _arguments()
    network = Network(arguments.model)
    prints = wholes(arguments.folder)
    if not prints:
        raise SystemExit(f"{arguments.folder}: no prints; film some with `python -m models.train.filming`")
    everything = play_all(arguments.model, list(prints), arguments.cache, arguments.processes)
    half = {name: [p for p in everything if p.seed % 2 == odd] for name, odd in HALVES.items()}
    compared = judges(half["tune"], network.has_memory)
    shipped, thresholds = compared[-1], arguments.thresholds or curve(network.info.threshold)
    rows = [(judge, network.info.threshold) for judge in compared]
    rows += [(judge, t) for judge in dict.fromkeys((compared[0], shipped)) for t in thresholds]
    found = tallies(half[arguments.half], [judge.at(t) for judge, t in rows], arguments.processes)
    cells = [row(judge.name, judge.at(t), some) for (judge, t), some in zip(rows, found, strict=True)]
    text = markdown(HEAD, cells[: len(compared)])
    print(f"\nPrior of the {len(half['tune'])} prints for choosing: {shipped.prior}\n")
    print(f"{text}\n\n{markdown(HEAD, cells[len(compared) :])}\n")
    for line in why(found[len(compared) - 1], list(prints.values())):
        print(line)
    try:
        reliability = measure(half["tune"], half[arguments.half], shipped.at(network.info.threshold))
    except ValueError as exc:
        raise SystemExit(f"{arguments.folder}: {exc}") from exc
    print(f"\nAs probabilities:\n\n{reliability_text(reliability)}\n")
    if arguments.data:
        clips = list(tqdm(real_clips(network, arguments.data, load().data.held_out_clips), unit="clip"))
        for judge in compared:
            print(f"Real clips, {judge.name}: {real_line(clips, judge.at(network.info.threshold))}")
    curves = {
        compared[0].name: points(found[len(compared) : len(compared) + len(thresholds)], thresholds),
        shipped.name: points(found[-len(thresholds) :], thresholds),
    }
    summary: dict[str, object] = {
        "half": arguments.half,
        "model_sha256": network.info.sha256,
        "curves": curves,
        "reliability": reliability.facts,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "over-time.json").write_text(json.dumps(summary, indent=1))
    draw(curves, network.info.threshold, arguments.out / FIGURE)
    if arguments.publish and shipped.prior:
        publish(arguments.model, shipped.prior, reliability, summary, text, arguments.out / FIGURE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.train.overtime", description="Decisions over time.")
    parser.add_argument("--folder", type=Path, default=Path("build/overtime/prints"), help="prints of filming.py")
    parser.add_argument("--model", type=Path, default=MODELS / "detector.onnx")
    parser.add_argument("--cache", type=Path, default=Path("build/overtime/scores"), help="kept by model and threshold")
    parser.add_argument("--out", type=Path, default=Path("build/overtime"), help="for the curve, as JSON and SVG")
    parser.add_argument("--half", choices=tuple(HALVES), default="report")
    parser.add_argument("--thresholds", type=float, nargs="*", help="default: around the shipped one")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--data", type=Path, help="real pictures: play the clips of their train/labels.csv, too")
    parser.add_argument("--publish", action="store_true", help="write the prior and figures beside the model")
    return parser.parse_args()


if __name__ == "__main__":
    main()
