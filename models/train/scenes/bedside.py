"""What a slicer adds around a part: brim, skirt, raft, purge line, supports. All of it belongs in the picture."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng
from models.train.scenes.curves import spline
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_z, unit


def draw_bedside(rng: Rng, mesh: Mesh, foot: Floats, bed: tuple[float, float], colour: Floats, gloss: float) -> None:
    """Adds brim or skirt, purge line and stray drops; `foot` [n, 2] is the first layer's outline."""
    flat = Material(gloss)
    if rng.random() < 0.5:
        _loops(rng, mesh, foot, colour, flat)
    if rng.random() < 0.06:
        centre, reach = foot.mean(0), np.ptp(foot, axis=0).max() / 2 + 0.5
        mesh.box((*centre, 0.06), (2 * reach, 2 * reach, 0.12), colour, Material(gloss, Surface.WOUND, 3.0))
    if rng.random() < 0.45:
        _purge_line(rng, mesh, bed, colour, flat)
    if rng.random() < 0.1:
        for _ in range(int(rng.integers(1, 4))):
            p = np.array([*rng.uniform(-0.45, 0.45, 2) * bed, 0.0])
            mesh.cylinder(p, p + [0, 0, 0.1], float(rng.uniform(0.05, 0.2)), colour, flat, 8)


def _loops(rng: Rng, mesh: Mesh, foot: Floats, colour: Floats, flat: Material) -> None:
    gap, width = float(rng.choice([0.03, 0.3, 0.6])), float(rng.uniform(0.04, 0.07))
    closed = np.c_[foot, np.full(len(foot), 0.02)][[*range(len(foot)), 0]]
    out = unit(np.c_[closed[:, :2] - foot.mean(0), np.zeros(len(closed))])
    for k in range(int(rng.integers(1, 9) * rng.choice([1, 1, 1, 3]))):
        mesh.tubes(closed + out * (gap + k * width), width / 2, colour, flat, 4)


def _purge_line(rng: Rng, mesh: Mesh, bed: tuple[float, float], colour: Floats, flat: Material) -> None:
    length, y = rng.uniform(5, bed[0] * 0.7), -bed[1] / 2 + rng.uniform(0.5, 2)
    turn = rotation_z(rng.choice([0, np.pi / 2]))
    for k in range(int(rng.integers(1, 4))):
        x = np.linspace(0, length, 12) - bed[0] / 2 + 1
        mesh.tubes(np.stack([x, 0 * x + y + k * 0.06, 0 * x + 0.03], 1) @ turn.T, 0.035, colour, flat, 4)


def draw_supports(
    rng: Rng, mesh: Mesh, centre: Floats, size: float, height: float, colour: Floats, gloss: float
) -> None:
    """Tree supports or zigzag walls beside a part, up to `height`."""
    bark = Material(gloss, Surface.LAYERS, 0.4)
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 8))):
            a = rng.uniform(0, 6.28)
            root = np.array([centre[0] + size * 1.3 * np.cos(a), centre[1] + size * 1.3 * np.sin(a), 0])
            for _ in range(int(rng.integers(1, 9))):
                tip = np.array([*(centre + rng.normal(0, size * 0.5, 2)), height * rng.uniform(0.5, 1)])
                path = spline([root, root * 0.9 + tip * 0.1 + [0, 0, height * 0.3], root * 0.3 + tip * 0.7, tip], 16)
                mesh.tubes(
                    path, np.linspace(rng.uniform(0.15, 0.6), rng.uniform(0.04, 0.12), 16)[None], colour, bark, 7
                )
        return
    n, w = int(rng.integers(4, 14)), size * rng.uniform(0.4, 1)
    x, y = np.repeat(np.linspace(-w, w, n), 2), np.tile([-w, w, w, -w], n)[: 2 * n] * rng.uniform(0.3, 1)
    line = np.stack([x, y, 0 * x], 1) @ rotation_z(rng.uniform(0, 6.28)).T + [
        *(centre + rng.normal(0, size * 0.8, 2)),
        0,
    ]
    d = np.gradient(line, axis=0)
    normals = unit(np.stack([d[:, 1], -d[:, 0], 0 * x], 1))
    mesh.strip(line, line + [0, 0, height * rng.uniform(0.4, 1)], colour * rng.uniform(0.85, 1), bark, normals)
