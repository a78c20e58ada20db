"""What some printers have beyond bed and head: docked heads, a second carriage, a wiper, a purge chute, a door.

`Printer.fittings` names them; they are drawn in the bed's frame like the rest of the machine.
"""

from __future__ import annotations

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.curves import spline
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_x, rotation_z
from models.train.scenes.toolhead import draw_toolhead

PLASTIC, METAL = Material(0.25), Material(0.7)
CHANCES = {
    "docked heads": 0.06,
    "second head": 0.04,
    "purge waste": 0.13,
    "wiper": 0.08,
    "chain": 0.08,
    "probe": 0.1,
    "big duct": 0.12,
    "door": 0.35,  # of the enclosed ones
}


def random_fittings(rng: Rng, enclosed: bool) -> tuple[str, ...]:
    """Most printers have none."""
    drawn = {name: rng.random() < chance for name, chance in CHANCES.items()}
    drawn["door"] = drawn["door"] and enclosed
    return tuple(name for name, has in drawn.items() if has)


def draw_fittings(
    rng: Rng, mesh: Mesh, names: tuple[str, ...], bed: tuple[float, float], nozzle: Floats, offset: Floats, dark: Floats
) -> None:
    """Adds the named fittings; `offset` [3] is where the machine's frame lies."""
    accent = textures.random_colour(rng, 0.8, 0.8)
    for name in names:
        own = np.random.default_rng([int(rng.integers(1 << 31)), len(name)])
        if name == "docked heads":
            _docked(own, mesh, bed, nozzle, offset, dark, accent)
        elif name == "second head":
            _second_head(own, mesh, bed, nozzle, dark, accent)
        elif name == "purge waste":
            _purge_waste(own, mesh, bed)
        elif name == "wiper":
            _wiper(own, mesh, bed)
        elif name == "chain":
            _chain(own, mesh, bed, nozzle)
        elif name == "probe":
            _probe(own, mesh, nozzle)
        elif name == "big duct":
            _big_duct(own, mesh, nozzle, dark)
        elif name == "door":
            _door(own, mesh, bed, offset)


def _docked(
    rng: Rng, mesh: Mesh, bed: tuple[float, float], nozzle: Floats, offset: Floats, dark: Floats, accent: Floats
) -> None:
    """A tool changer's other heads, hanging in a row at the back or down one side."""
    w, d = bed
    n, looks = int(rng.integers(2, 5)), int(rng.integers(1 << 31))
    z, side = nozzle[2] + rng.uniform(0.5, 4), float(rng.choice([-1, 1]))
    beside = rng.random() < 0.4
    for k in range(n):
        along = (k - (n - 1) / 2) * 7.5
        at = f32([side * w * 0.68, along, z] if beside else [along, d * 0.68, z]) + f32([0, offset[1], 0])
        draw_toolhead(np.random.default_rng(looks), mesh, at, dark, accent)
        mesh.box(at + [0, 3.2, 5], [5, 1.2, 3], dark, METAL)
    if not beside:
        mesh.box(f32([0, d * 0.68 + 4 + offset[1], z + 6]), [n * 7.5, 1.5, 2], [0.6] * 3, METAL)


def _second_head(rng: Rng, mesh: Mesh, bed: tuple[float, float], nozzle: Floats, dark: Floats, accent: Floats) -> None:
    """The other carriage of an IDEX machine, waiting at the end of the same beam, or printing a copy beside it."""
    side = -1.0 if nozzle[0] > 0 else 1.0
    x = side * bed[0] * (0.62 if rng.random() < 0.7 else 0.35)
    if abs(x - nozzle[0]) > 7:
        draw_toolhead(rng, mesh, f32([x, nozzle[1], nozzle[2] + 0.1]), dark, accent)


def _purge_waste(rng: Rng, mesh: Mesh, bed: tuple[float, float]) -> None:
    """Curled purges of several colours in a heap beside or behind the bed, where they belong, with a bin or without."""
    w, d = bed
    side = float(rng.choice([-1, 1]))
    at = [side * w * rng.uniform(0.58, 0.75), d * rng.uniform(-0.3, 0.5)]
    if rng.random() < 0.5:
        at = [w * rng.uniform(-0.4, 0.4), d * rng.uniform(0.56, 0.75)]
    floor = -float(rng.uniform(0.3, 4))
    if rng.random() < 0.5:
        _bin(rng, mesh, f32([*at, floor]))
    colours = [textures.random_colour(rng) for _ in range(int(rng.integers(1, 5)))]
    for k in range(int(rng.integers(3, 26))):
        rise = 0.12 * k * rng.uniform(0.3, 1)
        curl = _curl(rng) + f32([*(f32(at) + rng.normal(0, 1.7, 2)), floor + 0.3 + rise])
        thick = f32([np.linspace(rng.uniform(0.12, 0.28), 0.06, len(curl))])
        mesh.tubes(curl, thick, colours[rng.integers(len(colours))], Material(0.5), 6)


def _curl(rng: Rng) -> Floats:
    """One purge: a short, tight helix with a tail."""
    turns, r = rng.uniform(1.2, 4), rng.uniform(0.3, 0.8)
    t = np.linspace(0, 1, 30)
    a = t * turns * 6.28
    path = np.stack([r * (1 - 0.4 * t) * np.cos(a), r * (1 - 0.4 * t) * np.sin(a), t * rng.uniform(0.5, 1.8)], 1)
    return f32(path @ rotation_x(rng.uniform(0, 3)).T @ rotation_z(rng.uniform(0, 6)).T)


def _bin(rng: Rng, mesh: Mesh, at: Floats) -> None:
    wall, s, h = np.ones(3) * rng.uniform(0.05, 0.8), float(rng.uniform(2.5, 4)), float(rng.uniform(1, 3))
    mesh.box(at, [2 * s, 2 * s, 0.2], wall, PLASTIC)
    for x, y in ((s, 0), (-s, 0), (0, s), (0, -s)):
        size = [0.2 if x else 2 * s, 0.2 if y else 2 * s, h]
        mesh.box(at + [x, y, h / 2], size, wall, PLASTIC)


def _wiper(rng: Rng, mesh: Mesh, bed: tuple[float, float]) -> None:
    """A brush or rubber lip at the edge of the bed, and what has stuck to it."""
    w, d = bed
    at = f32([rng.choice([-1, 1]) * (w / 2 + 1.2), d * rng.uniform(-0.4, 0.5), 0.2])
    mesh.box(at, [1.6, 4, 0.9], [0.15] * 3, PLASTIC)
    colour = f32([0.8, 0.65, 0.3]) if rng.random() < 0.5 else f32([0.9, 0.9, 0.88])
    for y in np.linspace(-1.7, 1.7, 9):
        mesh.box(at + [0, y, 0.7], [0.8, 0.25, 0.7], colour, PLASTIC)
    blob = textures.random_colour(rng)
    for _ in range(int(rng.integers(0, 4))):
        mesh.tubes(_curl(rng) * 0.5 + at + f32([*rng.normal(0, 0.6, 2), 0.9]), 0.07, blob, Material(0.5), 5)


def _chain(rng: Rng, mesh: Mesh, bed: tuple[float, float], nozzle: Floats) -> None:
    """A cable chain from the head to the frame, in a U above the beam."""
    side = float(rng.choice([-1, 1]))
    a = nozzle + f32([side * 2, 3, 8])
    b = f32([side * bed[0] * 0.7, nozzle[1] + 4, nozzle[2] + 8])
    up = rng.uniform(4, 9)
    path = spline([a, a + [0, 0, up * 0.7], (a + b) / 2 + [0, 0.5, up], b + [0, 0, up * 0.5], b], 26)
    for p, step in zip(path[:-1], np.diff(path, axis=0), strict=True):
        turn = _about_y(-float(np.arctan2(step[2], step[0])))
        mesh.box(p, [float(np.linalg.norm(step)) * 0.85, 1.8, 1.2], [0.07] * 3, Material(0.3), turn)


def _about_y(angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return f32([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def _probe(rng: Rng, mesh: Mesh, nozzle: Floats) -> None:
    """An inductive probe or a touch probe with its pin, beside the nozzle."""
    at = nozzle + f32([rng.choice([-1, 1]) * rng.uniform(2.2, 3.4), rng.uniform(-1, 0.5), rng.uniform(0.2, 0.6)])
    if rng.random() < 0.5:
        mesh.cylinder(at, at + [0, 0, 1.1], 0.85, [0.85, 0.35, 0.1], PLASTIC)
        mesh.cylinder(at + [0, 0, 1.1], at + [0, 0, 5], 0.75, [0.7] * 3, METAL)
        return
    mesh.box(at + [0, 0, 2.4], [1.1, 1.1, 2.8], [0.92] * 3, PLASTIC)
    mesh.cylinder(at + [0, 0, 0.2], at + [0, 0, 1.1], 0.12, [0.8, 0.8, 0.82], METAL, 6)


def _big_duct(rng: Rng, mesh: Mesh, nozzle: Floats, dark: Floats) -> None:
    """A radial fan with its duct, bent down to the nozzle."""
    side = float(rng.choice([-1, 1]))
    colour = dark * 0.7 if rng.random() < 0.6 else textures.random_colour(rng, 0.8, 0.8)
    fan = nozzle + f32([side * rng.uniform(3.5, 5), rng.uniform(-2, 1), rng.uniform(3.5, 6)])
    mesh.cylinder(fan - [0.8, 0, 0], fan + [0.8, 0, 0], 2.4, [0.08] * 3, PLASTIC, 18)
    end = nozzle + f32([side * 0.9, -0.2, 0.6])
    path = spline([fan - [0, 0, 1.5], fan * 0.4 + end * 0.6 + [side * 0.6, 0, 0], end], 10)
    mesh.tubes(path, np.linspace(1.1, 0.45, 10)[None], colour, PLASTIC, 8)


def _door(rng: Rng, mesh: Mesh, bed: tuple[float, float], offset: Floats) -> None:
    """The frame of a door at the front, open to the side or closed, with its handle; the glass itself is unseen."""
    (w, d), colour = bed, np.ones(3) * rng.choice([0.06, 0.2, 0.75])
    y, tall = offset[1] - d * 0.95, 30.0
    for x in (-w * 1.05, w * 1.05):
        mesh.box(f32([x, y, offset[2] - 5]), [2, 1.5, 2 * tall], colour, PLASTIC)
    for z in (-tall - 5, tall - 5):
        mesh.box(f32([0, y, offset[2] + z]), [w * 2.1, 1.5, 3], colour, PLASTIC)
    handle = f32([w * rng.uniform(0.75, 0.9), y - 1.5, offset[2] - rng.uniform(-4, 8)])
    mesh.cylinder(handle - [0, 0, 4], handle + [0, 0, 4], 0.5, [0.6] * 3, Material(0.7, Surface.PLAIN), 10)
