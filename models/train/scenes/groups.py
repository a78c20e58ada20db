"""Several parts as one, and what any part may have on top: bands of colour, zits on its walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Part
from models.train.scenes.mesh import Material, Mesh, Surface


@dataclass(frozen=True)
class Group:
    """Several parts on one plate: copies, pillars, links of an articulated toy."""

    members: tuple[Part, ...]

    @property
    def height(self) -> float:
        return max((part.height for part in self.members), default=0.0)

    @property
    def footprint(self) -> Floats:
        return self.members[0].footprint

    def build(self, up_to: float) -> Mesh:
        mesh = Mesh()
        for part in self.members:
            mesh.extend(part.build(min(up_to, part.height)))
        return mesh


@dataclass(frozen=True)
class Banded:
    """A part whose colour changes with the height, at once or gradually."""

    part: Part
    heights: Floats  # [n], rising from 0
    colours: Floats  # [n, 3]
    gradual: bool

    @classmethod
    def random(cls, rng: Rng, part: Part, colour: Floats) -> Banded:
        n = int(rng.integers(2, 6))
        heights = np.r_[0, np.sort(rng.uniform(0, part.height, n - 1))]
        return cls(part, f32(heights), f32(np.r_[colour[None], rng.random((n - 1, 3))]), bool(rng.random() < 0.4))

    @property
    def height(self) -> float:
        return self.part.height

    @property
    def footprint(self) -> Floats:
        return self.part.footprint

    def build(self, up_to: float) -> Mesh:
        mesh = self.part.build(up_to)
        v = mesh.vertices()
        if self.gradual:
            paint = np.stack([np.interp(v[:, 13], self.heights, self.colours[:, c]) for c in range(3)], 1)
        else:
            paint = self.colours[np.clip(np.searchsorted(self.heights, v[:, 13], "right") - 1, 0, None)]
        shade = v[:, 6:9].max(1, keepdims=True) / max(float(v[:, 6:9].max()), 1e-3)  # inner walls stay darker
        v[:, 6:9] = paint * shade
        mesh.replace_vertices(v)
        return mesh


@dataclass(frozen=True)
class Zitty:
    """A part with small bumps on its walls: not pretty, and no failure to stop for."""

    part: Part
    seed: int
    count: int

    @property
    def height(self) -> float:
        return self.part.height

    @property
    def footprint(self) -> Floats:
        return self.part.footprint

    def build(self, up_to: float) -> Mesh:
        mesh, rng = self.part.build(up_to), np.random.default_rng(self.seed)
        whole = self.part.build(self.part.height).vertices()  # so that a zit stays where it is as the part grows
        spots = whole[rng.integers(len(whole), size=self.count)]
        r = rng.uniform(0.02, 0.06, self.count)
        shown = (np.abs(spots[:, 5]) < 0.6) & (spots[:, 13] < up_to)
        if shown.any():
            at, out, r = spots[shown, :3], spots[shown, 3:6], r[shown]
            bump = f32([0.3, 1, 0.7, 0.1]) * r[:, None]
            path = at[:, None] + out[:, None] * (f32([-0.3, 0.1, 0.7, 1.0]) * r[:, None])[..., None]
            mesh.tubes(path, bump, spots[shown, 6:9], Material(0.5, Surface.PLAIN), 6)
        return mesh
