"""What the memory gave, on cameras that were held out: every picture with its memory and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.train.arrays import Floats
from models.train.classes import CLASSES
from models.train.films import AFTER, BEFORE, DISTURBED, FAILING, ROLES
from models.train.memory.head import Remembering, remembered
from models.train.memory.kept import Features
from models.train.memory.running import weights
from models.train.model import judgement
from models.train.statistics import Scored, auc, rate_at

RATES = (0.005, 0.01)
GROWTHS = ((0.002, 0.01), (0.01, 0.04), (0.04, 1.0))  # share of the picture that the failure covers


@dataclass(frozen=True)
class Compared:
    """n pictures: the logit of failure without memory and with it, and the row of Features that each one is."""

    alone: Floats  # [n]
    remembering: Floats  # [n]
    rows: NDArray[np.intp]  # [n]


def compared(network: Remembering, features: Features, least_gain: float) -> Compared:
    """Every picture; its memory is of all its camera's pictures from before, less itself."""
    before = features.role == ROLES.index(BEFORE)
    parts: list[tuple[Floats, Floats, NDArray[np.intp]]] = []
    for camera in np.unique(features.camera):
        rows = np.flatnonzero(features.camera == camera)
        if before[rows].sum() > 1:
            with torch.inference_mode():
                logits = _judged(network, features.seen[rows], before[rows], least_gain)
            parts.append((*logits, rows))
    alone, remembering, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Compared(alone, remembering, rows)


def _judged(
    network: Remembering, pictures: NDArray[np.float16], before: NDArray[np.bool_], least_gain: float
) -> tuple[Floats, Floats]:
    """Logits of a camera's pictures, without memory and with that of its pictures ``before``."""
    seen = torch.from_numpy(pictures.astype(np.float32))
    features, count = network.head.project(seen), len(before)
    shares = np.zeros((count, count), np.float32)
    for row in range(count):
        others = np.flatnonzero(before & (np.arange(count) != row))
        shares[row, others] = weights(len(others), least_gain)
    memory = remembered(features, torch.from_numpy(shares))
    alone = judgement(*network.detector.judged(seen))[0]
    with_memory = network(seen, features, memory, torch.ones(count))[0]
    return alone.numpy(), with_memory.numpy()


def table(some: Compared, features: Features) -> Iterator[str]:
    """Rows of Markdown: a kind of failure or of healthy pictures a row, without and with memory."""
    yield "| failures | against | n | AUC | " + " | ".join(f"TPR at {rate:.1%} FPR" for rate in RATES) + " |"
    yield "|---|---|---|---|" + "---|" * len(RATES)
    role, kind = features.role[some.rows], features.kind[some.rows]
    visible, real = features.visible[some.rows], features.real[some.rows]
    rendered_failing = (role == ROLES.index(FAILING)) & ~real & (features.failure[some.rows] == 1)
    healthy = np.isin(role, [ROLES.index(name) for name in (BEFORE, AFTER, DISTURBED)]) & ~real
    failing = {"all": rendered_failing}
    failing |= {name: rendered_failing & (kind == CLASSES.index(name)) for name in ("spaghetti", "detached", "blob")}
    failing |= {
        f"{low:.1%} to {high:.0%} of the picture": rendered_failing & (visible >= low) & (visible < high)
        for low, high in GROWTHS
    }
    against = {"all healthy": healthy}
    against |= {name: healthy & (role == ROLES.index(name)) for name in (BEFORE, AFTER, DISTURBED)}
    pairs = [(name, "all healthy") for name in failing] + [("all", name) for name in (BEFORE, AFTER, DISTURBED)]
    for bad, good in pairs:
        yield _line(some, bad, good, failing[bad], against[good])


def _line(some: Compared, bad: str, good: str, failing: NDArray[np.bool_], healthy: NDArray[np.bool_]) -> str:
    both = failing | healthy
    names = some.rows[both].astype(str)
    pairs = [Scored(scores[both], failing[both], names) for scores in (some.alone, some.remembering)]
    rates = [[rate_at(data, rate) for data in pairs] for rate in RATES]
    cells = [f"{alone:.3f} -> {remembering:.3f}" for alone, remembering in ([auc(data) for data in pairs], *rates)]
    return f"| {bad} | {good} | {failing.sum()} / {healthy.sum()} | {' | '.join(cells)} |"
