"""What hospitals had printed in spring 2020: headbands, frames, ear savers, clips, valves; plates of equal pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Band, Loft, Part
from models.train.scenes.groups import Group
from models.train.scenes.mesh import Material, Surface, rotation_z
from models.train.scenes.sculptures import plain_loft

Colour = Floats


def _band(line: Floats, width: float, height: float, colour: Colour, gloss: float) -> Band:
    return Band(f32(line), width, height, colour, Material(gloss, Surface.LAYERS, 0.3))


def headbands(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Face-shield headbands with their visor bow and pegs, nested like spoons or stacked to one tall block."""
    n = int(rng.integers(1, 7))
    a = np.linspace(-1, 1, 48) * rng.uniform(1.4, 2.3)
    bow = np.stack([np.sin(a), np.cos(a) * rng.uniform(0.9, 1.25)], 1) * size
    tall = min(height, rng.uniform(0.4, 2.5) * (1 if rng.random() < 0.7 else 4))
    turn, gap = rotation_z(rng.uniform(-0.4, 0.4))[:2, :2], rng.uniform(0.5, 0.9)
    visor = np.stack([np.sin(a * 0.7) * 1.15, np.cos(a * 0.7) * 1.3 + 0.1], 1) * size
    members: list[Part] = []
    for i in range(n):
        shift = f32([0, gap * (i - (n - 1) / 2)])
        members.append(_band((bow + shift) @ turn.T + centre, 0.25, tall, colour, gloss))
        if n < 3:
            members.append(_band((visor + shift) @ turn.T + centre, 0.3, tall * 0.5, colour, gloss))
        for t in (8, 24, 40):
            peg = (bow[t] * 1.06 + shift) @ turn.T + centre
            members.append(plain_loft(rng, peg, 0.22, tall, colour, gloss, "round"))
    return Group(tuple(members))


def ear_savers(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Flat straps with hooks, side by side."""
    n, length = int(rng.integers(4, 13)), size * rng.uniform(0.9, 1.5)
    turn, thick = rotation_z(rng.choice([0, np.pi / 2]) + rng.normal(0, 0.02))[:2, :2], min(height, 0.25)
    pitch, members = 2.6 * size / n, []
    for i in range(n):
        y = pitch * (i - (n - 1) / 2)
        strap = np.stack([np.linspace(-length, length, 24), np.full(24, y)], 1)
        members.append(_band(strap @ turn.T + centre, pitch * 0.35, thick, colour, gloss))
        for x in np.linspace(-length, length, 8)[[0, 1, 2, 5, 6, 7]]:
            t = np.linspace(-1, 1, 9) * pitch * 0.36
            hook = np.stack([x - np.sign(x) * np.abs(t) * 0.8, y + t], 1)
            members.append(_band(hook @ turn.T + centre, pitch * 0.14, thick, colour, gloss))
    return Group(tuple(members))


def valves(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Tubes on flanges: Venturi valves and hose adapters, 4 to 20 on a plate."""
    nx, ny = int(rng.integers(2, 6)), int(rng.integers(2, 5))
    pitch, tall = 2.2 * size / max(nx, ny), min(height, size * 1.5)
    tube = plain_loft(rng, centre, pitch * 0.26, tall, colour, gloss, "round")
    waves = f32(np.stack([rng.normal(0, 0.12, 3), rng.uniform(0, 6.28, 3)]))
    tube = replace(tube, bore=0.72, twist=0.0, lean=f32([0, 0]), swell=waves)
    flange = replace(tube, size=pitch * 0.4, height=tall * 0.15, bore=0.55, swell=np.zeros((2, 3)), taper=0.0)
    members: list[Part] = []
    for i in range(nx):
        for j in range(ny):
            spot = f32(centre + pitch * (np.array([i, j]) - [(nx - 1) / 2, (ny - 1) / 2]))
            members += [replace(tube, centre=spot), replace(flange, centre=spot)]
    return Group(tuple(members))


def clips(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Many equal small brackets, clips and hooks."""
    seed, n = int(rng.integers(1 << 31)), int(rng.integers(2, 5))
    pitch, tall = 2.4 * size / n, min(height, rng.uniform(0.4, 2))
    spots = [f32(centre + pitch * (np.array([i, j]) - (n - 1) / 2)) for i in range(n) for j in range(n)]
    make = lambda at: Band.random(np.random.default_rng(seed), at, pitch * 0.38, tall, colour, gloss)  # noqa: E731
    return Group(tuple(make(at) for at in spots))


def spiral_vase(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Loft:
    """One thin wall, fluted and twisted."""
    kind = str(rng.choice(["gear", "polygon", "fluted", "box"]))
    vase = plain_loft(rng, centre, size, height, colour, gloss, kind)
    return replace(vase, twist=float(rng.choice([-1, 1]) * rng.uniform(0.8, 4)), bore=0.95, relief=np.zeros((0, 4)))


def octopus(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """A head and eight arms of links."""
    head = plain_loft(rng, centre, size * 0.42, min(height, size), colour, gloss, "round")
    members: list[Part] = [replace(head, taper=0.5)]
    for arm in range(8):
        heading = arm * np.pi / 4 + np.cumsum(rng.normal(0, 0.2, 6))
        steps = np.stack([np.cos(heading), np.sin(heading)], 1) * size * 0.21
        for k, spot in enumerate(centre + np.cumsum(steps, 0) + steps[0]):
            r = size * 0.14 * (1 - k / 8)
            members.append(plain_loft(rng, f32(spot), r, min(height, r * 1.8), colour, gloss, "box"))
    return Group(tuple(members))


def boat(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """The little tugboat of every first print: hull, cabin, chimney."""
    a = np.arange(64) * 2 * np.pi / 64
    bow = np.where(
        np.cos(a) > 0,
        1 / (np.abs(np.cos(a)) + 2.1 * np.abs(np.sin(a))),
        1 / (np.abs(np.cos(a)) ** 6 + np.abs(2.1 * np.sin(a)) ** 6) ** (1 / 6),
    )
    hull = plain_loft(rng, centre, size * 0.8, min(height, size * 0.5), colour, gloss, "round")
    still = {"twist": 0.0, "lean": f32([0, 0]), "swell": np.zeros((2, 3))}
    hull = replace(hull, shape=f32(bow), taper=-0.25, bore=0.85, **still)  # type: ignore[arg-type]
    back = f32([np.cos(hull.turn), np.sin(hull.turn)]) * size
    room = {"shape": f32(np.full(64, 0.3)), "height": min(height, size), "taper": 0.1}
    cabin = replace(hull, centre=f32(centre - back * 0.1), **room)  # type: ignore[arg-type]
    pipe = {"shape": f32(np.full(64, 0.1)), "height": min(height, size) * 1.2, "taper": 0.0}
    chimney = replace(hull, centre=f32(centre - back * 0.25), **pipe)  # type: ignore[arg-type]
    return Group((hull, cabin, chimney))
