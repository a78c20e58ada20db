"""The parts that the demo farm prints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Band, Figurine, Lattice, Loft, Part
from models.train.scenes.groups import Group
from models.train.scenes.mesh import Material, Surface
from models.train.scenes.plates import articulated

_ORIGIN = np.zeros(2, np.float32)


def _plain(rng: Rng, centre: Floats, size: float, height: float, colour: Floats, gloss: float, kind: str) -> Loft:
    """A solid, upright, smooth part with the outline of this kind."""
    part = Loft.random(rng, centre, size, height, colour, gloss, kind)
    part = replace(part, swell=np.zeros((2, 3)), lean=np.zeros(2), taper=0.0, twist=0.0, bore=0.0, relief=None)
    return replace(part, wall=Material(gloss, Surface.LAYERS, 0.4))


def headbands(_rng: Rng, colour: Floats, gloss: float) -> Part:
    """Two nested face-shield headbands."""
    t = np.linspace(-1, 1, 60)
    wall = Material(gloss, Surface.LAYERS, 0.4)
    bands = []
    for k in range(2):
        a = t * 2.0
        r = 5.2 - 1.6 * k
        line = np.stack([np.sin(a) * r * (1 + 0.1 * t**2), np.cos(a) * r * 1.1 - 0.5], 1)
        bands.append(Band(f32(line), 0.45, 2.0, colour, wall))
    return Group(tuple(bands))


def vase(rng: Rng, colour: Floats, gloss: float) -> Part:
    """A fluted, twisted vase, one wall thick."""
    swell = f32([[0.22, -0.12, 0.03], [0.4, 1.0, 2.0]])
    return replace(_plain(rng, _ORIGIN, 3.4, 9.0, colour, gloss, "fluted"), swell=swell, twist=1.3, bore=0.93)


def gears(rng: Rng, colour: Floats, gloss: float) -> Part:
    """Three gears."""
    gear = replace(_plain(rng, _ORIGIN, 2.0, 2.4, colour, gloss, "gear"), bore=0.45)
    return Group(tuple(replace(gear, centre=f32(spot)) for spot in ((-4.2, -2), (0.4, 2.6), (4.3, -2.2))))


def brackets(rng: Rng, colour: Floats, gloss: float) -> Part:
    """Three open boxes."""
    boxes = (_plain(rng, f32([x, 0]), 1.9, 4.5, colour, gloss, "box") for x in (-4.5, 0.0, 4.5))
    return Group(tuple(replace(box, bore=0.8, turn=0.0) for box in boxes))


def tower(rng: Rng, colour: Floats, gloss: float) -> Part:
    """A slim twisted tower."""
    return replace(_plain(rng, _ORIGIN, 1.7, 9.5, colour, gloss, "polygon"), taper=0.35, twist=0.8)


def bust(_rng: Rng, colour: Floats, gloss: float) -> Part:
    """A figure with ears."""
    balls = [
        (0, 0, 0.8, 2.9, 2.4, 1.4),
        (0, 0, 2.8, 2.2, 1.8, 1.8),
        (0, -0.1, 5.3, 1.7, 1.6, 1.9),
        (-1.3, 0, 7.0, 0.5, 0.4, 1.3),
        (1.3, 0, 7.0, 0.5, 0.4, 1.3),
        (0, -1.6, 5.0, 0.5, 0.5, 0.5),
    ]
    return Figurine(_ORIGIN, 8.2, f32(balls), colour, Material(gloss, Surface.LAYERS, 0.4))


def dragon(_rng: Rng, colour: Floats, gloss: float) -> Part:
    """An articulated animal: many short links."""
    chain = articulated(np.random.default_rng(5), _ORIGIN, 5.0, 2.0, colour, gloss)
    wall = Material(gloss, Surface.LAYERS, 0.4)
    links = [link for link in chain.members if isinstance(link, Loft)]
    return Group(tuple(replace(link, wall=wall, relief=None, bore=0.0) for link in links))


def basket(_rng: Rng, colour: Floats, gloss: float) -> Part:
    """A lattice that looks like a mess, and is none."""
    return Lattice(_ORIGIN, 3.4, 7.5, 10, 1.9, 0.16, colour, gloss)
