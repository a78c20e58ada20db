"""Parts that came off the bed."""

from __future__ import annotations

import numpy as np

from models.train.arrays import Rng, f32
from models.train.scenes.forms import Part
from models.train.scenes.groups import Group
from models.train.scenes.mesh import Mesh, rotation_x, rotation_z
from models.train.scenes.site import Site, mark
from models.train.scenes.strands import draw_strands

SEEN_TO_MOVE = 0.1  # growth up to which nobody could tell a loose part from a good one


def draw_detached(rng: Rng, site: Site, growth: float) -> Mesh:
    """The part came off the bed: it topples or gets dragged along, and strands follow. Of several, one comes off."""
    loose, mesh = site.part, Mesh()
    if isinstance(site.part, Group):
        members = site.part.members
        pick = int(rng.integers(len(members)))
        loose = members[pick]
        mesh.extend(Group(members[:pick] + members[pick + 1 :]).build(site.height))
    height = min(site.height, loose.height)
    piece = loose.build(height)
    if growth > SEEN_TO_MOVE:
        mark(piece, "detached")
    mesh.extend(_toppled(rng, loose, height, piece, growth))
    if growth > 0.25 and rng.random() < 0.6:
        draw_strands(rng, mesh, site, (growth - 0.25) / 0.75, amount=float(rng.uniform(0.1, 0.8)))
    return mesh


def _toppled(rng: Rng, part: Part, height: float, mesh: Mesh, growth: float) -> Mesh:
    """Leans the mesh of a part over (tall ones fall), turns it and drags it away, always down on the bed."""
    foot = part.footprint
    centre = foot.mean(0)
    reach, heading = float(np.abs(foot - centre).max()), rotation_z(rng.uniform(0, 6.28))
    lean = (rng.uniform(0.8, 1.57) if height > 1.2 * reach else rng.uniform(0.12, 0.5)) * min(1.0, growth * 3)
    turn = heading @ rotation_x(lean) @ heading.T @ rotation_z(rng.normal() * 0.6 * growth)
    hinge = f32([*centre, 0])
    slide = f32([*(rng.normal(0, 0.5 * reach + 0.5, 2) * growth), 0])
    mesh.move(-hinge).move([0, 0, 0], turn)
    return mesh.move(hinge + slide - [0, 0, mesh.vertices()[:, 2].min()])
