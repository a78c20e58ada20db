"""Parts made of blocks: towers, castles, lettered plates, fractal pyramids, walls, chairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_z, unit

Colour = Floats
_CORNERS = f32([[-1, -1], [1, -1], [1, 1], [-1, 1]])


@dataclass(frozen=True)
class Blocks:
    """Upright frusta: x, y, half width, half depth, from z, to z, size of the top against the foot; [n, 7]."""

    centre: Floats  # [2], which x and y count from
    blocks: Floats
    turn: float
    colour: Colour  # [3], or one a block [n, 3]
    gloss: float

    @property
    def height(self) -> float:
        return float(self.blocks[:, 5].max())

    def _turned(self, points: Floats) -> Floats:
        return f32(points @ rotation_z(self.turn)[:2, :2].T + self.centre)

    @property
    def footprint(self) -> Floats:
        low = self.blocks[self.blocks[:, 4] < 0.3]
        reach = (np.abs(low[:, :2]) + low[:, 2:4]).max(0)
        sides = np.concatenate([np.linspace(a, b, 16) for a, b in zip(_CORNERS, np.roll(_CORNERS, -1, 0), strict=True)])
        return self._turned(sides * reach)

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.03, self.height))
        begun = self.blocks[:, 4] < h
        b = self.blocks[begun]
        if not len(b):
            return mesh
        done = np.clip((h - b[:, 4]) / np.maximum(b[:, 5] - b[:, 4], 1e-4), 0, 1)
        scale = 1 + (b[:, 6] - 1) * done
        low = b[:, None, :2] + _CORNERS * b[:, None, 2:4]
        high = b[:, None, :2] + _CORNERS * b[:, None, 2:4] * scale[:, None, None]
        top = b[:, 4] + (b[:, 5] - b[:, 4]) * done
        foot = np.concatenate([self._turned(low), np.repeat(b[:, None, 4:5], 4, 1)], 2)
        head = np.concatenate([self._turned(high), np.repeat(top[:, None, None], 4, 1)], 2)
        colours = self.colour[begun] if self.colour.ndim == 2 else np.repeat(self.colour[None], len(b), 0)
        self._walls(mesh, foot, head, colours)
        self._tops(mesh, head, colours, done >= 1)
        return mesh

    def _walls(self, mesh: Mesh, foot: Floats, head: Floats, colours: Floats) -> None:
        a, b = foot, np.roll(foot, -1, 1)
        c, d = np.roll(head, -1, 1), head
        points = np.stack([a, b, c, d], 2)  # [n, 4 walls, 4 corners, 3]
        normals = unit(np.cross(b - a, (c + d - a - b) / 2))
        i = np.arange(len(foot) * 4)[:, None] * 4
        triangles = np.concatenate([i, i + 1, i + 2, i, i + 2, i + 3], 1)
        bark = Material(self.gloss, Surface.LAYERS, 0.3)
        normals = np.repeat(normals.reshape(-1, 3), 4, 0)
        mesh.add(points, normals, np.repeat(colours, 16, 0), triangles, bark)

    def _tops(self, mesh: Mesh, head: Floats, colours: Floats, done: Floats) -> None:
        for which, surface in ((done, Surface.LAYERS), (~done, Surface.INFILL)):
            n = int(which.sum())
            i = np.arange(n)[:, None] * 4
            triangles = np.concatenate([i, i + 1, i + 2, i, i + 2, i + 3], 1)
            if n:
                paint = np.repeat(colours[which], 4, 0)
                mesh.add(head[which], [0, 0, 1], paint, triangles, Material(self.gloss, surface, 0.4))


def _blocks(rng: Rng, centre: Floats, rows: Floats, colour: Colour, gloss: float) -> Blocks:
    return Blocks(f32(centre), f32(rows), float(rng.uniform(0, 6.28)), f32(colour), gloss)


def fractal(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """A pyramid of pyramids, with air between them."""
    rows = np.array([[0, 0, size, size, 0, min(max(height, size * 0.7), size * 2), 0.02]])
    for _ in range(int(rng.integers(1, 4))):
        x, y, w, d, low, high, top = rows.T
        middle = (low + high) / 2
        corners = [np.stack([x + i * w / 2, y + j * d / 2, w / 2, d / 2, low, middle, top], 1) for i, j in _CORNERS]
        rows = np.concatenate([*corners, np.stack([x, y, w / 2, d / 2, middle, high, top], 1)])
    return _blocks(rng, centre, rows, colour, gloss)


def lettered(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """A plate with raised letters of straight strokes, in one colour or two."""
    n, thick = int(rng.integers(3, 9)), min(height, rng.uniform(0.2, 0.5))
    rows, w = [[0, 0, 1.3 * size, 0.55 * size, 0, thick, 1]], 2.3 * size / n
    for i in range(n):
        x0, u = (i + 0.5) * w - 1.15 * size, w * 0.32
        for sx, sy, along in ((0, 1, 1), (0, 0, 1), (0, -1, 1), (-1, 0.5, 0), (1, 0.5, 0), (-1, -0.5, 0), (1, -0.5, 0)):
            if rng.random() < 0.65:
                half = (u * 1.15, w * 0.07) if along else (w * 0.07, 0.19 * size)
                rows.append([x0 + sx * u, sy * 0.36 * size, *half, thick, thick + 0.15, 1])
    paint = np.repeat(f32(colour)[None], len(rows), 0)
    if rng.random() < 0.5:
        paint[1:] = rng.random(3)
    return _blocks(rng, centre, f32(rows), paint, gloss)


def towers(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """Two stacks of notched blocks on a plate: temperature towers, bridges, castles' gates."""
    floor, rows = int(np.clip(height / rng.uniform(0.5, 1), 2, 10)), []
    gap, w, h = size * rng.uniform(0.5, 1), size * rng.uniform(0.2, 0.4), height / floor
    for side in (-1, 1):
        for k in range(floor):
            z = 0.15 + k * (height - 0.15) / floor
            rows.append([side * gap, 0, w * 0.88, w * 0.88, z, z + 0.2 * h, 1])
            rows.append([side * gap, 0, w, w, z + 0.2 * h, z + (height - 0.15) / floor, 1])
    rows.append([0, 0, gap + w * 1.2, w * 1.3, 0, 0.15, 1])
    if rng.random() < 0.3:  # a bridge on top
        rows.append([0, 0, gap + w, w, height * 0.92, height, 1])
    return _blocks(rng, centre, f32(rows), colour, gloss)


def castle(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """Walls, battlements and steep roofs."""
    rows = [[0, 0, size * 0.5, size * 0.5, 0, height * 0.5, 1]]
    for x, y in _CORNERS * size * 0.8:
        tall, w = height * rng.uniform(0.5, 0.8), size * rng.uniform(0.1, 0.22)
        rows += [[x, y, w, w, 0, tall, 1], [x, y, w * 1.2, w * 1.2, tall, height, 0.02]]
    for (x, y), (dx, dy) in zip(
        f32([[0, 1], [0, -1], [1, 0], [-1, 0]]), f32([[1, 0], [1, 0], [0, 1], [0, 1]]), strict=True
    ):
        half = np.abs([dx, dy]) * size * 0.8 + 0.05 * size
        rows.append([x * size * 0.8, y * size * 0.8, *half, 0, height * 0.3, 1])
        for t in np.linspace(-0.7, 0.7, 8):
            at = f32([x, y]) * size * 0.8 + f32([dx, dy]) * t * size
            rows.append([*at, 0.05 * size, 0.05 * size, height * 0.3, height * 0.36, 1])
    return _blocks(rng, centre, f32(rows), colour, gloss)


def chair(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """Legs, a seat and a back of bars."""
    seat, w = height * rng.uniform(0.35, 0.55), size * rng.uniform(0.05, 0.12)
    s = size * 0.7
    rows = [[x * s, y * s, w, w, 0, seat, 1] for x, y in _CORNERS]
    rows.append([0, 0, s + w, s + w, seat, seat + 0.2, 1])
    n = int(rng.integers(2, 8))
    rows += [[x, s, w * 0.7, w * 0.7, seat + 0.2, height * 0.92, 1] for x in np.linspace(-s, s, n)]
    rows.append([0, s, s + w, w, height * 0.92, height, 1])
    return _blocks(rng, centre, f32(rows), colour, gloss)


def prime_tower(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Blocks:
    """The ragged block into which a printer of several colours purges."""
    n = int(np.clip(height / rng.uniform(0.1, 0.6), 3, 40))
    palette = np.concatenate([f32(colour)[None], rng.random((3, 3))])
    z = np.linspace(0, height, n + 1)
    w = size * rng.uniform(0.96, 1.04, (2, n))
    shift = rng.normal(0, 0.015, (2, n)) * size
    rows = np.stack([shift[0], shift[1], w[0], w[1] * rng.uniform(0.4, 1), z[:-1], z[1:], np.ones(n)], 1)
    return _blocks(rng, centre, rows, palette[rng.integers(len(palette), size=n)], gloss)
