"""Plates of several parts, and the choice among all kinds of parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.blocks import castle, chair, fractal, lettered, prime_tower, towers
from models.train.scenes.forms import Band, Figurine, Lattice, Loft, Part, Sticks
from models.train.scenes.groups import Banded, Group, Zitty
from models.train.scenes.hospital import boat, clips, ear_savers, headbands, octopus, spiral_vase, valves
from models.train.scenes.sculptures import Filled, Sculpture, creature
from models.train.scenes.wires import brush, chainmail, coral, net, pins

Colour = Floats


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


_MAKERS: tuple[tuple[Callable[[Rng, Floats, float, float, Colour, float], Part], float], ...] = (
    (Loft.random, 0.17),
    (Band.random, 0.04),
    (Lattice.random, 0.04),
    (Figurine.random, 0.08),
    (Sticks.random, 0.04),
    (pillars, 0.03),
    (articulated, 0.04),
    (copies, 0.04),
    (spires, 0.03),
    (Sculpture.random, 0.06),
    (creature, 0.04),
    (Filled.random, 0.07),
    (net, 0.035),
    (chainmail, 0.015),
    (brush, 0.025),
    (pins, 0.05),
    (coral, 0.02),
    (fractal, 0.02),
    (lettered, 0.015),
    (towers, 0.03),
    (castle, 0.015),
    (chair, 0.02),
    (headbands, 0.03),
    (ear_savers, 0.015),
    (valves, 0.02),
    (clips, 0.015),
    (spiral_vase, 0.02),
    (octopus, 0.015),
    (boat, 0.015),
)
FORMS = tuple(maker for maker, _ in _MAKERS)
_CHANCES = np.array([chance for _, chance in _MAKERS]) / sum(chance for _, chance in _MAKERS)


def random_part(rng: Rng, centre: Floats, size: float, height: float, colour: Colour, gloss: float) -> Part:
    """Any of the above; some in several colours, some with a prime tower beside them or zits on their walls."""
    maker = FORMS[rng.choice(len(FORMS), p=_CHANCES)]
    part = maker(rng, f32(centre), size, height, colour, gloss)
    fate = rng.random()
    if fate < 0.07:
        part = Banded.random(rng, part, f32(colour))
    elif fate < 0.11:
        away = rng.uniform(0, 6.28)
        spot = centre + (1.3 * size + 1) * np.array([np.cos(away), np.sin(away)])
        tower = prime_tower(rng, f32(spot), float(rng.uniform(0.5, 1.2)), part.height, colour, gloss)
        part = Group((Banded.random(rng, part, f32(colour)), tower))
    elif fate < 0.15:
        part = Zitty(part, int(rng.integers(1 << 31)), int(rng.integers(10, 200)))
    return part
