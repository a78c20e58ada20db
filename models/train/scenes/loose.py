"""Parts that came off the bed, and the courses that this takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.forms import Part
from models.train.scenes.groups import Group
from models.train.scenes.mesh import Material, Mesh, rotation_x, rotation_z
from models.train.scenes.pieces import cut, grounded
from models.train.scenes.site import Site, mark
from models.train.scenes.strands import draw_strands

STRANDS_FROM = 0.2  # growth from which the printer, that prints on into the air, leaves strands
FALL = 6.0  # cm that a part drops beside the bed: less than down to any floor


@dataclass(frozen=True)
class Piece:
    """What comes loose: its mesh where it was printed, and its measures in cm."""

    mesh: Mesh
    foot: Floats  # [3], the middle of its foot
    reach: float  # radius
    height: float
    bed: tuple[float, float]
    nozzle: Floats  # [3]

    def room(self, way: Floats) -> float:
        """How far its middle may go in the direction `way` [2] before it leaves the bed."""
        half = np.array(self.bed) / 2
        limits = (half - np.sign(way) * self.foot[:2]) / (np.abs(way) + 1e-6)
        return float(max(0.0, limits.min()))


def draw_detached(rng: Rng, site: Site, growth: float) -> Mesh:
    """One part or a few of several come off the bed; in most cases strands follow, as the printer prints on."""
    stay, loose = _parted(rng, site)
    mesh = Group(stay).build(site.height) if stay else Mesh()
    course = COURSES[rng.choice(len(COURSES), p=_SHARES)]
    for part in loose:
        mesh.extend(draw_loose(np.random.default_rng(rng.integers(1 << 31)), part, site, course, growth))
    if rng.random() < 0.75 and growth > STRANDS_FROM:
        fallen = replace(site, height=site.height * float(rng.choice([0.05, 0.3, 1])))
        grown = (growth - STRANDS_FROM) / (1 - STRANDS_FROM)
        draw_strands(rng, mesh, fallen, grown, amount=float(rng.beta(0.9, 1.6)))
    return mesh


def draw_loose(rng: Rng, part: Part, site: Site, course: Course, growth: float) -> Mesh:
    """One part on its course, labelled from the first millimetre on; what snapped off leaves its stump behind."""
    height, foot = min(site.height, part.height), part.footprint
    mesh, stump = part.build(height), Mesh()
    low = 0.0
    if course is snap:
        low = height * float(rng.uniform(0.15, 0.6))
        stump, mesh = cut(mesh, low)
    middle = f32([*foot.mean(0), low])
    reach = max(0.3, float(np.abs(foot - middle[:2]).max()))
    piece = Piece(mesh, middle, reach, height - low, site.bed, site.nozzle)
    went = 0.06 + 0.94 * growth**0.8
    return stump.extend(mark(course(rng, piece, went), "detached"))


def _parted(rng: Rng, site: Site) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The members that stay, and those that come off: one, or now and then neighbours that knock each other over."""
    if not isinstance(site.part, Group) or len(site.part.members) < 2:
        return (), (site.part,)
    members, first = site.part.members, int(rng.integers(len(site.part.members)))
    count = 1 if rng.random() < 0.6 else int(rng.integers(1, len(members) + 1))
    gone = {(first + i) % len(members) for i in range(count)}
    return (
        tuple(m for i, m in enumerate(members) if i not in gone),
        tuple(m for i, m in enumerate(members) if i in gone),
    )


def knock_over(rng: Rng, piece: Piece, went: float) -> Mesh:
    """It tips over its edge, tall ones all the way, and slides a little."""
    tall = piece.height > 1.2 * piece.reach
    lean = (rng.uniform(0.9, 1.57) if tall else rng.uniform(0.15, 0.5)) * min(1.0, went * 2)
    way, spin = _way(rng), rng.normal() * 0.6
    return grounded(_posed(piece, way, rng.uniform(0.2, 1) * piece.reach * went, lean, spin * went))


def shift(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Upright, from some millimetres to some centimetres beside its place: the nozzle prints next to it."""
    way = _way(rng)
    far = min(piece.room(way), rng.uniform(0.5, 2.5) * max(piece.reach, 1))
    lift = rng.uniform(0, 0.12) * min(1.0, went * 4)
    return grounded(_posed(piece, way, far * went, lift, rng.normal() * 0.9 * went))


def drag(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Pushed and pulled by the nozzle, leaning to where it goes."""
    to = piece.nozzle[:2] + rng.normal(0, 0.6, 2) * piece.reach - piece.foot[:2]
    far = float(np.linalg.norm(to))
    way = f32(to / far) if far > 0.5 else _way(rng)
    far = min(piece.room(way), max(far, rng.uniform(0.4, 1.5) * piece.reach))
    lean, spin = rng.uniform(0.05, 0.6), rng.normal() * 1.2
    return grounded(_posed(piece, way, far * went, lean * min(1.0, went * 3), spin * went))


def stick(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Stuck to the nozzle: lifted off the bed, askew, and carried along."""
    way, lean, spin = _way(rng), rng.uniform(0.08, 0.8), rng.normal()
    hung = grounded(_posed(piece, way, 0.0, lean * min(1.0, went * 2), spin * went))
    v = hung.vertices()
    top = v[v[:, 2].argmax(), :3]
    near = min(1.0, went * 1.5)
    lift = max(0.0, float(piece.nozzle[2] + rng.uniform(0, 0.4) - top[2])) * near
    carried = (piece.nozzle[:2] - top[:2]) * near
    return hung.move([*carried, lift])


def slide(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Thrown along the bed's axis by its accelerations, upright or fallen, up to the edge."""
    way = f32([0, rng.choice([-1, 1])])
    lean = rng.choice([0.0, 1.4]) if piece.height > 1.2 * piece.reach else 0.0
    far = piece.room(way) * rng.uniform(0.3, 1)
    return grounded(_posed(piece, way, far * went, lean * min(1.0, went * 2), rng.normal() * 1.5 * went))


def lift_raft(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Brim or raft come off with it: one side is lifted, then all of it goes."""
    half = 2.3 * piece.reach
    sheet = float(rng.choice([0.04, 0.1]))
    colour = piece.mesh.vertices()[0, 6:9]
    under = Mesh().extend(piece.mesh)
    under.box((*piece.foot[:2], sheet / 2), (half, half, sheet), colour, Material(0.3))
    way, lean = _way(rng), rng.uniform(0.1, 0.5)
    far = rng.uniform(0, 1.5) * piece.reach * max(0.0, went - 0.4)
    return grounded(_posed(replace(piece, mesh=under), way, far, lean * min(1.0, went * 2), rng.normal() * 0.6 * went))


def fall_off(rng: Rng, piece: Piece, went: float) -> Mesh:
    """To the bed's edge, over it, and down beside the bed."""
    way = f32(np.eye(2)[rng.integers(2)] * rng.choice([-1, 1]))
    edge, spin = piece.room(way), rng.normal()
    out = min(1.0, went / 0.6)
    over = max(0.0, went - 0.6) / 0.4
    laid = grounded(_posed(piece, way, (edge - 0.3 * piece.reach) * out, 0.25 * out, spin * went))
    if not over:
        return laid
    half = np.array(piece.bed) / 2
    brink = f32([*np.clip(piece.foot[:2] + way * edge, -half, half), 0])
    tipped = Mesh().extend(laid).move(-brink).move([0, 0, 0], _tip(way, 1.2 * over))
    away = (2.2 * piece.reach + 0.5) * over
    return tipped.move(brink + f32([*(way * away), -FALL * over**2]))


def snap(rng: Rng, piece: Piece, went: float) -> Mesh:
    """Its upper half breaks off, tips over and lies beside the stump."""
    way = _way(rng)
    over = min(1.0, went * 1.6)
    far = (rng.uniform(1.2, 2.2) * piece.reach) * over
    tall = piece.height > piece.reach
    lean = rng.uniform(0.9, 1.8) if tall else rng.uniform(0.05, 0.4)
    tipped = _posed(piece, way, far, lean * over, rng.normal() * 0.5 * went)
    low = float(tipped.vertices()[:, 2].min())
    fallen = piece.foot[2] * min(1.0, max(0.0, over - 0.15) / 0.6)
    return tipped.move([0, 0, piece.foot[2] - fallen - low])


Course = Callable[[Rng, Piece, float], Mesh]
_CHANCES: dict[Course, float] = {
    knock_over: 0.28,
    shift: 0.11,
    drag: 0.17,
    stick: 0.14,
    slide: 0.1,
    lift_raft: 0.08,
    fall_off: 0.05,
    snap: 0.07,
}
COURSES = tuple(_CHANCES)
_SHARES = np.array(list(_CHANCES.values())) / sum(_CHANCES.values())


def _way(rng: Rng) -> Floats:
    angle = rng.uniform(0, 6.28)
    return f32([np.cos(angle), np.sin(angle)])


def _tip(way: Floats, lean: float) -> Floats:
    """Leans towards `way` [2] by `lean` radians, [3, 3]."""
    heading = rotation_z(float(np.arctan2(way[1], way[0])) + np.pi / 2)
    return f32(heading @ rotation_x(lean) @ heading.T)


def _posed(piece: Piece, way: Floats, far: float, lean: float, spin: float) -> Mesh:
    """A copy, spun about its foot, leant towards `way` [2] and moved there by `far` cm."""
    turn = _tip(way, lean) @ rotation_z(spin)
    mesh = Mesh().extend(piece.mesh).move(-piece.foot).move([0, 0, 0], turn)
    return mesh.move(piece.foot + f32([*(way * far), 0]))
