"""Parts made of thin round bars: nets, chainmail, brushes, pins, corals. Many look like a mess, and none is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.mesh import Material, Mesh, Surface, unit

Colour = Floats


@dataclass(frozen=True)
class Wires:
    """Straight bars, each with a radius at either end, on an optional round foot."""

    centre: Floats  # [2]
    bars: Floats  # [n, 2, 3], the lower end first
    radii: Floats  # [n, 2]
    colour: Colour
    gloss: float
    foot: float = 0.0  # radius of a plate below; 0 is none
    sides: int = 6

    @property
    def height(self) -> float:
        return float(self.bars[..., 2].max())

    @property
    def footprint(self) -> Floats:
        low = self.bars[:, 0]
        reach = np.linalg.norm(low[low[:, 2] < 0.5, :2] - self.centre, axis=1).max(initial=0.2)
        a = np.arange(64) * 2 * np.pi / 64
        return f32(self.centre + max(self.foot, reach) * np.stack([np.cos(a), np.sin(a)], 1))

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.05, max(self.height, 0.05)))
        bark = Material(self.gloss, Surface.LAYERS, 0.3)
        begun = self.bars[:, 0, 2] < h
        low, high = self.bars[begun, 0], self.bars[begun, 1]
        share = np.clip((h - low[:, 2]) / np.maximum(high[:, 2] - low[:, 2], 1e-4), 0, 1)[:, None]
        if len(low):
            r = self.radii[begun]
            ends = np.stack([r[:, 0], r[:, 0] + (r[:, 1] - r[:, 0]) * share[:, 0]], 1)
            mesh.tubes(np.stack([low, low + (high - low) * share], 1), ends, self.colour, bark, self.sides)
        if self.foot:
            mesh.cylinder([*self.centre, 0], [*self.centre, min(h, 0.2)], self.foot, self.colour, bark, 40)
        return mesh


def bars_of(paths: Floats) -> Floats:
    """The bars [k (n - 1), 2, 3] along paths [k, n, 3], each turned so that its lower end comes first."""
    bars = np.stack([paths[:, :-1], paths[:, 1:]], 2).reshape(-1, 2, 3)
    falls = bars[:, 0, 2] > bars[:, 1, 2]
    bars[falls] = bars[falls, ::-1]
    return f32(bars)


def _wires(
    centre: Floats, bars: Floats, radius: Floats | float, colour: Colour, gloss: float, foot: float = 0.0
) -> Wires:
    radii = np.broadcast_to(np.asarray(radius, np.float32), (len(bars), 2))
    return Wires(f32(centre), f32(bars), f32(radii), colour, gloss, foot)


def net(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Wires:
    """A shell of irregular open cells: Voronoi lamps, vases and shoes."""
    around = int(rng.integers(6, 19))
    pitch = 2 * np.pi * size / around
    rows = int(np.clip(height / pitch / 0.75, 1, 12)) + 1
    i, j = (v.ravel() for v in np.meshgrid(np.arange(around), np.arange(rows)))
    jitter = rng.uniform(0.1, 0.42)
    knots = rng.normal(0, jitter, (2, rows, around, 2)).clip(-0.8, 0.8) * 0.5
    swell, phase = rng.uniform(0, 0.35), rng.uniform(0, 6.28)

    def knot(which: int, i: Floats, j: Floats) -> Floats:
        shift = knots[which, np.clip(j, 0, rows - 1), i % around]
        u = np.clip((j + which * 0.33 + shift[:, 1] * 0.6) / rows, 0, 1)
        angle = (i + 0.5 * (j % 2) + shift[:, 0]) * 2 * np.pi / around
        r = size * (1 + swell * (np.sin(3 * u + phase) - np.sin(phase)))
        return np.stack([centre[0] + r * np.cos(angle), centre[1] + r * np.sin(angle), u * height], 1)

    lower, upper = knot(0, i, j), knot(1, i, j)
    side = i + np.where(j % 2 == 1, 1, 0)
    above = [knot(0, side + step, j + 1) for step in (0, -1)]
    pairs = [np.stack([lower, upper], 1), *(np.stack([upper, a], 1) for a in above)]
    r = pitch * rng.uniform(0.06, 0.16)
    return _wires(centre, bars_of(np.concatenate(pairs)), r, colour, gloss, size * float(rng.choice([0, 0.9])))


def chainmail(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Wires:
    """Links that hold each other, flat on the bed."""
    n, t = int(rng.integers(4, 9)), np.linspace(0, 2 * np.pi, 13)
    pitch, tilt = 2 * size / n, rng.uniform(0.2, 0.6)
    x, y = (v.ravel() * pitch for v in np.meshgrid(*[np.arange(n) - (n - 1) / 2] * 2))
    side = np.where((np.arange(n * n) + np.arange(n * n) // n) % 2, 1, -1)[:, None]
    r = pitch * rng.uniform(0.55, 0.72)
    z = r * tilt * (1 + side * np.cos(t)) + 0.03
    z = np.minimum(z, height)
    links = np.stack([centre[0] + x[:, None] + r * np.cos(t), centre[1] + y[:, None] + r * np.sin(t), z], -1)
    return _wires(centre, bars_of(links), pitch * rng.uniform(0.08, 0.14), colour, gloss)


def brush(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Wires:
    """A field of hair-thin pillars: brushes, hedgehogs, grass, pins of a test plate."""
    n = int(rng.choice([9, 25, 49, 100, 160]))
    a, d = rng.uniform(0, 6.28, n), size * np.sqrt(rng.random(n))
    if rng.random() < 0.5:
        side = int(np.sqrt(n))
        x, y = (v.ravel() for v in np.meshgrid(*[np.linspace(-1, 1, side)] * 2))
        feet = np.stack([x, y], 1) * size * 0.8
    else:
        feet = np.stack([d * np.cos(a), d * np.sin(a)], 1)
    n, splay = len(feet), rng.choice([0.0, 0.0, 0.15, 0.5])
    tall = height * rng.uniform(rng.choice([0.5, 1.0]), 1, n)
    heads = feet * (1 + splay) + rng.normal(0, 0.1 * splay, (n, 2)) * size
    bars = np.stack([np.c_[feet + centre, np.full(n, 0.1)], np.c_[heads + centre, tall]], 1)
    foot = size / np.sqrt(n)
    r = f32([1, rng.choice([0.1, 0.6, 1])]) * np.clip(foot * rng.uniform(0.1, 0.35), 0.03, 0.35)
    return _wires(centre, bars, r, colour, gloss, size * 1.15)


def pins(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Wires:
    """Two to six slender towers or cones, far apart: retraction tests, candle holders, table legs."""
    n, row = int(rng.integers(2, 7)), rng.random() < 0.5
    t = np.linspace(-1, 1, n) if row else np.arange(n) * 2 * np.pi / n
    feet = np.stack([t, 0 * t], 1) if row else np.stack([np.cos(t), np.sin(t)], 1)
    turn = rng.uniform(-0.5, 0.5)
    spots = feet * size @ f32([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + centre
    bars = np.stack([np.c_[spots, np.zeros(n)], np.c_[spots, np.full(n, max(height, size))]], 1)
    r = size * rng.uniform(0.06, 0.22) * f32([1, rng.choice([0.08, 0.7, 1, 1])])
    wires = _wires(centre, bars, r, colour, gloss, size * 1.2 if rng.random() < 0.6 else 0.0)
    return Wires(wires.centre, wires.bars, wires.radii, colour, gloss, wires.foot, sides=16)


def coral(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Wires:
    """Branches of branches: trees, corals, organic supports left standing, hair."""
    tips = np.c_[centre + rng.normal(0, 0.2, (3, 2)) * size, np.zeros(3)]
    heading = unit(np.c_[rng.normal(0, 0.2, (3, 2)), np.ones(3)])
    bars, radii, r = [], [], size * rng.uniform(0.07, 0.2)
    step, levels = height * 0.3, int(rng.integers(4, 7))
    for level in range(levels):
        ends = tips + heading * step * rng.uniform(0.7, 1.2, (len(tips), 1))
        bars.append(np.stack([tips, ends], 1))
        radii.append(np.repeat(f32([[r, r * 0.75]]), len(tips), 0))
        fork = 2 if level < levels - 2 or len(tips) < 48 else 1
        tips, r, step = np.repeat(ends, fork, 0), r * 0.75, step * 0.75
        heading = unit(np.repeat(heading, fork, 0) + rng.normal(0, 0.45, (len(tips), 3)))
        heading[:, 2] = np.maximum(np.abs(heading[:, 2]), 0.35)
    every = np.concatenate(bars)
    every[..., :2] = centre + np.clip(every[..., :2] - centre, -1.6 * size, 1.6 * size)
    every[..., 2] *= height / every[..., 2].max()
    return Wires(f32(centre), bars_of(every), f32(np.concatenate(radii)), colour, gloss, r * 3, 7)
