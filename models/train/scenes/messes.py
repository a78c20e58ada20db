"""The shapes that messes take close to the part: nests, felts, loops, sagging strands, rows that never stuck."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.curves import coils, hanging, tangle
from models.train.scenes.mesh import rotation_z
from models.train.scenes.site import Site

Strands = Floats  # [k, n, 3]


def nest(rng: Rng, site: Site, amount: float) -> Strands:
    """A ball of loops, on the bed or on the part."""
    k = int(np.clip(8 + amount * rng.uniform(40, 420), 3, 420))
    radii = np.array([1, rng.uniform(0.5, 1), rng.uniform(0.25, 0.9)]) * max(site.size, 1.4) * rng.uniform(0.6, 1.9)
    z = site.height * rng.choice([0, rng.uniform(0.3, 1)]) + radii[2] * 0.4
    centre = np.array([*(site.centre + rng.normal(0, site.size * 0.5, 2)), z])
    typical = rng.uniform(0.15, 1) * rng.choice([1, 1, 2.5]) / max(0.35, radii.mean() * 0.5)
    curl = np.clip(rng.normal(typical, typical * 0.4, k), 0.02, 4)
    step = rng.uniform(0.08, 0.3) * (0.5 + radii.mean() / 3)
    return tangle(rng, k, 48, step, curl, centre, radii, rng.uniform(0.2, 1), rng.uniform(0, 0.7))


def mat(rng: Rng, site: Site, amount: float) -> Strands:
    """A flat felt of strands."""
    k = int(10 + amount * rng.uniform(30, 200))
    radii = np.array([1, rng.uniform(0.5, 1), 0]) * max(site.size, 1.2) * rng.uniform(0.8, 1.8) + [0, 0, 0.35]
    centre = np.array([*(site.centre + rng.normal(0, site.size * 0.4, 2)), 0.25])
    return tangle(rng, k, 48, 0.12 * (0.6 + radii.mean() / 2), rng.uniform(0.1, 1.2, k), centre, radii, 0.6, 1.0)


def loops(rng: Rng, site: Site, amount: float) -> Strands:
    k = int(2 + amount * rng.uniform(4, 26))
    paths = coils(
        rng,
        k,
        110,
        site.centre,
        site.size * rng.uniform(0.5, 1.8),
        site.size * rng.uniform(0.1, 0.5),
        rng.uniform(2, 9),
        site.size * rng.uniform(0.05, 0.5),
    )
    paths[..., 2] += site.height * rng.choice([0, 0, rng.uniform(0.3, 1)])
    return paths


def hangers(rng: Rng, site: Site, amount: float) -> Strands:
    """Long sagging strands between part, nozzle and bed."""
    k, s = int(2 + amount * rng.uniform(4, 34)), site.size
    z = site.height * rng.uniform(0.4, 1.05, (k, 1)) + 0.3
    starts = np.c_[site.centre + rng.normal(0, s * 0.7, (k, 2)), z]
    ends = starts + np.c_[rng.normal(0, s * 1.2, (k, 2)), rng.normal(0, 0.2 * site.height + 0.3, (k, 1))]
    return hanging(rng, k, 40, starts, ends, s * rng.uniform(0.2, 1.6), rng.uniform(0, 1.5))


def lost_layers(rng: Rng, site: Site, amount: float) -> Strands:
    """The tool path repeated in mid-air, each pass less like the outline."""
    k, foot = int(4 + amount * rng.uniform(6, 34)), site.part.footprint
    n = 72
    line = foot[np.linspace(0, len(foot) - 1, n).astype(int)]
    centre = line.mean(0)
    base = np.c_[line - centre, np.zeros(n)]
    wander = np.cumsum(rng.normal(0, 0.22, (k, n, 3)), 1) * [1, 1, 0.5]
    amplitude = np.linspace(0.15, 1.6, k)[:, None, None] * rng.uniform(0.3, 1.4) * site.size * 0.22
    paths = base[None] * rng.uniform(0.2, 1.05, (k, 1, 1)) + wander * amplitude + [*centre, 0]
    paths[..., 2] = (
        np.abs(paths[..., 2])
        + site.height * rng.uniform(0.6, 1)
        + np.linspace(0, rng.uniform(0.1, 1.2) * site.size, k)[:, None]
    )
    return f32(paths)


def drape(rng: Rng, site: Site, amount: float) -> Strands:
    """Strands that fall off the top and down the part's side."""
    k, n = int(3 + amount * rng.uniform(4, 44)), 40
    t = np.linspace(0, 1, n)[None]
    radius = site.size * (1 + 0.05 * rng.random((k, 1)) + t * rng.uniform(0, 0.8, (k, 1)))
    angle = rng.normal(rng.uniform(0, 6.28), 0.6, (k, 1)) + np.cumsum(rng.normal(0, 0.05, (k, n)), 1)
    z = site.height * (1 - t) ** rng.uniform(0.5, 2, (k, 1)) + 0.2 * np.abs(np.cumsum(rng.normal(0, 0.1, (k, n)), 1))
    return f32(np.stack([site.centre[0] + radius * np.cos(angle), site.centre[1] + radius * np.sin(angle), z], -1))


def loose_infill(rng: Rng, site: Site, amount: float) -> Strands:
    """Wavy rows that never stuck to the bed."""
    k, n, w = int(5 + amount * rng.uniform(8, 44)), 50, site.size * rng.uniform(0.8, 1.8)
    off, t = np.linspace(-w, w, k)[:, None], np.linspace(-w, w, n)[None]
    wave = rng.uniform(0.05, 0.4) * np.sin(rng.uniform(1, 6) * t + np.pi * np.arange(k)[:, None])
    y = off + wave + np.cumsum(rng.normal(0, 0.02, (k, n)), 1) * rng.uniform(0, 2)
    bump = np.exp(-((off / w) ** 2 + (t / w) ** 2)) * site.size * 0.2 * np.abs(rng.normal())
    z = 0.05 + bump + np.abs(np.cumsum(rng.normal(0, 0.03, (k, n)), 1)) * rng.uniform(0, 2)
    rows = np.stack([t + 0 * off, y, z], -1) @ rotation_z(rng.uniform(0, 6.28)).T
    return f32(rows + [*site.centre, 0])


def curls(rng: Rng, site: Site, amount: float) -> Strands:
    """Plastic that curls up around the nozzle and hangs from it."""
    k = int(2 + amount * rng.uniform(2, 16))
    radii = np.array([1, 1, 0.8]) * rng.uniform(0.5, 1.6) * (0.5 + amount)
    centre = site.nozzle - f32([0, 0, radii[2] * 0.7 + 0.2])
    return tangle(rng, k, 70, 0.16 * (0.6 + radii.mean() * 0.5), rng.uniform(0.3, 2.2, k), centre, radii, 0.6, 0.0)
