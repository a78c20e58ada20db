"""What a change does to decisions over time: `python -m models.train.overtime_pair --help`.

Two files play the same rendered prints, each at its own threshold, with the memory. What differs between them comes
with its 95 % interval from a bootstrap over prints (paired.py says why). Both halves of the prints are shown apart:
even seeds are for choosing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from math import inf
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from models.train.card import markdown
from models.train.network import Network
from models.train.overtime import HALVES, MODELS, play_all
from models.train.paired import Estimate
from models.train.replaying import Played
from models.train.tally import AIM_S, Judging, measured, tally
from models.train.whole import wholes

DRAWS = 4000


@dataclass(frozen=True)
class Counts:
    """What became of one print, or of many: healthy, and with its failure."""

    false_pauses: int
    prints_paused: int  # healthy ones, at least once
    caught: int
    within_60_s: int


NAMES = [field.name for field in fields(Counts)]


def counts(judging: Judging, print_: Played) -> Counts:
    """Of one print."""
    found = tally([print_], judging)
    delays = found.all_s
    return Counts(found.pauses, found.paused, sum(d < inf for d in delays), sum(d <= AIM_S for d in delays))


def judged(prints: list[Played], threshold: float, processes: int) -> list[Counts]:
    """Of each print, by the shipped judge: with the memory, without a bar of a camera's own."""
    tuning = [some for some in prints if some.seed % 2 == HALVES["tune"]]
    prior = replace(measured(tuning, "remembering"), between_sd=0.0)
    judging = Judging("remembering", threshold, prior)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return list(pool.map(partial(counts, judging), prints))


def differences(before: Sequence[Counts], after: Sequence[Counts], seed: int = 0) -> dict[str, Estimate]:
    """Sums after less sums before, of the same prints in the same order."""
    each = _table(after) - _table(before)
    rng = np.random.default_rng(seed)
    drawn = np.array([each[rng.integers(len(each), size=len(each))].sum(0) for _ in range(DRAWS)])
    columns = np.array([each.sum(0), *np.percentile(drawn, [2.5, 97.5], axis=0)])
    return {name: Estimate(*map(float, columns[:, i])) for i, name in enumerate(NAMES)}


def rows(name: str, before: Sequence[Counts], after: Sequence[Counts]) -> list[list[str]]:
    """Of Markdown: both files, and the difference; what can be told from none is bold."""
    sums = [[str(value) for value in _table(side).sum(0)] for side in (before, after)]
    told = [_told(estimate) for estimate in differences(before, after).values()]
    return [[f"{name}, before", *sums[0]], [f"{name}, after", *sums[1]], [f"{name}, difference", *told]]


def _told(estimate: Estimate) -> str:
    text = f"{estimate.value:+.0f} ({estimate.low:+.0f} to {estimate.high:+.0f})"
    return text if estimate.holds(0) else f"**{text}**"


def _table(side: Sequence[Counts]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.array([[getattr(some, name) for name in NAMES] for some in side], np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.overtime_pair", description="Decisions over time of two files, paired."
    )
    parser.add_argument("--before", type=Path, default=MODELS / "detector-int8.onnx")
    parser.add_argument("--after", type=Path, required=True, help="another file, its description beside it")
    parser.add_argument("--folder", type=Path, default=Path("build/overtime/prints"), help="prints of filming.py")
    parser.add_argument("--cache", type=Path, default=Path("build/overtime/scores"), help="kept by model and threshold")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    prints = list(wholes(arguments.folder))
    sides = []
    for model in (arguments.before, arguments.after):
        played = play_all(model, prints, arguments.cache, arguments.processes)
        sides.append(judged(played, Network(model).info.threshold, arguments.processes))
    odd = np.array([some.seed % 2 for some in played])
    table = []
    for name, wanted in (*((half, odd == left) for half, left in HALVES.items()), ("both", odd >= 0)):
        chosen = [[some for some, take in zip(side, wanted, strict=True) if take] for side in sides]
        table += rows(f"{name}, {wanted.sum()} prints", *chosen)
    print(f"\n{markdown(['', *(name.replace('_', ' ') for name in NAMES)], table)}\n")


if __name__ == "__main__":
    main()
