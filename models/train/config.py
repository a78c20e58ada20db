"""config.toml as typed facts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.train.augment import ZOOM

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
    zoom: tuple[float, float] = ZOOM
    teacher: tuple[int, int] | None = None  # height and width of what the teacher sees; none: there is no teacher


@dataclass(frozen=True)
class Losses:
    """How much each part of the loss weighs."""

    cells: float = 1.0
    class_cells: float = 1.0
    failure: float = 1.0
    classes: float = 0.3
    teacher: float = 1.0  # of all three again, against the teacher

    def of(self, losses: Mapping[str, Any]) -> Any:
        """The weighted sum of the three parts: of numbers, or of tensors."""
        return self.cells * losses["cells"] + self.failure * losses["failure"] + self.classes * losses["classes"]


@dataclass(frozen=True)
class Training:
    seed: int
    batch: int
    cycles: tuple[int, ...]
    rates: tuple[float, ...]
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

    def rate(self, step: int) -> float:
        """The highest learning rate of the cycle that a step belongs to."""
        return self.rates[self.cycles.index(self.cycle(step)[1])]


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
    stages = tuple(_stage(stage) for stage in training.pop("stages"))
    for name in ("cycles", "rates"):
        training[name] = tuple(training[name])
    losses = Losses(**training.pop("losses", {}))
    return Config(
        data=Data(**{**data, **paths}),
        network=Network(network["height"], network["width"], tuple(network["channels"])),
        training=Training(**training, stages=stages, losses=losses),
        memory=Memory(**raw["memory"]),
    )


def _stage(raw: dict[str, Any]) -> Stage:
    """TOML has lists where the config has tuples."""
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return Stage(**facts)
