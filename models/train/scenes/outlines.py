"""The outlines of parts, and the relief that is carved into their walls."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng, f32

POINTS = 64  # points around an outline


def outline(rng: Rng, kind: str | None = None) -> Floats:
    """Radius over angle [POINTS], about 1: circles, boxes, gears, stars, organic shapes, thin plates."""
    a = np.arange(POINTS) * 2 * np.pi / POINTS
    kind = kind or str(rng.choice(["round", "box", "gear", "organic", "polygon", "fluted", "plate"]))
    if kind == "round":
        r: Floats = np.ones(POINTS)
    elif kind in ("box", "plate"):
        e, b = (rng.uniform(2, 12), rng.uniform(0.2, 1)) if kind == "box" else (8, rng.uniform(0.08, 0.3))
        r = (np.abs(np.cos(a)) ** e + np.abs(np.sin(a) / b) ** e) ** (-1 / e)
    elif kind == "gear":
        wave = np.sin(rng.integers(3, 14) * a)
        r = 1 + rng.uniform(0.05, 0.35) * np.sign(wave) * np.abs(wave) ** rng.uniform(0.2, 1)
    elif kind == "organic":
        r = 1 + np.sum([rng.normal(0, 0.25 / k) * np.cos(k * a + rng.uniform(0, 6.28)) for k in range(1, 6)], axis=0)
    elif kind == "polygon":
        q = rng.integers(3, 7)
        r = np.cos(np.pi / q) / np.cos((a % (2 * np.pi / q)) - np.pi / q)
    else:
        r = 1 + 0.04 * np.sin(rng.integers(12, 30) * a) + 0.15 * np.cos(2 * a)
    return f32(np.clip(r, 0.06, 2.5))


def random_relief(rng: Rng) -> Floats:
    """Waves of a sculpted surface: fur, scales, brickwork, faces from afar."""
    n = int(rng.integers(2, 8))
    amplitude = rng.uniform(0.02, 0.2) * rng.uniform(0.3, 1, n)
    return np.stack([amplitude, rng.integers(0, 14, n), rng.uniform(0, 2.5, n), rng.uniform(0, 6.28, n)], 1)


def carved(relief: Floats, angle: Floats, z: Floats) -> Floats:
    """How much the radius changes, [z, n], for angles [z or 1, n] and heights [z, 1] in cm."""
    total = np.zeros(np.broadcast_shapes(angle.shape, z.shape))
    for amplitude, around, up, phase in relief:
        total += amplitude * np.sin(around * angle + phase) * np.cos(up * 6.28 * z + 2 * phase)
    return total
