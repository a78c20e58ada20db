"""Where a failure happens, and how its vertices are labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats
from models.train.classes import CLASSES
from models.train.scenes.forms import Part
from models.train.scenes.mesh import Mesh


@dataclass(frozen=True)
class Site:
    """Where it happens: the part, how high it was when things went wrong, and the nozzle above it."""

    part: Part
    height: float
    centre: Floats  # [2]
    size: float
    nozzle: Floats  # [3]
    colour: Floats
    gloss: float
    bed: tuple[float, float] = (22.0, 22.0)  # cm, width and depth
    intact: bool = False  # the part must be as it was when things went wrong: for failures that are seen to grow


def label_of(kind: str) -> int:
    """What a vertex of this class carries: 1 + its index in classes.py."""
    return 1 + CLASSES.index(kind)


def mark(mesh: Mesh, kind: str, chosen: NDArray[np.bool_] | None = None) -> Mesh:
    """Labels the whole mesh, or the vertices where `chosen` [n] is true."""
    v = mesh.vertices()
    v[slice(None) if chosen is None else chosen, 12] = label_of(kind)
    mesh.replace_vertices(v)
    return mesh
