"""Fits the memory head on a trained network's frozen features: `python -m models.train.memory.fit --help`.

Minutes on a few cores: the features are computed once, the head is small. The result is head.pt, which export.py puts
beside the network that it was fitted to.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in train.py

import numpy as np
import torch
from tqdm import tqdm

from models.train.config import DEFAULT, Config, Memory, load
from models.train.export import load_average
from models.train.memory.draws import Draws
from models.train.memory.features import features_of
from models.train.memory.figures import compared, table
from models.train.memory.head import MemoryHead, Remembering, remembered
from models.train.memory.kept import Features
from models.train.model import Detector, judgement
from models.train.train import cell_loss, known_loss

logger = logging.getLogger(__name__)


class Fit:
    """The head, its optimiser, and the frozen network."""

    def __init__(self, detector: Detector, memory: Memory, features: Features) -> None:
        torch.manual_seed(memory.seed)
        self._memory, self._features = memory, features
        self.head = MemoryHead(features.seen.shape[1], memory.features, memory.width)
        self.network = Remembering(detector.eval().requires_grad_(requires_grad=False), self.head)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
        self._optimiser = torch.optim.AdamW(self.head.parameters(), memory.rate, weight_decay=memory.weight_decay)
        self._draws = Draws(features, memory.least_gain)

    def run(self) -> MemoryHead:
        """All steps."""
        memory, running = self._memory, dict.fromkeys(("cells", "failure", "classes", "alone"), 0.0)
        with tqdm(total=memory.steps, unit="step") as bar:
            for step in range(memory.steps):
                for group in self._optimiser.param_groups:
                    group["lr"] = memory.rate * rate_at(step, memory.steps)
                for name, value in self._step(np.random.default_rng((memory.seed, step))).items():
                    running[name] += (value - running[name]) * max(0.01, 1 / (step + 1))
                bar.update()
                bar.set_postfix({name: f"{value:.3f}" for name, value in running.items()}, refresh=False)
        logger.info("fitted: %s", running)
        return self.head.eval()

    def _step(self, rng: np.random.Generator) -> dict[str, float]:
        """One step of gradient descent; returns its losses, and the failure's without the memory."""
        memory, facts = self._memory, self._features
        rows, some = self._draws.batch(rng, memory.cameras, memory.comparisons)
        seen = torch.from_numpy(facts.seen[rows].astype(np.float32)).contiguous(memory_format=torch.channels_last)
        features = self.head.project(seen)
        judge, present = rows[some.present], torch.from_numpy(some.present)
        cells, failure, classes = (
            torch.from_numpy(part[judge]) for part in (facts.cells, facts.failure, facts.classes)
        )
        memory_of_each, known = remembered(features, torch.from_numpy(some.shares)), torch.from_numpy(some.known)
        logits = self.network(seen[present], features[present], memory_of_each, known)
        losses = {
            "cells": cell_loss(logits[2], cells),
            "failure": known_loss(logits[0], failure),
            "classes": known_loss(logits[1], classes),
        }
        loss = losses["cells"] + losses["failure"] + 0.3 * losses["classes"]
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.head.parameters(), memory.clip)
        self._optimiser.step()
        with torch.no_grad():
            losses["alone"] = known_loss(judgement(*self.network.detector.judged(seen[present]))[0], failure)
        return {name: float(value.detach()) for name, value in losses.items()}


def rate_at(step: int, steps: int) -> float:
    """A share of the highest rate: linear warm-up over the first twentieth, then a cosine down to almost zero."""
    rise = min(1.0, (step + 1) / max(1, steps // 20))
    return rise * (0.505 + 0.495 * math.cos(math.pi * step / steps))


def fit(config: Config, checkpoint: Path, folder: Path) -> None:
    """Features, fit, figures; all of it below ``folder``."""
    memory = config.memory
    trained = load_average(checkpoint)
    learned, held_out = (features_of(config, trained.detector, folder, held_out=side) for side in (False, True))
    torch.set_num_threads(memory.threads)
    fitting = Fit(trained.detector, memory, learned)
    head = fitting.run()
    figures = "\n".join(table(compared(fitting.network, held_out, memory.least_gain), held_out))
    print(figures)
    (folder / "figures.md").write_text(figures + "\n")
    facts = {
        **asdict(memory),
        "rendered_cameras": len(np.unique(learned.camera[~learned.real])),
        "real_cameras": len(np.unique(learned.camera[learned.real])),
        "pictures": len(learned.role),
    }
    torch.save(
        {"head": head.state_dict(), "network": trained.detector.fingerprint(), "facts": facts}, folder / "head.pt"
    )


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m models.train.memory.fit", description="Fits the memory head.")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/training/last.pt"))
    parser.add_argument("--folder", type=Path, default=Path("build/memory"), help="features, figures and head.pt")
    arguments = parser.parse_args()
    fit(load(arguments.config), arguments.checkpoint, arguments.folder)


if __name__ == "__main__":
    main()
