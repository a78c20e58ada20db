"""Bodies with a deep surface (fur, bark, scales, crumpled facets), and bodies seen half-printed, full of infill."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Figurine, Loft
from models.train.scenes.mesh import Material, Mesh, Surface
from models.train.scenes.outlines import POINTS

Colour = Floats
AROUND, UPWARDS = 128, 64


def deep_surface(rng: Rng) -> Floats:
    """Relative change of the radius over height and angle [UPWARDS, AROUND]; closed around."""
    relief: Floats
    kind = rng.choice(["fur", "bark", "scales", "crumpled", "face"])
    fine, coarse = (24, 40), (6, 5)
    if kind == "fur":  # locks: long upwards, narrow around, combed aside
        locks = _noise(rng, int(rng.integers(5, 12)), int(rng.integers(20, 44)))
        comb = (np.arange(UPWARDS) * rng.normal(0, 0.6)).astype(int)
        locks = np.stack([np.roll(row, shift) for row, shift in zip(locks, comb, strict=True)])
        relief = 0.6 * np.abs(locks) + 0.6 * _noise(rng, *coarse)
    elif kind == "bark":
        relief = 1 - 2 * np.abs(_noise(rng, 4, int(rng.integers(9, 20)))) + 0.3 * _noise(rng, *fine)
    elif kind == "scales":
        n, m = rng.integers(6, 14), rng.integers(8, 20)
        z, a = np.mgrid[0 : 1 : UPWARDS * 1j, 0 : 2 * np.pi : (AROUND + 1) * 1j][:, :, :-1]
        row = np.floor(z * n)
        relief = (1 - (z * n) % 1) * np.abs(np.cos(m / 2 * a + row * np.pi / 2)) + 0.4 * _noise(rng, *coarse)
    elif kind == "crumpled":  # flat facets
        knots = rng.uniform(-1, 1, (9, 12))
        relief = cv2.resize(np.c_[knots, knots[:, :1]], (AROUND + 1, UPWARDS), interpolation=cv2.INTER_LINEAR)[:, :-1]
    else:
        relief = 1.3 * _noise(rng, 5, 6) + 0.5 * _noise(rng, 11, 14) ** 2 + 0.2 * _noise(rng, *fine)
    return f32(relief * rng.uniform(0.05, 0.22))


def _noise(rng: Rng, up: int, around: int) -> Floats:
    """Smooth noise in about -1..1, [UPWARDS, AROUND], closed around."""
    knots = rng.uniform(-1, 1, (up, around)).astype(np.float32)
    wide = np.concatenate([knots, knots, knots], 1)
    whole = cv2.resize(wide, (3 * AROUND, UPWARDS), interpolation=cv2.INTER_CUBIC)
    return f32(whole[:, AROUND : 2 * AROUND] * 1.3)


@dataclass(frozen=True)
class Sculpture:
    """A loft with a deep surface: lions, fleece, tree trunks, dragons' necks."""

    body: Loft
    relief: Floats  # [UPWARDS, AROUND]

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Sculpture:
        return cls(plain_loft(rng, centre, size, height, colour, gloss), deep_surface(rng))

    @property
    def height(self) -> float:
        return self.body.height

    @property
    def footprint(self) -> Floats:
        return self.body.footprint

    def build(self, up_to: float) -> Mesh:
        mesh, h = Mesh(), float(np.clip(up_to, 0.02, self.height))
        rows = int(np.clip(h / self.height * UPWARDS, 3, UPWARDS))
        z, axis = np.linspace(0, h, rows), self.body.rings(h)
        at = np.linspace(0, len(axis) - 1, rows)
        low = np.minimum(at.astype(int), len(axis) - 2)
        share = (at - low)[:, None, None]
        rings = axis[low] * (1 - share) + axis[low + 1] * share
        rings = np.stack([rings, (rings + np.roll(rings, -1, 1)) / 2], 2).reshape(rows, 2 * POINTS, 3)
        middle = rings.mean(1, keepdims=True)
        deep = self.relief[np.minimum((z / self.height * UPWARDS).astype(int), UPWARDS - 1)]
        rings = f32(middle + (rings - middle) * (1 + deep[..., None] * f32([1, 1, 0])))
        mesh.loft(rings, self.body.colour, self.body.wall)
        done = h >= self.height - 0.05
        top = Material(self.body.top.gloss, Surface.LAYERS, 0.2) if done else self.body.top
        mesh.fan(rings[-1].mean(0), rings[-1], [0, 0, 1], self.body.colour, top)
        return mesh


def creature(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Figurine:
    """A furry body: lions, dragons, sheep."""
    body = Figurine.random(rng, centre, size, height, colour, gloss)
    return replace(body, fur=float(rng.uniform(0.15, 0.5)), locks=2 * int(rng.integers(4, 13)), balls=body.balls[:14])


@dataclass(frozen=True)
class Filled:
    """A body whose infill is seen from above as walls with depth, at any layer of the print."""

    body: Loft
    pattern: str  # "grid", "triangles", "gyroid", "honeycomb" or "lightning"
    pitch: float
    turn: float
    depth: float

    @classmethod
    def random(cls, rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Filled:
        body = plain_loft(rng, centre, size, height, colour, gloss)
        pattern = str(rng.choice(["grid", "triangles", "gyroid", "honeycomb", "lightning"]))
        pitch = float(max(rng.uniform(0.25, 1), size / 10))
        return cls(body, pattern, pitch, float(rng.uniform(0, 3.14)), float(rng.uniform(0.3, 1.2)))

    @property
    def height(self) -> float:
        return self.body.height

    @property
    def footprint(self) -> Floats:
        return self.body.footprint

    def build(self, up_to: float) -> Mesh:
        h = float(np.clip(up_to, 0.02, self.height))
        if h >= self.height - 0.05 or h < 0.08:  # roof and floor are solid
            return self.body.build(h)
        mesh, rings, colour = Mesh(), self.body.rings(h), self.body.colour
        rim = rings[-1]
        axis = rim.mean(0)
        inner = axis + (rim - axis) * f32([0.94, 0.94, 1])
        mesh.loft(rings, colour, self.body.wall)
        closed = [*range(POINTS), 0]
        plain, down = Material(self.body.top.gloss), f32([0, 0, min(self.depth, h * 0.9)])
        mesh.strip(rim[closed], inner[closed], colour, plain, [0, 0, 1])
        mesh.loft(np.stack([inner - down, inner]), colour * 0.8, plain, inward=True)
        mesh.fan(axis - down, inner - down, [0, 0, 1], colour * 0.35, plain)
        for line in self._lines(h, float(np.linalg.norm(rim[:, :2] - axis[:2], axis=1).max())):
            self._wall(mesh, line, inner, axis, float(down[2]))
        return mesh

    def _lines(self, h: float, reach: float) -> list[Floats]:
        """The pattern's lines about the origin, [n, 2] each, `reach` cm to all sides."""
        t, offsets, lines = np.linspace(-reach, reach, 60), np.arange(-reach, reach, self.pitch), []
        turns = {"grid": (0, 1.571), "triangles": (0, 1.047, 2.094), "gyroid": (0,)}.get(self.pattern, (0, 1.571))
        wave, pace = self.pitch * 0.45, np.pi / self.pitch
        for turn in turns:
            c, s = np.cos(self.turn + turn), np.sin(self.turn + turn)
            for k, y in enumerate(offsets):
                off = 0 * t + y
                if self.pattern in ("gyroid", "honeycomb"):
                    bent = np.sin(pace * t + h * 2 + np.pi * k * (turn > 0))
                    off = off + wave * (bent if self.pattern == "gyroid" else np.clip(2 * bent, -1, 1))
                if self.pattern == "lightning":
                    off = off + wave * np.cumsum(np.sin(17 * t + 31 * k + 9 * np.sin(5 * t + k))) * 0.35
                lines.append(np.stack([c * t - s * off, s * t + c * off], 1))
        return lines[:: 1 if self.pattern != "lightning" else 2]

    def _wall(self, mesh: Mesh, line: Floats, rim: Floats, axis: Floats, depth: float) -> None:
        """The part of one wall that lies inside the outline, with its bright upper edge."""
        angles = np.arctan2(rim[:, 1] - axis[1], rim[:, 0] - axis[0])
        order = np.argsort(angles)
        reach = np.linalg.norm(rim[:, :2] - axis[:2], axis=1)
        limit = np.interp(np.arctan2(line[:, 1], line[:, 0]), angles[order], reach[order], period=2 * np.pi)
        inside = np.linalg.norm(line, axis=1) < limit
        for run in np.split(np.flatnonzero(inside), np.flatnonzero(np.diff(np.flatnonzero(inside)) > 1) + 1):
            if len(run) < 2:
                continue
            top = np.c_[line[run] + axis[:2], np.full(len(run), axis[2] - 0.01)]
            d = np.gradient(top, axis=0)
            aside = np.stack([-d[:, 1], d[:, 0], 0 * d[:, 0]], 1)
            aside = aside / (np.linalg.norm(aside, axis=1, keepdims=True) + 1e-9)
            wide, plain = aside * 0.03, Material(self.body.top.gloss)
            mesh.strip(top - wide, top + wide, self.body.colour, plain, [0, 0, 1])
            for side in (-1, 1):
                edge = top + side * wide
                mesh.strip(edge, edge - [0, 0, depth], self.body.colour * 0.75, plain, aside * side)


def plain_loft(
    rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float, kind: str | None = None
) -> Loft:
    """A solid loft with an ordinary wall."""
    loft = Loft.random(rng, centre, size, height, colour, gloss, kind)
    return replace(loft, bore=0.0, relief=None, wall=Material(gloss, Surface.LAYERS, 0.35))
