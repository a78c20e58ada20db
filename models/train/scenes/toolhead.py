"""The tool head: nozzle, heater, fans, shroud. What most often stands between the camera and the part."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_x

PLASTIC, DECAL = Material(0.25), Material(0.3, Surface.DECAL)


def draw_toolhead(rng: Rng, mesh: Mesh, nozzle: Floats, dark: Floats, accent: Floats) -> None:
    """Adds a tool head whose nozzle tip is at `nozzle` [3]."""
    x, y, z = (float(v) for v in nozzle)
    brass = f32([0.8, 0.62, 0.25]) * rng.uniform(0.6, 1.1)
    tip = np.array([[x, y, z], [x, y, z + 0.25], [x, y, z + 0.7]])
    mesh.tubes(tip, f32([[0.05, 0.25, 0.4]]), brass, Material(0.6), 8)
    block = f32([0.15, 0.3, 0.75]) if rng.random() < 0.2 else np.ones(3) * rng.uniform(0.2, 0.75)
    mesh.box([x, y, z + 1.1], [1.6, 2, 0.9], block, Material(0.4))
    w, d, h = rng.uniform(3.5, 6.5), rng.uniform(3, 5), rng.uniform(4, 8)
    body = (dark, accent, np.ones(3) * 0.75)[rng.choice(3, p=[0.6, 0.3, 0.1])]
    middle = z + rng.uniform(1.4, 2.2) + h / 2
    mesh.box([x, y, middle], [w, d, h], body, Material(float(rng.uniform(0.1, 0.5))))
    mesh.box([x, y, middle + h / 2 + 0.6], [w * 0.8, d * 0.8, 1.4], dark, PLASTIC)
    _front(rng, mesh, f32([x, y - d / 2, middle]), w, h, accent)
    _ducts(rng, mesh, f32([x, y, z]), w, dark)


def _front(rng: Rng, mesh: Mesh, face: Floats, w: float, h: float, accent: Floats) -> None:
    """Fan or label, warning sign, status light on the front of the shroud."""
    if rng.random() < 0.75:
        s = min(w, h) * rng.uniform(0.3, 0.46)
        mesh.quad(
            face + [0, -0.03, 0], [s, 0, 0], [0, 0, s], textures.FAN if rng.random() < 0.75 else textures.LABEL, DECAL
        )
    if rng.random() < 0.3:
        s = rng.uniform(0.4, 0.9)
        mesh.quad(face + [w * 0.3, -0.05, -h * 0.33], [s, 0, 0], [0, 0, s], textures.WARNING, DECAL)
    if rng.random() < 0.25:
        mesh.box(
            face + [rng.normal() * w * 0.2, -0.05, -h * 0.42],
            [0.8, 0.1, 0.4],
            textures.random_colour(rng, 0.6, 1),
            Material(0, Surface.GLOW),
        )
    if rng.random() < 0.3:
        mesh.box(face + [0, -0.1, h * 0.4], [w * 1.02, 0.4, h * 0.15], accent, PLASTIC)


def _ducts(rng: Rng, mesh: Mesh, tip: Floats, w: float, dark: Floats) -> None:
    """Part-cooling ducts and a bed probe beside the nozzle."""
    for side in (-1, 1) if rng.random() < 0.5 else (int(rng.choice([-1, 1])),):
        mesh.box(
            tip + [side * (w / 2 + 0.2), 0, 1.9], [1.1, 2, 2.6], dark * 0.8, PLASTIC, rotation_x(rng.uniform(-0.3, 0.3))
        )
    if rng.random() < 0.35:
        at = tip + f32([rng.choice([-1, 1]) * rng.uniform(2.2, 3), -0.5, 0.5])
        white = np.ones(3) * (0.9 if rng.random() < 0.5 else 0.12)
        mesh.cylinder(at, at + [0, 0, 3.6], 0.5, white, PLASTIC)
