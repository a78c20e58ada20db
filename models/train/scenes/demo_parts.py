"""The parts that the demo farm prints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Band, Figurine, Lattice, Loft, Part
from models.train.scenes.mesh import Material, Surface
from models.train.scenes.plates import Group, articulated

_ORIGIN = np.zeros(2, np.float32)


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
    part = Loft.random(rng, _ORIGIN, 3.4, 9.0, colour, gloss, "fluted")
    swell = f32([[0.22, -0.12, 0.03], [0.4, 1.0, 2.0]])
    return replace(
        part,
        swell=swell,
        twist=1.3,
        lean=np.zeros(2, np.float32),
        taper=0.0,
        bore=0.93,
        wall=Material(gloss, Surface.LAYERS, 0.4),
    )


def gears(rng: Rng, colour: Floats, gloss: float) -> Part:
    spots = [(-4.2, -2), (0.4, 2.6), (4.3, -2.2)]
    gear = Loft.random(rng, _ORIGIN, 2.0, 2.4, colour, gloss, "gear")
    plain = replace(
        gear, twist=0.0, lean=np.zeros(2, np.float32), taper=0.0, bore=0.45, swell=np.zeros((2, 3), np.float32)
    )
    plain = replace(plain, wall=Material(gloss, Surface.LAYERS, 0.4))
    return Group(tuple(replace(plain, centre=f32(s)) for s in spots))


def bracket(rng: Rng, colour: Floats, gloss: float) -> Part:
    boxes = []
    for x in (-4.5, 0.0, 4.5):
        box = Loft.random(rng, f32([x, 0]), 1.9, 4.5, colour, gloss, "box")
        box = replace(
            box,
            twist=0.0,
            lean=np.zeros(2, np.float32),
            taper=0.0,
            bore=0.8,
            turn=0.0,
            swell=np.zeros((2, 3), np.float32),
        )
        boxes.append(replace(box, wall=Material(gloss, Surface.LAYERS, 0.4)))
    return Group(tuple(boxes))


def tower(rng: Rng, colour: Floats, gloss: float) -> Part:
    part = Loft.random(rng, _ORIGIN, 1.7, 9.5, colour, gloss, "polygon")
    return replace(
        part, taper=0.35, twist=0.8, lean=np.zeros(2, np.float32), bore=0.0, wall=Material(gloss, Surface.LAYERS, 0.4)
    )


def bust(_rng: Rng, colour: Floats, gloss: float) -> Part:
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
    chain = articulated(np.random.default_rng(5), _ORIGIN, 5.0, 2.0, colour, gloss)
    wall = Material(gloss, Surface.LAYERS, 0.4)
    links = [link for link in chain.members if isinstance(link, Loft)]
    return Group(tuple(replace(link, wall=wall, relief=None, bore=0.0) for link in links))


def basket(_rng: Rng, colour: Floats, gloss: float) -> Part:
    return Lattice(_ORIGIN, 3.4, 7.5, 10, 1.9, 0.16, colour, gloss)
