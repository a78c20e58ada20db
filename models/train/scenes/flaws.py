"""What goes wrong on a part that still stands: blobs, hairs, lifted corners, shifted layers, missing lines."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Rng, f32
from models.train.scenes.curves import hanging, settled
from models.train.scenes.mesh import Material, Mesh, Surface, unit
from models.train.scenes.site import Site, label_of, mark


def draw_blob(rng: Rng, site: Site, growth: float) -> Mesh:
    """Plastic that swells around the nozzle."""
    mesh, ball = site.part.build(site.height), Mesh()
    size = rng.uniform(0.7, 2.2) * (0.25 + 0.75 * growth)
    a, u = np.arange(20) * 2 * np.pi / 20, np.linspace(0, np.pi, 12)
    for _ in range(int(rng.integers(4, 11))):
        c = site.nozzle + rng.normal(0, 0.4, 3) * size + [0, 0, 0.25 * size]
        r = size * rng.uniform(0.3, 0.8) * (1 + 0.15 * np.sin(rng.integers(2, 5) * a + rng.uniform(0, 6)))
        rings = np.stack(
            [
                c[0] + np.sin(u)[:, None] * r * np.cos(a),
                c[1] + np.sin(u)[:, None] * r * np.sin(a),
                c[2] - np.cos(u)[:, None] * r,
            ],
            -1,
        )
        ball.loft(rings, site.colour * rng.uniform(0.8, 1.05), Material(max(site.gloss, 0.4)))
    return mesh.extend(mark(ball, "blob"))


def draw_stringing(rng: Rng, site: Site, growth: float) -> Mesh:
    """Fine hairs between walls that the nozzle travelled across."""
    mesh = site.part.build(site.height)
    foot = site.part.footprint
    k = int(6 + 60 * growth * rng.uniform(0.3, 1))
    a, b = foot[rng.integers(len(foot), size=k)], foot[rng.integers(len(foot), size=k)]
    z = site.height * rng.uniform(0.1, 1, (k, 1))
    starts, ends = np.c_[a, z], np.c_[b + rng.normal(0, 0.3, (k, 2)), z * rng.uniform(0.85, 1, (k, 1))]
    hairs = settled(hanging(rng, k, 16, starts, ends, 0.12 * site.size, 0.1), 0.02)
    mesh.tubes(hairs, rng.uniform(0.008, 0.035, k), site.colour, Material(0.5, label=label_of("stringing")), 4)
    return mesh


def draw_warping(rng: Rng, site: Site, growth: float) -> Mesh:
    """Corners that lift off the bed."""
    mesh = site.part.build(site.height)
    v = mesh.vertices()
    away = v[:, :2] - site.centre
    heading = rng.uniform(0, 6.28)
    along = away @ f32([np.cos(heading), np.sin(heading)])
    reach = max(float(np.abs(along).max()), 0.3)
    lift = growth * rng.uniform(0.15, 0.4) * reach * np.clip(np.abs(along) / reach - 0.35, 0, 1) ** 1.6
    lift = lift * ((along > 0) | (rng.random() < 0.5))
    v[:, 2] += lift
    mesh.replace_vertices(v)
    return mark(mesh, "warping", (lift > 0.05) & (v[:, 13] < 0.6))


def draw_layer_shift(rng: Rng, site: Site, growth: float) -> Mesh:
    """All layers above a height are displaced."""
    mesh = site.part.build(site.height)
    v = mesh.vertices()
    start = site.height * (1 - growth * rng.uniform(0.2, 0.8))
    above = v[:, 13] > start
    v[above, :2] += unit(np.r_[rng.normal(size=2), 0])[:2] * rng.uniform(0.15, 0.6) * max(site.size, 1)
    mesh.replace_vertices(v)
    return mark(mesh, "layer_shift", above)


def draw_under_extrusion(rng: Rng, site: Site, growth: float) -> Mesh:
    """Walls with missing lines."""
    mesh = site.part.build(site.height)
    v = mesh.vertices()
    start = site.height * (1 - max(growth, 0.15))
    bad = (v[:, 13] >= start) & np.isin(v[:, 10], (Surface.LAYERS, Surface.HOLES, Surface.DIAMONDS, Surface.CELLS))
    v[bad, 10], v[bad, 11] = Surface.GAPS, rng.uniform(0.45, 0.8)
    mesh.replace_vertices(v)
    return mark(mesh, "under_extrusion", bad)
