"""Whose pictures teach the memory: cameras that looked at one place for some minutes, rendered or real."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from models.train.arrays import Picture, Rng, f32
from models.train.augment import Augmentation
from models.train.films import AFTER, BEFORE, FAILING
from models.train.pictures import read
from models.train.real import HEALTHY_LABELS, real_frames

REAL_COPIES = 8  # a single real picture stands for so many, taken one after the other
FAILING_FRAMES = 4  # of each real clip


@dataclass(frozen=True)
class Shot:
    """One picture of a camera. Before: what the memory is made of; the others come later."""

    role: str
    picture: Picture  # BGR, any size
    kind: str = ""  # the class of its failure
    labels: Picture | None = None  # class index + 1 a pixel; None: where it fails is not known
    visible: float = 1.0  # share of the picture that the failure covers


@dataclass(frozen=True)
class Camera:
    """What one camera saw, in no order but that of the roles."""

    name: str
    real: bool
    shots: tuple[Shot, ...]


def jittered(rng: Rng, picture: Picture, shift: float = 1.5) -> Picture:
    """The same view a moment later: exposure, a pixel or two of sway, grain."""
    sway = f32(np.c_[np.eye(2), rng.normal(0, shift / 2, 2)])
    height, width = picture.shape[:2]
    moved = cv2.warpAffine(picture, sway, (width, height), borderMode=cv2.BORDER_REFLECT)
    exposed = moved * f32(np.exp(rng.normal(0, 0.04))) + f32(rng.normal(0, 2))
    grain = rng.standard_normal((height, width, 1), np.float32) * f32(rng.uniform(0, 4))
    return np.clip(exposed + grain, 0, 255).astype(np.uint8)


def seen_by(camera: Camera, rng: Rng, height: int, width: int) -> tuple[Augmentation, list[Picture]]:
    """All its pictures as one other camera would have taken them: one draw for all, and what differs from moment to
    moment.
    """
    drawn = Augmentation.draw(rng, height, width)
    moments = [replace(drawn, seed=int(rng.integers(1 << 31))) for _ in camera.shots]
    return drawn, [
        jittered(rng, moment.picture(shot.picture)) for moment, shot in zip(moments, camera.shots, strict=True)
    ]


def real_cameras(folder: Path, held_out_share: float, held_out: bool) -> Iterator[Camera]:
    """Healthy real pictures as cameras of their own. A failing clip's frames come to a healthy picture's camera as
    something that it has never seen; where in them the failure lies is not known.
    """
    clips: dict[tuple[bool, str], list[Path]] = defaultdict(list)
    for frame in real_frames(folder, held_out_share, held_out):
        if frame.label in HEALTHY_LABELS or frame.label == "spaghetti":
            clips[frame.label == "spaghetti", frame.clip].append(frame.path)
    rng = np.random.default_rng(len(clips))
    still = [path for (fails, _), paths in sorted(clips.items()) if not fails for path in paths]
    for path in still:
        picture = read(path)
        roles = [BEFORE] * (REAL_COPIES // 2) + [AFTER] * (REAL_COPIES // 2)
        yield Camera(f"still {path.name}", True, tuple(Shot(role, picture) for role in roles))
    for (fails, clip), paths in sorted(clips.items()):
        if fails:
            healthy = read(still[rng.integers(len(still))])
            chosen = rng.choice(len(paths), min(FAILING_FRAMES, len(paths)), replace=False)
            failing = [Shot(FAILING, read(paths[i]), "spaghetti") for i in chosen]
            yield Camera(f"clip {clip}", True, (Shot(BEFORE, healthy), Shot(BEFORE, healthy), *failing))
        elif len(paths) > REAL_COPIES:  # a true sequence
            for first in range(0, len(paths) - REAL_COPIES, 2):
                part = [read(path) for path in sorted(paths)[first : first + REAL_COPIES]]
                roles = [BEFORE] * (REAL_COPIES - 2) + [AFTER] * 2
                yield Camera(f"sequence {clip} {first}", True, tuple(map(Shot, roles, part)))
