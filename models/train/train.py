"""Trains the detector: `python -m models.train.train --help`. A stopped run continues from its last checkpoint.

The run is a function of config.toml, the shards and the seed, up to the order in which new shards appear.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import os
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault(
    "OMP_WAIT_POLICY", "PASSIVE"
)  # spinning threads make a shared machine 20 times slower; read at import

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name that everyone knows it by
from torch.utils.data import DataLoader
from tqdm import tqdm

from models.train import teacher
from models.train.config import DEFAULT, Config, Data, Training, load
from models.train.data import Batch, Batches
from models.train.model import Detector, normalised

logger = logging.getLogger(__name__)
CHECKPOINT = "last.pt"
ANY_FAILURE = 3.0  # weight of the map that matters most


def map_weights(maps: Tensor, of_classes: float) -> Tensor:
    """What each of the maps [N, 1 + C, h, w] weighs [1 + C]."""
    weight = torch.full((maps.shape[1],), of_classes, device=maps.device)
    weight[0] = ANY_FAILURE
    return weight


def cell_loss(maps: Tensor, cells: Tensor, of_classes: float = 1.0) -> Tensor:
    """Binary cross-entropy over cells [N, 1 + C, h, w]; positives and negatives weigh by themselves, -1 not at all.

    `of_classes`: how much the maps of single classes weigh, where the map of any failure weighs ANY_FAILURE.
    """
    target, known = (cells == 1).float(), (cells >= 0).float()
    loss = F.binary_cross_entropy_with_logits(maps, target, reduction="none") * known
    weight = map_weights(maps, of_classes)
    loss = loss * weight[None, :, None, None] * len(weight) / (ANY_FAILURE + len(weight) - 1)
    positive = (loss * target).sum() / target.sum().clamp(min=1)
    negative = (loss * (1 - target)).sum() / (known * (1 - target)).sum().clamp(min=1)
    return 0.5 * positive + 4.0 * negative


def known_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy where the target is 0 or 1; zero where nothing is known."""
    known = targets >= 0
    if not known.any():
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits[known], targets[known].float())


def rate_at(step: int, training: Training) -> float:
    """Linear warm-up, then a cosine down to almost zero, in each cycle (Loshchilov, Hutter, arXiv 1608.03983)."""
    first, last = training.cycle(step)
    rise = min(1.0, (step - first + 1) / training.warm_up)
    return training.rate(step) * rise * (0.5 + 0.5 * math.cos(math.pi * (step - first) / (last - first))) + 1e-5


class Trainer:
    """The network, its running average (what is shipped), the optimiser, and how far they are."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.config, self.folder = config, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(config.training.seed)
        self.network = Detector(config.network.channels).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
        self.average = copy.deepcopy(self.network).eval()
        decay = config.training.weight_decay
        self.optimiser = torch.optim.AdamW(self.network.parameters(), config.training.rates[0], weight_decay=decay)
        self.teacher: Detector | None = None
        self.step = 0
        self.running = dict.fromkeys(("cells", "failure", "classes", "teacher", "accuracy"), 0.0)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / CHECKPOINT).exists():
            self._restore()

    def learn(self, batch: Batch) -> None:
        """One step of gradient descent on one batch."""
        pictures, cells, failure, classes, larger = (part.to(self.device, non_blocking=True) for part in batch)
        training = self.config.training
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.step, training)
        x = normalised(pictures).contiguous(memory_format=torch.channels_last)  # [N, 3, H, W]
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.network(x)
        failure_logit, class_logits, maps = logits = tuple(part.float() for part in logits)
        losses = {
            "cells": cell_loss(maps, cells, training.losses.class_cells),
            "failure": known_loss(failure_logit, failure),
            "classes": known_loss(class_logits, classes),
        }
        weights = training.losses
        loss = weights.of(losses)
        if len(larger):
            losses["teacher"] = weights.of(self._taught(logits, larger))
            loss = loss + weights.teacher * losses["teacher"]
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), training.clip)
        self.optimiser.step()
        self.step += 1
        self._average()
        known = failure >= 0
        losses["accuracy"] = ((failure_logit[known] > 0) == (failure[known] > 0)).float().mean()
        for name, value in losses.items():
            self.running[name] += (float(value.detach()) - self.running[name]) * max(0.02, 1 / self.step)

    def _taught(self, logits: teacher.Logits, larger: Tensor) -> dict[str, Tensor]:
        """The losses of a batch against the teacher: what the average was when its stage began."""
        if self.teacher is None:
            self.teacher = copy.deepcopy(self.average)
        weights = map_weights(logits[2], self.config.training.losses.class_cells)
        told = teacher.opinion(self.teacher, larger, (logits[2].shape[2], logits[2].shape[3]))
        return teacher.losses(logits, told, weights / weights.sum())

    def _average(self) -> None:
        """Moves the average towards the network; slowly once the network has found its way."""
        decay = min(self.config.training.ema, self.step / (self.step + 20))
        for kept, new in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
            if kept.dtype.is_floating_point:
                kept.lerp_(new.detach(), 1 - decay)
            else:
                kept.copy_(new)

    def save(self) -> None:
        """Writes the checkpoint in one move, so that a kill never leaves half a file."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "running": self.running,
            "channels": self.config.network.channels,
            "teacher": self.teacher and self.teacher.state_dict(),
        }
        part = self.folder / "last.part"
        torch.save(state, part)
        part.rename(self.folder / CHECKPOINT)
        line = {"step": self.step, "samples": self.step * self.config.training.batch, **self.running}
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def _restore(self) -> None:
        state = torch.load(self.folder / CHECKPOINT, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        if state.get("teacher"):
            self.teacher = copy.deepcopy(self.average)
            self.teacher.load_state_dict(state["teacher"])
        self.step, self.running = state["step"], self.running | state["running"]
        logger.info("continuing at step %d", self.step)


def train(config: Config, folder: Path) -> None:
    """Trains to the last step of the config, saving on the way."""
    training = config.training
    _require_data(config.data)
    torch.set_num_threads(training.threads)
    trainer = Trainer(config, folder)
    (folder / "config.json").write_text(json.dumps(asdict(config), default=str, indent=1))
    loader = DataLoader(Batches(config, trainer.step), batch_size=None, num_workers=training.workers, prefetch_factor=4)
    with tqdm(total=training.steps * training.batch, initial=trainer.step * training.batch, unit="img") as bar:
        for batch in loader:
            trainer.learn(batch)
            bar.update(training.batch)
            if trainer.step % training.checkpoint_every == 0:
                trainer.save()
                bar.set_postfix({name: f"{value:.3f}" for name, value in trainer.running.items()})
    trainer.save()


def _require_data(data: Data) -> None:
    """Raises FileNotFoundError, with the remedy, when there is nothing to train on."""
    if not any(data.scenes.glob("shard-*.zip")):
        raise FileNotFoundError(f"{data.scenes}: no shards; render some with `make scenes`")
    if not (data.real / "train" / "labels.csv").is_file():
        raise FileNotFoundError(
            f"{data.real}: no train/labels.csv; point [data] real in config.toml at the real images"
        )


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m models.train.train", description="Trains the detector.")
    parser.add_argument("--config", type=Path, default=DEFAULT)
    parser.add_argument("--folder", type=Path, default=Path("build/training"), help="checkpoints and log")
    arguments = parser.parse_args()
    train(load(arguments.config), arguments.folder)


if __name__ == "__main__":
    main()
