"""Lines in space: cables, and the many ways in which a strand of molten plastic falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.mesh import unit


def spline(points: ArrayLike, n: int = 40) -> Floats:
    """A Catmull-Rom curve [n, 3] through all points."""
    p = np.asarray(points, float)
    k = len(p)
    t = np.linspace(0, k - 1, n)
    i = np.clip(t.astype(int), 0, k - 2)
    f = (t - i)[:, None]
    a, b, c, d = p[np.clip(i - 1, 0, k - 1)], p[i], p[i + 1], p[np.clip(i + 2, 0, k - 1)]
    return f32(0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3))


def tangle(
    rng: Rng,
    strands: int,
    points: int,
    step: float,
    curl: Floats,
    centre: Floats,
    radii: Floats,
    spring: float,
    flat: float,
) -> Floats:
    """Strands [strands, points, 3] that wander with slowly changing curvature inside a soft ellipsoid.

    `curl` [strands] is the curvature per cm; `spring` pulls back what leaves the ellipsoid; `flat` in 0..1 keeps
    strands level.
    """
    start = centre + rng.normal(size=(strands, 3)) * radii * 0.4
    heading = unit(rng.normal(size=(strands, 3)) * [1, 1, 1 - flat * 0.8])
    turning = unit(rng.normal(size=(strands, 3))) * curl[:, None]
    out, p = np.empty((strands, points, 3), np.float32), start
    for i in range(points):
        out[:, i] = p
        turning = 0.9 * turning + 0.16 * curl[:, None] * rng.normal(size=(strands, 3))
        turning[:, :2] *= 1 - 0.5 * flat
        heading = heading + np.cross(turning, heading) * step
        off = (p - centre) / radii
        far = np.linalg.norm(off, axis=1, keepdims=True)
        heading = unit(heading - spring * np.clip(far - 0.7, 0, 2) * off * step / radii.mean() * 3)
        p = p + heading * step
    return out


def coils(
    rng: Rng, strands: int, points: int, centre: Floats, spread: float, radius: float, turns: float, lift: float
) -> Floats:
    """Loose loops on the bed, [strands, points, 3]: what a nozzle lays down in mid-air."""
    k, t = (strands, 1), np.linspace(0, 1, points)[None]
    phase = rng.uniform(0, 6.28, k)
    pace = rng.uniform(0.5, 1, k) * turns * 6.28 * np.sign(rng.normal(size=k))
    r = radius * rng.uniform(0.3, 1.3, k) * (1 + 0.4 * np.sin(t * rng.uniform(2, 9, k) + phase))
    heading = rng.uniform(0, 6.28, k) + np.cumsum(rng.normal(0, 0.12, (strands, points)), 1)
    drift = spread / points * rng.uniform(0.2, 1.5, k)
    x = (
        centre[0]
        + rng.normal(0, spread * 0.35, k)
        + np.cumsum(np.cos(heading), 1) * drift
        + r * np.cos(phase + pace * t)
    )
    y = (
        centre[1]
        + rng.normal(0, spread * 0.35, k)
        + np.cumsum(np.sin(heading), 1) * drift
        + r * np.sin(phase + pace * t)
    )
    z = np.abs(rng.uniform(0, lift, k) + lift * 0.5 * np.sin(t * rng.uniform(2, 14, k) + phase) * rng.uniform(0, 1, k))
    return f32(np.stack([x, y, z], -1))


def hanging(rng: Rng, strands: int, points: int, starts: Floats, ends: Floats, sag: float, jitter: float) -> Floats:
    """Sagging strands [strands, points, 3] from starts [strands, 3] to ends [strands, 3]."""
    t = np.linspace(0, 1, points)[None, :, None]
    paths = starts[:, None] * (1 - t) + ends[:, None] * t
    paths[..., 2] -= (4 * t * (1 - t))[..., 0] * sag * rng.uniform(0.1, 1, (strands, 1))
    return f32(paths + np.cumsum(rng.normal(0, 0.06, paths.shape), 1) * jitter)


def settled(paths: Floats, radius: float) -> Floats:
    """The same paths, with what would lie below the bed folded up onto it."""
    z = paths[..., 2]
    paths[..., 2] = np.where(z < radius, radius + np.abs(z - radius) * 0.15, z)
    return paths


def wander(rng: Rng, starts: Floats, points: int, step: float, bend: float, fall: float) -> Floats:
    """Strands [k, points, 3] that bend this way and that from their starts [k, 3], falling over the first third of
    their way.

    `bend` is the change of heading a point in radians; `fall` in 0..1 the share of the height lost on the way.
    """
    k = len(starts)
    turning = np.cumsum(rng.normal(0, bend * 0.3, (k, points)), 1) + rng.normal(0, bend * 0.5, (k, 1))
    heading = rng.uniform(0, 6.28, (k, 1)) + np.cumsum(np.clip(turning, -2.5 * bend, 2.5 * bend), 1)
    level = starts[:, 2:] * (1 - fall * np.clip(3 * np.linspace(0, 1, points), 0, 1) ** 1.5)
    wave = np.cumsum(rng.normal(0, 0.2 * step, (k, points)), 1)
    x, y = (starts[:, i : i + 1] + np.cumsum(turned(heading), 1) * step for i, turned in enumerate((np.cos, np.sin)))
    return f32(np.stack([x, y, np.abs(level + wave)], -1))


def crimped(rng: Rng, lines: Floats, radius: float, turns: float) -> Floats:
    """Lines [k, n, 3] wound to helices of about `radius`, more tightly here than there."""
    k, n, _ = lines.shape
    pace = np.clip(1 + np.cumsum(rng.normal(0, 0.08, (k, n)), 1), 0.3, 1.8)
    angle = rng.uniform(0, 6.28, (k, 1)) + np.cumsum(pace, 1) / n * turns * 2 * np.pi
    reach = radius * np.clip(1 + np.cumsum(rng.normal(0, 0.06, (k, n)), 1), 0.2, 1.8)
    return f32(
        lines + np.stack([np.cos(angle), 0.7 * np.sin(angle + 0.6), np.abs(np.sin(angle))], -1) * reach[..., None]
    )
