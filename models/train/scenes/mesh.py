"""Triangle meshes and the few solids that a printer and its parts are made of.

A vertex is 14 floats: position (3), normal (3), colour (3), material (gloss, surface, scale, label) and the height
at which it was printed, which stays with it when a part topples, so that its layer lines topple too.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.train.arrays import Floats, f32

FLOATS_PER_VERTEX = 14


class Surface(IntEnum):
    """How the shader paints a surface (see shaders.py)."""

    PLAIN = 0
    LAYERS = 1  # printed wall: scale = depth of the layer lines
    BED = 2  # bed texture; scale = grain
    DECAL = 3  # colour holds texture coordinates in the decal atlas
    MOTTLED = 4  # wood, walls, tables; scale = size of the grain
    GLOW = 5
    WOUND = 6  # filament on a spool, belts, threaded rods; scale = pitch
    HOLES = 7  # round perforations; scale = pitch
    DIAMONDS = 8  # diamond lattice; scale = pitch
    INFILL = 9  # open top of a part in the making; scale = pitch
    GAPS = 10  # printed wall with missing lines; scale = how much is missing
    CELLS = 11  # Voronoi openings; scale = size of a cell


@dataclass(frozen=True)
class Material:
    """What a surface is made of. `label` is 0 for what belongs in the picture, else 1 + index of a failure class."""

    gloss: float = 0.2
    surface: Surface = Surface.PLAIN
    scale: float = 1.0
    label: int = 0

    def row(self) -> tuple[float, float, float, float]:
        return (self.gloss, float(self.surface), self.scale, float(self.label))


def unit(vectors: ArrayLike) -> Floats:
    """Vectors [..., 3] scaled to length 1."""
    v = np.asarray(vectors, np.float32)
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


class Mesh:
    """Vertices and triangles collected piece by piece."""

    def __init__(self) -> None:
        self._vertices: list[Floats] = []
        self._indices: list[NDArray[np.int32]] = []
        self._count = 0

    def add(
        self, points: ArrayLike, normals: ArrayLike, colour: ArrayLike, triangles: ArrayLike, material: Material
    ) -> None:
        """Adds points [n, 3] with normals [n, 3], colour [3] or [n, 3], and triangles as indices into the points."""
        p = np.asarray(points, np.float32).reshape(-1, 3)
        v = np.empty((len(p), FLOATS_PER_VERTEX), np.float32)
        v[:, 0:3], v[:, 3:6], v[:, 6:9] = p, normals, colour
        v[np.abs(v[:, 3:6]).sum(1) < 0.9, 3:6] = (0, 0, 1)  # where a surface has no area, as rings squashed flat
        v[:, 9:13], v[:, 13] = material.row(), p[:, 2]
        self._vertices.append(v)
        self._indices.append(np.asarray(triangles, np.int32).ravel() + self._count)
        self._count += len(p)

    def extend(self, other: Mesh) -> Mesh:
        """Adds a copy of all of `other`."""
        if other._count:
            self._vertices.append(np.concatenate(other._vertices))
            self._indices.append(np.concatenate(other._indices) + self._count)
            self._count += other._count
        return self

    def move(self, offset: ArrayLike, rotation: ArrayLike | None = None) -> Mesh:
        """Rotates about the origin ([3, 3]), then shifts by `offset` [3]."""
        for v in self._vertices:
            if rotation is not None:
                turn = np.asarray(rotation, np.float32).T
                v[:, 0:3], v[:, 3:6] = v[:, 0:3] @ turn, v[:, 3:6] @ turn
            v[:, 0:3] += np.asarray(offset, np.float32)
        return self

    def vertices(self) -> Floats:
        """All vertices [n, 14]; changes to the array do not reach the mesh."""
        return np.concatenate(self._vertices) if self._count else np.zeros((0, FLOATS_PER_VERTEX), np.float32)

    def replace_vertices(self, vertices: Floats) -> None:
        """Puts changed vertices [n, 14] in the place of all the old ones, in the same order."""
        self._vertices, self._indices = [vertices], [self.triangles()]

    def put(self, vertices: Floats, triangles: NDArray[np.integer[Any]]) -> Mesh:
        """Adds finished vertices [n, 14] and the triangles [3 m] between them."""
        self._vertices.append(vertices)
        self._indices.append(np.asarray(triangles, np.int32).ravel() + self._count)
        self._count += len(vertices)
        return self

    def triangles(self) -> NDArray[np.int32]:
        """Indices [3 m] of all triangles."""
        return np.concatenate(self._indices) if self._indices else np.zeros(0, np.int32)

    # -- solids

    def tubes(self, paths: ArrayLike, radius: ArrayLike, colour: ArrayLike, material: Material, sides: int = 5) -> None:
        """Round tubes along paths [k, n, 3] (or one path [n, 3]); radius for all, a path [k] or a point [k, n]."""
        path = np.asarray(paths, np.float32)
        path = path[None] if path.ndim == 2 else path
        k, n, _ = path.shape
        along = unit(np.gradient(path, axis=1))
        across = unit(np.cross(along, f32([0.123, 0.356, 0.926])))
        third = np.cross(along, across)
        angle = np.arange(sides) * 2 * np.pi / sides
        normal = across[:, :, None] * np.cos(angle)[:, None] + third[:, :, None] * np.sin(angle)[:, None]
        r = np.asarray(radius, np.float32)
        r = r.reshape(r.shape + (1,) * (4 - r.ndim)) if r.ndim else r
        c = np.asarray(colour, np.float32)
        c = np.repeat(c, n * sides, 0) if c.ndim == 2 else c
        points = path[:, :, None] + normal * r
        self.add(points.reshape(-1, 3), normal.reshape(-1, 3), c, tube_triangles(k, n, sides), material)

    def cylinder(
        self, start: ArrayLike, end: ArrayLike, radius: float, colour: ArrayLike, material: Material, sides: int = 16
    ) -> None:
        """A cylinder with both ends closed."""
        a, b = np.asarray(start, np.float32), np.asarray(end, np.float32)
        self.tubes(np.stack([a, b]), radius, colour, material, sides)
        along = unit(b - a)
        across = unit(np.cross(along, f32([0.123, 0.356, 0.926])))
        angle = np.arange(sides)[:, None] * 2 * np.pi / sides
        rim = (across * np.cos(angle) + np.cross(along, across) * np.sin(angle)) * radius
        for centre, normal in ((a, -along), (b, along)):
            self.fan(centre, centre + rim, normal, colour, material)

    def fan(self, centre: ArrayLike, rim: ArrayLike, normal: ArrayLike, colour: ArrayLike, material: Material) -> None:
        """A flat star-shaped face: rim [n, 3] seen from its centre [3]."""
        n = len(np.asarray(rim))
        points = np.concatenate([np.asarray(centre, np.float32)[None], np.asarray(rim, np.float32)])
        i = np.arange(n)
        triangles = np.stack([np.zeros(n, int), 1 + i, 1 + (i + 1) % n], 1)
        self.add(points, np.repeat(np.asarray(normal, np.float32)[None], n + 1, 0), colour, triangles, material)

    def box(
        self,
        centre: ArrayLike,
        size: ArrayLike,
        colour: ArrayLike,
        material: Material,
        rotation: ArrayLike | None = None,
    ) -> None:
        """A box of `size` [3] about its centre."""
        points, normals = _BOX_POINTS * (np.asarray(size, np.float32) / 2), _BOX_NORMALS
        if rotation is not None:
            turn = np.asarray(rotation, np.float32).T
            points, normals = points @ turn, normals @ turn
        self.add(points + np.asarray(centre, np.float32), normals, colour, _BOX_TRIANGLES, material)

    def quad(self, centre: ArrayLike, right: ArrayLike, up: ArrayLike, colour: ArrayLike, material: Material) -> None:
        """A parallelogram centre +- right +- up; a decal's colour is (u0, v0, u1, v1)."""
        c, u, w = (np.asarray(x, np.float32) for x in (centre, right, up))
        points = np.array([c - u - w, c + u - w, c + u + w, c - u + w])
        paint = np.asarray(colour, np.float32)
        if len(paint) == 4:
            u0, v0, u1, v1 = paint
            paint = np.array([[u0, v0, 0], [u1, v0, 0], [u1, v1, 0], [u0, v1, 0]], np.float32)
        self.add(points, np.repeat(unit(np.cross(u, w))[None], 4, 0), paint, [0, 1, 2, 0, 2, 3], material)

    def loft(self, rings: ArrayLike, colour: ArrayLike, material: Material, inward: bool = False) -> None:
        """The wall through closed rings [z, n, 3]; `inward` turns its normals to the inside."""
        r = np.asarray(rings, np.float32)
        around = np.roll(r, -1, 1) - np.roll(r, 1, 1)
        upward = np.gradient(r, axis=0)
        normals = unit(np.cross(around, upward)) * (-1 if inward else 1)
        self.add(r.reshape(-1, 3), normals.reshape(-1, 3), colour, tube_triangles(1, *r.shape[:2]), material)

    def strip(
        self, left: ArrayLike, right: ArrayLike, colour: ArrayLike, material: Material, normal: ArrayLike
    ) -> None:
        """The surface between two polylines [n, 3] of equal length, with one normal [3] or one each [n, 3]."""
        a, b = np.asarray(left, np.float32), np.asarray(right, np.float32)
        n = len(a)
        i = np.arange(n - 1)
        triangles = np.stack([i, i + 1, i + n, i + 1, i + n + 1, i + n], 1)
        normals = np.broadcast_to(np.asarray(normal, np.float32), (n, 3))
        self.add(np.concatenate([a, b]), np.concatenate([normals, normals]), colour, triangles, material)


@functools.lru_cache(maxsize=512)
def tube_triangles(k: int, n: int, sides: int) -> NDArray[np.int32]:
    """Triangles of k tubes of n rings of `sides` points, stored one after the other."""
    ring, side = np.arange(n - 1)[:, None] * sides, np.arange(sides)[None]
    a, b = ring + side, ring + (side + 1) % sides
    one = np.stack([a, b, a + sides, b, b + sides, a + sides], -1).reshape(-1)
    return (np.arange(k)[:, None] * (n * sides) + one[None]).ravel().astype(np.int32)


def _unit_box() -> tuple[Floats, Floats, NDArray[np.int32]]:
    points: list[Floats] = []
    normals: list[Floats] = []
    triangles: list[Floats] = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            n, u = np.zeros(3), np.zeros(3)
            n[axis], u[(axis + 1) % 3] = sign, 1
            w = np.cross(n, u)
            triangles.append(np.array([0, 1, 2, 0, 2, 3]) + 4 * len(points))
            points.append(np.array([n - u - w, n + u - w, n + u + w, n - u + w]))
            normals.append(np.repeat(n[None], 4, 0))
    return (
        f32(np.concatenate(points)),
        f32(np.concatenate(normals)),
        np.concatenate(triangles).astype(np.int32),
    )


_BOX_POINTS, _BOX_NORMALS, _BOX_TRIANGLES = _unit_box()


def rotation_z(angle: float) -> Floats:
    """Turn about z by `angle` radians, [3, 3]."""
    c, s = np.cos(angle), np.sin(angle)
    return f32([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def rotation_x(angle: float) -> Floats:
    """Turn about x by `angle` radians, [3, 3]."""
    c, s = np.cos(angle), np.sin(angle)
    return f32([[1, 0, 0], [0, c, -s], [0, s, c]])
