"""config.toml as typed facts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).with_name("config.toml")


@dataclass(frozen=True)
class Data:
    scenes: Path
    real: Path
    held_out_scenes: Path
    held_out_pairs: float
    held_out_clips: float
    real_share: float


@dataclass(frozen=True)
class Network:
    height: int
    width: int
    channels: tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """Train at this input size until this share of all steps."""

    until: float
    height: int
    width: int
    least_visible: float


@dataclass(frozen=True)
class Training:
    seed: int
    batch: int
    steps: int
    rate: float
    weight_decay: float
    warm_up: int
    ema: float
    clip: float
    workers: int
    threads: int
    checkpoint_every: int
    stages: tuple[Stage, ...]

    def stage(self, step: int) -> Stage:
        """The stage that a step belongs to."""
        share = step / self.steps
        return next((s for s in self.stages if share < s.until), self.stages[-1])


@dataclass(frozen=True)
class Config:
    data: Data
    network: Network
    training: Training


def load(path: Path = DEFAULT) -> Config:
    """Reads a config file. Raises TypeError for a key that is unknown or missing."""
    raw = tomllib.loads(path.read_text())
    data, network, training = raw["data"], raw["network"], raw["training"]
    paths = {name: Path(data[name]) for name in ("scenes", "held_out_scenes", "real")}
    stages = tuple(Stage(**stage) for stage in training.pop("stages"))
    return Config(
        data=Data(**{**data, **paths}),
        network=Network(network["height"], network["width"], tuple(network["channels"])),
        training=Training(**training, stages=stages),
    )
