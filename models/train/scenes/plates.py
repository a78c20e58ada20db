"""Plates of several parts, and the choice among all kinds of parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Band, Figurine, Lattice, Loft, Part, Sticks
from models.train.scenes.mesh import Mesh

Colour = Floats


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


def pillars(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Slim columns side by side."""
    n = int(rng.integers(2, 6))
    spots = centre + rng.normal(0, 1, (n, 2)) * size * 0.9
    return Group(
        tuple(Loft.random(rng, s, size * rng.uniform(0.15, 0.35), height, colour, gloss, "round") for s in spots)
    )


def articulated(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """A flexible animal: many short links along a curve."""
    n = int(rng.integers(8, 20))
    heading = rng.uniform(0, 6.28) + np.cumsum(rng.normal(0, 0.35, n))
    spots = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0) * size * 0.32
    spots = spots - spots.mean(0) + centre
    girth = size * 0.26 * (0.5 + np.sin(np.linspace(0.4, 2.9, n)))
    low = min(height, size * 0.5)
    return Group(
        tuple(Loft.random(rng, s, float(g), low, colour, gloss, "box") for s, g in zip(spots, girth, strict=True))
    )


def copies(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """The same part several times, in rows."""
    seed, small = int(rng.integers(1 << 31)), size * 0.45
    nx, ny = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    spots = [
        centre + small * 2.6 * np.array([i - (nx - 1) / 2, j - (ny - 1) / 2]) for i in range(nx) for j in range(ny)
    ]
    return Group(tuple(Loft.random(np.random.default_rng(seed), f32(s), small, height, colour, gloss) for s in spots))


def spires(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Group:
    """Pyramids and towers in a grid: castles, fractals, calibration plates."""
    n, kind = int(rng.integers(3, 7)), str(rng.choice(["polygon", "round", "box"]))
    pitch, members = 2 * size / n, []
    for i in range(n):
        for j in range(n):
            spot = centre + pitch * (np.array([i, j]) - (n - 1) / 2)
            tall = height * (1 if rng.random() < 0.6 else rng.uniform(0.3, 1))
            spire = Loft.random(rng, f32(spot), pitch * 0.45, tall, colour, gloss, kind)
            spire = replace(spire, lean=np.zeros(2), swell=np.zeros((2, 3)), twist=0.0, bore=0.0)
            members.append(replace(spire, taper=float(rng.uniform(0.5, 0.98))))
    return Group(tuple(members))


def random_part(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Part:
    """Any of the above."""
    makers = (
        Loft.random,
        Band.random,
        Lattice.random,
        Figurine.random,
        Sticks.random,
        pillars,
        articulated,
        copies,
        spires,
    )
    maker = makers[rng.choice(len(makers), p=[0.3, 0.09, 0.1, 0.16, 0.09, 0.04, 0.08, 0.07, 0.07])]
    return maker(rng, f32(centre), size, height, colour, gloss)
