"""Meshes cut in two and put down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats
from models.train.scenes.mesh import Material, Mesh


def cut(mesh: Mesh, height: float) -> tuple[Mesh, Mesh]:
    """What is below a height and what is above; triangles across go to the upper piece, frayed as it is."""
    v, triangles = mesh.vertices(), mesh.triangles().reshape(-1, 3)
    low = (v[triangles, 2] <= height).all(1)
    return _subset(v, triangles[low]), _subset(v, triangles[~low])


def _subset(vertices: Floats, triangles: NDArray[np.int32]) -> Mesh:
    used, again = np.unique(triangles, return_inverse=True)
    kept = vertices[used]
    mesh = Mesh()
    if len(kept):
        mesh.add(kept[:, :3], kept[:, 3:6], kept[:, 6:9], again, Material())
        mesh.replace_vertices(kept)
    return mesh


def grounded(mesh: Mesh) -> Mesh:
    """The same mesh, its lowest point put down on the bed."""
    return mesh.move([0, 0, -float(mesh.vertices()[:, 2].min())])
