"""What stands around a printer: table, walls, spool, boxes, cables, tools."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Rng, f32
from models.train.scenes import textures
from models.train.scenes.curves import spline
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_x, rotation_z, unit


def draw_surroundings(rng: Rng, mesh: Mesh, bed: tuple[float, float], floor: float) -> None:
    """Adds what stands still in the machine's frame; the table top is at z = `floor`."""
    w, d = bed
    if rng.random() < 0.75:
        wood = f32([0.62, 0.45, 0.3]) if rng.random() < 0.4 else textures.random_colour(rng, 0.25)
        mesh.box(
            [0, 0, floor - 0.5], [240, 240, 1], wood, Material(0.15, Surface.MOTTLED, float(rng.uniform(0.03, 0.5)))
        )
    if rng.random() < 0.3:
        _wall(rng, mesh, w, d)
    if rng.random() < 0.35:
        _spool(rng, mesh, w, d)
    if rng.random() < 0.25:
        _cable_knot(rng, mesh, w, d)
    if rng.random() < 0.3:
        _tubes(rng, mesh, w, d)
    if rng.random() < 0.15:
        _drag_chain(rng, mesh, w, d)
    for _ in range(int(rng.choice([0, 0, 3, 8]))):
        _object(rng, mesh, w, floor)


def _wall(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    colour = textures.random_colour(rng, 0.2, float(rng.uniform(0.2, 0.95)))
    kinds = ((Surface.MOTTLED, rng.uniform(0.05, 0.4)), (Surface.HOLES, rng.uniform(1, 3)))
    surface, scale = kinds[int(rng.random() < 0.35)]
    mesh.box([0, d * rng.uniform(1.2, 2.2), 15], [w * 6, 0.3, 90], colour, Material(0.05, surface, float(scale)))


def _spool(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    c = f32([rng.choice([-1, 1]) * w * rng.uniform(0.8, 1.2), d * rng.uniform(0.3, 1), rng.uniform(2, 32)])
    axis, colour = unit(rng.normal(size=3) * [1, 1, 0.1]), textures.random_colour(rng)
    mesh.cylinder(c - axis * 2.5, c + axis * 2.5, rng.uniform(5, 8), colour, Material(0.4, Surface.WOUND, 6.0), 28)
    for side in (-1, 1):
        mesh.cylinder(
            c + side * axis * 2.6, c + side * axis * 3, 9.5, np.ones(3) * rng.uniform(0.08, 0.8), Material(0.25), 28
        )
    end = f32([rng.normal() * 4, d * 0.3, c[2] + 8])
    mesh.tubes(spline([c + [0, 0, 8], (c + end) / 2 + [0, 0, 9], end], 30), 0.0875, colour, Material(0.5), 5)


def _cable_knot(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    """Cables that somebody never tidied up: curved, thin, and no failure."""
    colour = np.ones(3) * rng.uniform(0.04, 0.2) if rng.random() < 0.7 else textures.random_colour(rng)
    for _ in range(int(rng.integers(2, 10))):
        start = f32([rng.normal() * w * 0.6, d * rng.uniform(0.6, 1), rng.uniform(-3, 18)])
        path = spline(start + np.cumsum(rng.normal(0, [5, 1.5, 4], (5, 3)), 0), 40)
        mesh.tubes(path, rng.uniform(0.15, 0.45), colour * rng.uniform(0.7, 1.3), Material(0.3), 6)


def _tubes(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    """Filament tubes in wide arcs, mostly white."""
    white = np.ones(3) * rng.uniform(0.75, 1)
    for _ in range(int(rng.integers(1, 5))):
        x = rng.choice([-1, 1]) * w * rng.uniform(0.3, 0.9)
        a = f32([x, d * rng.uniform(0.1, 0.7), rng.uniform(-4, 10)])
        b = f32([x * rng.uniform(-0.3, 0.9), d * rng.uniform(0.2, 0.8), rng.uniform(8, 26)])
        bow = (a + b) / 2 + f32([rng.normal() * 5, rng.normal() * 2, rng.uniform(2, 9)])
        mesh.tubes(spline([a, (a + bow) / 2 + [1, 0, 1], bow, b], 30), rng.uniform(0.15, 0.28), white, Material(0.4), 7)


def _drag_chain(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    """A cable chain: a row of small black links in an arc."""
    x, y, r = rng.choice([-1, 1]) * w * rng.uniform(0.5, 0.8), d * rng.uniform(-0.2, 0.6), rng.uniform(2, 4)
    a = np.linspace(0, np.pi * rng.uniform(0.8, 1.2), 14)
    path = np.stack([x + 0 * a, y + r * np.cos(a), 4 + r * np.sin(a)], 1)
    path = np.concatenate([path[:1] - np.outer(np.arange(8, 0, -1), [0, 0, 0.8]), path])
    for p, turn in zip(path, np.r_[np.zeros(8), a], strict=True):
        mesh.box(p, [1.6, 0.35, 0.7], [0.08] * 3, Material(0.3), rotation_x(turn))


def _object(rng: Rng, mesh: Mesh, w: float, floor: float) -> None:
    a, r, size = rng.uniform(0.2, 2.9), rng.uniform(w * 1.0, w * 2.2), rng.uniform(1, 9, 3)
    at = f32([r * np.cos(a), r * np.sin(a), floor])
    colour = textures.random_colour(rng)
    if rng.random() < 0.6:
        material = Material(0.3, Surface.MOTTLED, 0.5) if rng.random() < 0.5 else Material(0.4)
        mesh.box(at + [0, 0, size[2] / 2], size, colour, material, rotation_z(rng.uniform(0, 6)))
    else:
        mesh.cylinder(at, at + [0, 0, rng.uniform(4, 25)], float(size[0] / 2), colour, Material(0.5))
