"""Plays rendered prints to the monitor's own watch: the raw scores of each, with the memory and without.

The scores that a memory gives depend on what it was taught, and that on what the judge made of the scores before. So
they are computed in the order of the monitor: remember, score, judge, teach; with the threshold that the model ships.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from models.train.arrays import Floats
from models.train.network import Network, Seen
from models.train.timeline import HOLD_S, Look, failing_print, healthy_print
from models.train.whole import Whole
from monitor.baseline import HealthySettings
from monitor.config.model import FilesCamera, NoControl, Printer, PrinterSettings
from monitor.pipeline.watch import Watch
from monitor.records import Health, JobState, Observation, PrinterReport

NAME = "rendered"


@dataclass(frozen=True)
class Track:
    """Raw scores of n looks of HOLD_S seconds each; nan where the picture cannot be trusted."""

    alone: Floats  # [n]
    remembering: Floats  # [n]


@dataclass(frozen=True)
class Played:
    """One print: without a failure, and with one (`failing` is empty where nobody could see it)."""

    seed: int
    kind: str
    visible_s: int
    healthy: Track
    before: Track
    failing: Track
    unseen: Track  # the failure again, by a camera that saw nothing before it


def watch_of(threshold: float, healthy: HealthySettings | None) -> Watch:
    """The watch of a printer that has said that it prints; its settings are the defaults."""
    printer = Printer(
        id=NAME, name=NAME, site=NAME, room=NAME, camera=FilesCamera(type="files", path="."),
        control=NoControl(type="none"), settings=PrinterSettings(),
    )  # fmt: skip
    watch = Watch(printer, threshold, 0.0, healthy)
    watch.hear(PrinterReport(NAME, JobState.PRINTING, 0.0, can_pause=True, job="1"), 0.0)
    return watch


def observation(score: float, at: float) -> Observation:
    """What one look says; nan stands for a picture that cannot be trusted."""
    if np.isnan(score):
        return Observation(NAME, at, Health.BLOCKED)
    return Observation(NAME, at, Health.OK, score)


class Camera:
    """A watch that looks at one print's pictures, some time after another."""

    def __init__(self, network: Network, seen: dict[str, Seen]) -> None:
        self._network, self._seen, self._now = network, seen, 0
        self._watch = watch_of(network.info.threshold, network.info.healthy)

    def track(self, looks: list[Look]) -> Track:
        """What the network says of each look, as the memory is then; and the watch lives on."""
        rows = [(self._seen[look.shown], self._seen[look.taught].features) for look in looks]
        alone = [seen.alone if seen.health is Health.OK else np.nan for seen, _ in rows]
        return Track(np.array(alone, np.float32), np.array([self._step(*row) for row in rows], np.float32))

    def _step(self, seen: Seen, taught: Floats | None) -> float:
        score = np.nan
        if seen.health is Health.OK:
            score = self._network.score(seen, self._watch.remembered(self._now))
        for _ in range(HOLD_S):
            self._watch.observe(observation(score, self._now), taught)
            self._now += 1
        return score


def play(whole: Whole, path: Path, network: Network) -> Played:
    """Both branches of a print."""
    seen = dict(_seen(path, network))
    failure = failing_print(whole)
    watching = Camera(network, seen)
    return Played(
        whole.seed,
        whole.kind,
        failure.visible_s if failure else 0,
        Camera(network, seen).track(healthy_print(whole)),
        watching.track(failure.before if failure else []),
        watching.track(failure.failing if failure else []),
        Camera(network, seen).track(failure.failing if failure else []),
    )


def _seen(path: Path, network: Network) -> Iterator[tuple[str, Seen]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".jpg"):
                yield name.removesuffix(".jpg"), network.see(archive.read(name))


# -- the cache


def folder_of(network: Network, cache: Path) -> Path:
    """Where the scores of a model at its threshold are kept."""
    return cache / f"{network.info.sha256[:12]}-{network.info.threshold:.4f}"


def played(path: Path, network: Network, cache: Path) -> Played:
    """Plays a print, or reads what was kept of it if its file has not changed since."""
    kept = folder_of(network, cache) / f"{path.stem}.npz"
    if not kept.exists() or kept.stat().st_mtime < path.stat().st_mtime:
        kept.parent.mkdir(parents=True, exist_ok=True)
        _keep(play(Whole.read(path), path, network), kept)
    return _read(kept)


def _keep(print_: Played, path: Path) -> None:
    part = path.with_suffix(".part")
    facts = {"seed": print_.seed, "kind": print_.kind, "visible_s": print_.visible_s}
    tracks = {f.name: getattr(print_, f.name) for f in fields(Played) if f.name not in facts}
    arrays = {f"{name}.{part_}": getattr(track, part_) for name, track in tracks.items() for part_ in _PARTS}
    with part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays, **{name: np.array(v) for name, v in facts.items()})
    part.rename(path)


_PARTS = ("alone", "remembering")


def _read(path: Path) -> Played:
    with np.load(path) as kept:
        tracks = [
            Track(*(kept[f"{name}.{part}"] for part in _PARTS)) for name in ("healthy", "before", "failing", "unseen")
        ]
        return Played(int(kept["seed"]), str(kept["kind"]), int(kept["visible_s"]), *tracks)
