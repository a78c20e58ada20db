"""config.toml as typed facts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True)
class Data:
    scenes: Path
    real: Path
    held_out_scenes: Path
    held_out_pairs: float
    film_share: float
    held_out_clips: float
    real_share: float
    boxed: bool = True


@dataclass(frozen=True)
class Network:
    height: int
    width: int
    channels: tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """Train at this input size until this step."""

    until: int
    height: int
    width: int
    least_visible: float


@dataclass(frozen=True)
class Losses:
    """How much each part of the loss weighs."""

    cells: float = 1.0
    class_cells: float = 1.0
    failure: float = 1.0
    classes: float = 0.3


@dataclass(frozen=True)
class Training:
    seed: int
    batch: int
    cycles: tuple[int, ...]
    rate: float
    weight_decay: float
    warm_up: int
    ema: float
    clip: float
    workers: int
    threads: int
    checkpoint_every: int
    stages: tuple[Stage, ...]
    losses: Losses = Losses()
    augment: bool = True
    paired: bool = True

    @property
    def steps(self) -> int:
        """All of them."""
        return self.cycles[-1]

    def stage(self, step: int) -> Stage:
        """The stage that a step belongs to."""
        return next((s for s in self.stages if step < s.until), self.stages[-1])

    def cycle(self, step: int) -> tuple[int, int]:
        """First and last step of the learning rate's cycle that a step belongs to."""
        ends = (0, *self.cycles)
        return next((pair for pair in pairwise(ends) if step < pair[1]), (ends[-2], ends[-1]))


@dataclass(frozen=True)
class Memory:
    """The head that compares a picture with its camera's past; models/train/memory."""

    seed: int
    features: int
    width: int
    versions: int
    steps: int
    cameras: int
    comparisons: int
    rate: float
    weight_decay: float
    clip: float
    least_gain: float
    shift: float
    threads: int


@dataclass(frozen=True)
class Config:
    data: Data
    network: Network
    training: Training
    memory: Memory


def load(path: Path = DEFAULT) -> Config:
    """Reads a config file. Raises TypeError for a key that is unknown or missing."""
    raw = tomllib.loads(path.read_text())
    data, network, training = raw["data"], raw["network"], raw["training"]
    paths = {name: Path(data[name]) for name in ("scenes", "held_out_scenes", "real")}
    stages = tuple(Stage(**stage) for stage in training.pop("stages"))
    training["cycles"] = tuple(training["cycles"])
    losses = Losses(**training.pop("losses", {}))
    return Config(
        data=Data(**{**data, **paths}),
        network=Network(network["height"], network["width"], tuple(network["channels"])),
        training=Training(**training, stages=stages, losses=losses),
        memory=Memory(**raw["memory"]),
    )
