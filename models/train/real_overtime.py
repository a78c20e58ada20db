"""Real clips as cameras, for decisions over time: a clip's frames in any order, HOLD_S each.

A failing clip plays for a minute, and nothing healthy comes before it; a healthy set for an hour, each of its stills
again and again as a fixed camera would show it: with another exposure and other noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng
from models.train.network import Network
from models.train.pictures import jpeg, read
from models.train.real import HEALTHY_LABELS, real_frames
from models.train.replaying import Camera, Track
from models.train.tally import Judging, decisions
from models.train.timeline import HOLD_S, Look

COPIES = 8  # of a healthy still
MOST_FRAMES = 40  # of a clip, evenly chosen
SECONDS = {True: 60, False: 3600}  # of clips that fail, of others


@dataclass(frozen=True)
class RealClip:
    """What the network says of one clip."""

    name: str
    fails: bool
    held_out: bool
    track: Track


def real_clips(network: Network, data: Path, held_out_share: float) -> Iterator[RealClip]:
    """Each clip of `train` that is all spaghetti or all healthy."""
    for held_out in (False, True):
        clips: dict[str, list[tuple[str, Path]]] = {}
        for frame in real_frames(data, held_out_share, held_out):
            clips.setdefault(frame.clip, []).append((frame.label, frame.path))
        for name, frames in sorted(clips.items()):
            labels = {label for label, _ in frames}
            if labels <= {"spaghetti"} or labels <= set(HEALTHY_LABELS):
                paths = [path for _, path in frames][:: -(-len(frames) // MOST_FRAMES)]
                yield RealClip(name, labels == {"spaghetti"}, held_out, _track(network, paths, labels == {"spaghetti"}))


def _track(network: Network, paths: list[Path], fails: bool) -> Track:
    rng = np.random.default_rng(len(paths))
    pictures = [read(path) for path in paths]
    shots = pictures if fails else [noisy(rng, picture) for picture in pictures for _ in range(COPIES)]
    seen = {str(i): network.see(jpeg(shot, 95)) for i, shot in enumerate(shots)}
    shown, taught = list(seen)[::2], list(seen)[1::2] or list(seen)
    draws = range(SECONDS[fails] // HOLD_S)
    return Camera(network, seen).track([Look(str(rng.choice(shown)), str(rng.choice(taught))) for _ in draws])


def noisy(rng: Rng, picture: Picture) -> Picture:
    """A still as a fixed camera would show it again: another exposure, sensor noise."""
    values = picture * rng.uniform(0.97, 1.03) + rng.normal(0, 3, picture.shape)
    return np.asarray(np.clip(values, 0, 255).astype(np.uint8))


def is_decided(clip: RealClip, judging: Judging) -> bool:
    """Whether an incident would be opened while it plays."""
    return next(decisions(judging.watch(), getattr(clip.track, judging.part)), None) is not None


def real_line(clips: list[RealClip], judging: Judging) -> str:
    """How many failing clips are decided within a minute, and how many healthy ones paused within an hour."""
    parts = []
    for held_out, side in ((True, "never trained on"), (False, "trained on")):
        for fails, what in ((True, "failing clips decided in 60 s"), (False, "healthy sets paused in an hour")):
            mine = [clip for clip in clips if (clip.fails, clip.held_out) == (fails, held_out)]
            found = sum(is_decided(clip, judging) for clip in mine)
            parts.append(f"{found} of {len(mine)} {what} ({side})")
    return "; ".join(parts)
