"""The forms that get printed. A part is built up to any height, so that the same part can be seen at every layer of
its print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_z
from models.train.scenes.outlines import POINTS, carved, outline, random_relief

Colour = Floats


class Part(Protocol):
    """A printable thing, standing on the bed."""

    @property
    def height(self) -> float: ...

    @property
    def footprint(self) -> Floats:
        """The outline of its first layer, [n, 2]."""
        ...

    def build(self, up_to: float) -> Mesh:
        """The part as printed up to a height in cm."""
        ...


@dataclass(frozen=True)
class Loft:
    """A solid or hollow body whose outline swells, leans and twists on its way up."""

    centre: Floats  # [2]
    size: float
    height: float
    shape: Floats  # radius over angle [POINTS]
    swell: Floats  # amplitudes and phases of three waves, [2, 3]
    taper: float
    twist: float
    lean: Floats  # [2]
    turn: float
    colour: Colour
    wall: Material
    top: Material
    bore: float = 0.0  # inner radius / outer radius; 0 is solid
    relief: Floats | None = None  # carved waves: amplitude, turns around, turns up, phase, [n, 4]

    @classmethod
    def random(
        cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float, kind: str | None = None
    ) -> Loft:
        waves = (
            np.stack([rng.normal(0, [0.22, 0.11, 0.07]), rng.uniform(0, 6.28, 3)])
            if rng.random() < 0.55
            else np.zeros((2, 3))
        )
        surface = rng.choice(
            [Surface.LAYERS, Surface.HOLES, Surface.DIAMONDS, Surface.CELLS], p=[0.72, 0.08, 0.08, 0.12]
        )
        depth = rng.uniform(0.1, 0.7) if surface == Surface.LAYERS else size * rng.uniform(0.12, 0.6)
        return cls(
            centre=f32(centre),
            size=size,
            height=height,
            shape=outline(rng, kind),
            swell=f32(waves),
            taper=float(rng.uniform(0.2, 0.8)) if rng.random() < 0.2 else 0.0,
            twist=float(rng.normal(0, 1.2)) if rng.random() < 0.35 else 0.0,
            lean=f32(rng.normal(0, 0.25, 2) if rng.random() < 0.25 else [0, 0]),
            turn=float(rng.uniform(0, 6.28)),
            colour=colour,
            wall=Material(gloss, surface, float(depth)),
            top=Material(gloss, Surface.INFILL, float(rng.uniform(0.2, 0.9))),
            bore=float(rng.uniform(0.7, 0.93)) if rng.random() < 0.3 else 0.0,
            relief=random_relief(rng) if rng.random() < 0.35 else None,
        )

    def rings(self, up_to: float) -> Floats:
        """Outlines from the bed to `up_to`, [z, POINTS, 3]."""
        up_to = float(np.clip(up_to, 0.02, self.height))
        steps = np.clip(up_to * 4, 1, 36) if self.relief is None else np.clip(up_to * 12, 4, 90)
        z = np.linspace(0, up_to, int(steps) + 2)
        u = (z / self.height)[:, None]
        waves = (self.swell[0] * (np.sin(3.1 * u * [1, 2, 3] + self.swell[1]) - np.sin(self.swell[1]))).sum(
            1, keepdims=True
        )
        radius = self.size * np.clip(1 + waves, 0.35, 1.7) * (1 - self.taper * u) * self.shape
        angle = np.arange(POINTS) * 2 * np.pi / POINTS + self.turn + self.twist * u
        if self.relief is not None:
            radius = radius * (1 + carved(self.relief, angle, z[:, None]))
        shift = self.lean * self.size * u**2
        x = self.centre[0] + shift[:, :1] + radius * np.cos(angle)
        y = self.centre[1] + shift[:, 1:] + radius * np.sin(angle)
        return f32(np.stack([x, y, np.repeat(z[:, None], POINTS, 1)], -1))

    @property
    def footprint(self) -> Floats:
        return self.rings(0.02)[0, :, :2]

    def build(self, up_to: float) -> Mesh:
        mesh, rings = Mesh(), self.rings(up_to)
        mesh.loft(rings, self.colour, self.wall)
        rim = rings[-1]
        if self.bore:
            axis = rings.mean(1, keepdims=True)
            inner = axis + (rings - axis) * f32([self.bore, self.bore, 1])
            mesh.loft(inner, self.colour * 0.8, self.wall, inward=True)
            closed = [*range(POINTS), 0]
            solid = Material(self.top.gloss, Surface.PLAIN)
            mesh.strip(rim[closed], inner[-1][closed], self.colour, solid, [0, 0, 1])
        else:
            done = up_to >= self.height - 0.05
            solid = Material(self.top.gloss, Surface.LAYERS, 0.2)
            mesh.fan(rim.mean(0), rim, [0, 0, 1], self.colour, solid if done else self.top)
        return mesh


@dataclass(frozen=True)
class Band:
    """A wall along a line: face-shield headbands, brackets, letters, hooks."""

    line: Floats  # centre line [n, 2]
    width: float
    height: float
    colour: Colour
    wall: Material

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Band:
        t = np.linspace(-1, 1, 60)
        if rng.random() < 0.5:  # a headband: an arc with turned ends
            a = t * rng.uniform(1.0, 2.6)
            line = np.stack([np.sin(a) * (1 + 0.15 * t**2), np.cos(a) * rng.uniform(0.7, 1.3)], 1)
        else:
            bends = rng.normal(0, 1.3, 4)
            heading = (
                np.interp(t, np.linspace(-1, 1, 4), np.cumsum(bends))
                if rng.random() < 0.5
                else np.floor((t + 1) * 2) * np.pi / 2 * rng.choice([-1, 1])
            )
            line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0) / 16
        line = (line - line.mean(0)) * size @ rotation_z(rng.uniform(0, 6.28))[:2, :2] + centre
        wall = Material(gloss, Surface.LAYERS, float(rng.uniform(0.1, 0.6)))
        return cls(f32(line), float(rng.uniform(0.2, 0.5 + 0.15 * size)), height, colour, wall)

    def edges(self) -> tuple[Floats, Floats]:
        """Left and right edge of the band, [n, 2] each."""
        d = np.gradient(self.line, axis=0)
        side = np.stack([-d[:, 1], d[:, 0]], 1) / (np.linalg.norm(d, axis=1, keepdims=True) + 1e-9)
        return f32(self.line + side * self.width / 2), f32(self.line - side * self.width / 2)

    @property
    def footprint(self) -> Floats:
        left, right = self.edges()
        return np.concatenate([left, right[::-1]])

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.02, self.height))
        around = np.concatenate([self.footprint, self.footprint[:1]])
        low, high = np.c_[around, np.zeros(len(around))], np.c_[around, np.full(len(around), h)]
        d = np.gradient(around, axis=0)
        normals = np.c_[d[:, 1], -d[:, 0], np.zeros(len(d))]
        mesh.strip(low, high, self.colour, self.wall, normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9))
        left, right = (np.c_[edge, np.full(len(edge), h)] for edge in self.edges())
        mesh.strip(left, right, self.colour, Material(self.wall.gloss), [0, 0, 1])
        return mesh


@dataclass(frozen=True)
class Lattice:
    """A vase of crossing struts: looks like a mess, and is none."""

    centre: Floats
    size: float
    height: float
    struts: int
    pitch: float
    thickness: float
    colour: Colour
    gloss: float

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Lattice:
        thickness = float(rng.uniform(0.08, 0.3)) * min(1, size / 2)
        return cls(
            f32(centre),
            size,
            height,
            int(rng.integers(5, 14)),
            float(rng.uniform(0.8, 2.6)),
            thickness,
            colour,
            gloss,
        )

    @property
    def footprint(self) -> Floats:
        a = np.arange(POINTS) * 2 * np.pi / POINTS
        return f32(self.centre + self.size * np.stack([np.cos(a), np.sin(a)], 1))

    def _radius(self, z: Floats) -> Floats:
        return self.size * (1 + 0.2 * np.sin(3 * z / self.height))

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.05, self.height))
        t, material = np.linspace(0, 1, 6), Material(self.gloss, Surface.LAYERS, 0.3)
        paths = []
        for level in range(int(np.ceil(h / self.pitch))):
            reach = min(1.0, h / self.pitch - level)
            for k in range(self.struts):
                for side in (-1, 1):
                    angle = (k + side * t * reach + level % 2) * 2 * np.pi / self.struts
                    z = (level + t * reach) * self.pitch
                    r = self._radius(z)
                    paths.append(
                        np.stack([self.centre[0] + r * np.cos(angle), self.centre[1] + r * np.sin(angle), z], 1)
                    )
        mesh.tubes(np.array(paths), self.thickness, self.colour, material, 6)
        for level_z in (0.1, h):
            a = np.linspace(0, 2 * np.pi, 48)
            r = self._radius(f32(level_z))
            rim = np.stack([self.centre[0] + r * np.cos(a), self.centre[1] + r * np.sin(a), 0 * a + level_z], 1)
            mesh.tubes(rim, self.thickness, self.colour, material, 6)
        return mesh


@dataclass(frozen=True)
class Figurine:
    """A body of overlapping round forms."""

    centre: Floats
    height: float
    balls: Floats  # x, y, z, rx, ry, rz [n, 6]
    colour: Colour
    wall: Material
    fur: float = 0.0  # depth of its locks / radius
    locks: int = 16  # around a ball

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Figurine:
        n = int(rng.integers(4, 10)) if rng.random() < 0.6 else int(rng.integers(12, 40))
        spread = np.concatenate([centre + rng.normal(0, 0.4 * size, (n, 2)), height * rng.uniform(0, 0.85, (n, 1))], 1)
        radii = np.concatenate([size * rng.uniform(0.2, 0.8, (n, 2)), height * rng.uniform(0.1, 0.35, (n, 1))], 1)
        radii *= min(1.0, 9 / n) ** 0.5
        spread[0, :2], spread[0, 2] = centre, 0  # something to stand on
        return cls(
            f32(centre),
            height,
            f32(np.c_[spread, radii]),
            colour,
            Material(gloss, Surface.LAYERS, float(rng.uniform(0.1, 0.5))),
        )

    @property
    def footprint(self) -> Floats:
        a = np.arange(POINTS) * 2 * np.pi / POINTS
        return f32(self.balls[0, :2] + self.balls[0, 3:5] * np.stack([np.cos(a), np.sin(a)], 1))

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.05, self.height))
        n, rows = (60, 24) if self.fur else (24, 14)
        a, u = np.arange(n) * 2 * np.pi / n, np.linspace(0, np.pi, rows)
        combed = np.sin(self.locks * a / 2 + 2.5 * u[:, None]) * np.cos(6 * u[:, None] + 3 * np.sin(3 * a))
        locks = 1 + self.fur * (np.abs(combed) - 0.4)
        for x, y, z0, rx, ry, rz in self.balls:
            if z0 - rz >= h:
                continue
            z = np.clip(z0 - rz * np.cos(u), 0, h)
            w = np.sqrt(np.clip(1 - ((z - z0) / rz) ** 2, 0, 1))[:, None] * locks
            rings = np.stack([x + w * rx * np.cos(a), y + w * ry * np.sin(a), np.repeat(z[:, None], n, 1)], -1)
            mesh.loft(rings, self.colour, self.wall)
            mesh.fan(
                rings[-1].mean(0), rings[-1], [0, 0, 1], self.colour, Material(self.wall.gloss, Surface.INFILL, 0.4)
            )
        return mesh


@dataclass(frozen=True)
class Sticks:
    """Thin legs, spikes and trusses: chairs, spiders, scaffolds, stringing tests. Thin, and no mess."""

    centre: Floats
    size: float
    height: float
    legs: Floats  # start and end of each, [n, 2, 3]
    thickness: float
    colour: Colour
    gloss: float

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Sticks:
        n, spread = int(rng.integers(4, 14)), rng.choice([0.0, 0.3, 1.0])
        feet = np.c_[centre + rng.uniform(-1, 1, (n, 2)) * size, np.zeros(n)]
        heads = np.c_[
            feet[:, :2] * (1 - spread) + spread * centre + rng.normal(0, 0.1, (n, 2)) * size, np.full(n, height)
        ]
        legs = [np.stack([feet, heads], 1)]
        if rng.random() < 0.6:  # rungs and diagonals
            i, j = rng.integers(n, size=(2, 2 * n))
            a, b = rng.uniform(0.2, 1, (2, 2 * n, 1))
            legs.append(np.stack([feet[i] * (1 - a) + heads[i] * a, feet[j] * (1 - b) + heads[j] * b], 1))
        thickness = float(rng.uniform(0.06, 0.22)) * min(1.5, size / 2)
        return cls(f32(centre), size, height, f32(np.concatenate(legs)), thickness, colour, gloss)

    @property
    def footprint(self) -> Floats:
        a = np.arange(POINTS) * 2 * np.pi / POINTS
        return f32(self.centre + self.size * np.stack([np.cos(a), np.sin(a)], 1))

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.05, self.height))
        material = Material(self.gloss, Surface.LAYERS, 0.3)
        low, high = self.legs[:, 0], self.legs[:, 1]
        order = (low[:, 2] > high[:, 2])[:, None]
        low, high = np.where(order, high, low), np.where(order, low, high)
        begun = low[:, 2] < h
        low, high = low[begun], high[begun]
        reach = np.clip((h - low[:, 2]) / np.maximum(high[:, 2] - low[:, 2], 1e-3), 0, 1)[:, None]
        mesh.tubes(np.stack([low, low + (high - low) * reach], 1), self.thickness, self.colour, material, 7)
        mesh.box([*self.centre, 0.1], [2.1 * self.size, 2.1 * self.size, 0.2], self.colour, Material(self.gloss))
        return mesh
