"""The shapes that messes take away from the part: hair, straw, ropes, ribbons, piles, what the nozzle drags along."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.curves import coils, crimped, spline, tangle, wander
from models.train.scenes.mesh import rotation_z
from models.train.scenes.site import Site

Strands = Floats  # [k, n, 3]


def hair(rng: Rng, site: Site, amount: float) -> Strands:
    """A cloud of hundreds of hairs, which a camera sees as grey wool."""
    k = int(100 + amount * rng.uniform(150, 700))
    radii = np.array([1, rng.uniform(0.5, 1), rng.uniform(0.25, 0.9)]) * max(site.size, 1.5) * rng.uniform(0.7, 1.9)
    z = site.height * rng.choice([0, rng.uniform(0.3, 1)]) + radii[2] * 0.5
    centre = np.array([*(site.centre + rng.normal(0, site.size * 0.5, 2)), z])
    curl = rng.uniform(0.2, 1.6, k) / max(0.4, radii.mean() * 0.4)
    return tangle(rng, k, 36, 0.14 * (0.5 + radii.mean() / 3), curl, centre, radii, rng.uniform(0.1, 0.7), 0.2)


def straw(rng: Rng, site: Site, amount: float) -> Strands:
    """A sheaf that the nozzle pulled out, back and forth across the part, bending down under its weight."""
    k, n = int(16 + amount * rng.uniform(40, 380)), 24
    angle = rng.uniform(0, 6.28) + rng.normal(0, rng.uniform(0.1, 0.6), k)
    length = max(site.size, 1.2) * rng.uniform(1, 3) * rng.uniform(0.3, 1.1, k)
    rise = rng.normal(rng.uniform(-0.2, 0.8), 0.3, k)
    t = np.linspace(0, 1, n)[None]
    out = t * length[:, None]
    roots = np.c_[site.centre + rng.normal(0, site.size * 0.4, (k, 2)), site.height * rng.uniform(0.2, 1, k)]
    z = out * rise[:, None] - t**2 * (length * rng.uniform(0.2, 1.2, k))[:, None]
    paths = np.stack([out * np.cos(angle)[:, None], out * np.sin(angle)[:, None], z], -1) + roots[:, None]
    return f32(paths + np.cumsum(rng.normal(0, 0.025, paths.shape), 1) * rng.uniform(0.2, 1.6))


def crinkles(rng: Rng, site: Site, amount: float) -> Strands:
    """Curled like a telephone's cord, as plastic gets that falls a long way."""
    k = int(2 + amount * rng.uniform(4, 34))
    start = np.c_[site.centre + rng.normal(0, site.size * 0.6, (k, 2)), rng.uniform(0, 0.8, k) * site.height + 0.1]
    lines = wander(rng, start, 90, 0.07 * rng.uniform(0.5, 1.4) * max(site.size, 1) ** 0.5, 0.12, 0.7)
    return crimped(rng, lines, float(rng.uniform(0.06, 0.3)), float(rng.uniform(5, 13)))


def rope(rng: Rng, site: Site, amount: float) -> Strands:
    """One to four thick ropes, in long lazy bends."""
    k = 1 + int(amount * rng.uniform(0, 4))
    start = np.c_[site.centre + rng.normal(0, site.size * 0.5, (k, 2)), rng.uniform(0, 1, k) * site.height + 0.1]
    lines = wander(rng, start, 130, 0.05 * max(site.size, 1) * rng.uniform(0.5, 1.3), 0.16, 0.8)
    return crimped(rng, lines, float(rng.uniform(0, 0.25)), 6)


def few(rng: Rng, site: Site, amount: float) -> Strands:
    """One to seven thin strands on their own, on the bed, the part and between: how many a mess begins."""
    k = 1 + int(amount * rng.uniform(1, 7))
    start = np.c_[site.centre + rng.normal(0, site.size * 0.8, (k, 2)), rng.choice([0, 0.6, 1], k) * site.height + 0.05]
    return wander(rng, start, 60, 0.09 * max(site.size, 1) * rng.uniform(0.5, 1.5), 0.14, 0.85)


def zigzag(rng: Rng, site: Site, amount: float) -> Strands:
    """Infill in the air: rows to and fro, sagging, each pass turned a little."""
    k, n, w = int(2 + amount * rng.uniform(2, 12)), 84, site.size * rng.uniform(0.5, 1.3)
    rows = float(rng.integers(5, 14))
    t = np.linspace(0, 1, n)[None].repeat(k, 0)
    x = w * (2 / np.pi) * np.arcsin(np.sin(2 * np.pi * rows * t))
    y = w * (2 * t - 1) + np.cumsum(rng.normal(0, 0.02, (k, n)), 1)
    middle = 1 - (x / w) ** 2 * 0.6
    z = site.height * rng.uniform(0.3, 1.05) - middle * w * rng.uniform(0.05, 0.6, (k, 1))
    z += 0.15 * np.arange(k)[:, None] + 0.25 * np.cumsum(rng.normal(0, 0.1, (k, n)), 1)
    paths = np.stack([x, y, z], -1)
    first = rng.uniform(0, 6.28)
    turned = [p @ rotation_z(first + rng.choice([0, np.pi / 2]) + rng.normal(0, 0.15)).T for p in paths]
    return f32(np.stack(turned) + [*site.centre, 0])


def ribbon(rng: Rng, site: Site, amount: float) -> Strands:
    """A skirt or first layer that came loose: lines side by side, dragged off as one flat ribbon."""
    k, s = int(3 + amount * rng.uniform(3, 12)), site.size
    start = site.centre + rng.normal(0, 0.5, 2) * s
    knots = start + np.cumsum(rng.normal(0, 0.7 * s, (int(rng.integers(4, 9)), 2)), 0)
    lift = np.abs(rng.normal(0, 0.25 * min(s, 3), len(knots))) * (rng.random(len(knots)) < 0.6)
    middle = spline(np.c_[knots, lift + 0.04], 80)
    along = np.gradient(middle, axis=0)
    across = np.stack([along[:, 1], -along[:, 0], 0.4 * along[:, 2]], 1)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-6
    return f32(middle[None] + across[None] * ((np.arange(k) - k / 2) * rng.uniform(0.045, 0.06))[:, None, None])


def pile(rng: Rng, site: Site, amount: float) -> Strands:
    """A heap that grows on one spot, below a nozzle that hardly moves: from the bed upwards."""
    k, girth = int(5 + amount * rng.uniform(8, 46)), max(site.size, 1) * rng.uniform(0.25, 0.8)
    at = site.centre + rng.normal(0, site.size * 0.5, 2)
    paths = coils(rng, k, 80, at, girth * 0.5, girth * 0.6, rng.uniform(3, 8), 0.15)
    level = np.linspace(0, 1, k)[:, None]
    paths[..., :2] = at + (paths[..., :2] - at) * (1.15 - 0.75 * level[..., None])
    paths[..., 2] += level * girth * rng.uniform(0.6, 2.2) * (0.3 + amount)
    return paths


def spill(rng: Rng, site: Site, amount: float) -> Strands:
    """Over the bed's nearest edge, and down."""
    k, n = int(3 + amount * rng.uniform(4, 44)), 48
    half = np.array(site.bed) / 2
    room = np.r_[half - site.centre, half + site.centre]
    side = int(np.argmin(room))
    axis, sign, way = side % 2, (1 if side < 2 else -1), float(room[side])
    out = np.linspace(0, 1, n)[None] * (way + rng.uniform(0.3, 5, (k, 1)))
    beyond = np.clip(out - way, 0, None)
    paths = np.zeros((k, n, 3))
    paths[..., axis] = site.centre[axis] + sign * (out - 0.6 * beyond)
    drift = np.cumsum(rng.normal(0, 0.12, (k, n)), 1) * rng.uniform(0.4, 1.6)
    paths[..., 1 - axis] = site.centre[1 - axis] + rng.normal(0, site.size * 0.5, (k, 1)) + drift
    low = np.abs(np.cumsum(rng.normal(0, 0.12, (k, n)), 1)) * (beyond == 0)
    paths[..., 2] = 0.08 + low - beyond
    return f32(paths)


def dragged(rng: Rng, site: Site, amount: float) -> Strands:
    """A bird's nest that hangs on the nozzle and goes where it goes, with a tail."""
    k = int(6 + amount * rng.uniform(10, 110))
    radii = np.array([1, rng.uniform(0.6, 1), rng.uniform(0.4, 0.9)]) * rng.uniform(0.6, 1.8) * (0.6 + amount)
    centre = site.nozzle - f32([*rng.normal(0, 0.4, 2) * radii[:2], radii[2] * 0.6])
    curl = rng.uniform(0.3, 2, k)
    ball = tangle(rng, k, 48, 0.1 * (0.6 + radii.mean() * 0.6), curl, centre, radii, 0.5, 0.1)
    tail = tangle(rng, 1 + k // 6, 48, 0.16, np.full(1 + k // 6, 0.3), centre, radii * 3, 0.1, 0.9)
    return f32(np.concatenate([ball, tail]))
