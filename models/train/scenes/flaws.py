"""What goes wrong on a part that still stands: blobs, hairs, lifted corners, shifted layers, missing lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats, Rng, f32
from models.train.scenes.curves import hanging, settled
from models.train.scenes.forms import Part
from models.train.scenes.groups import Group
from models.train.scenes.mesh import Material, Mesh, Surface, unit
from models.train.scenes.site import Site, label_of, mark

PRINTED = (Surface.LAYERS, Surface.HOLES, Surface.DIAMONDS, Surface.CELLS, Surface.INFILL)

LIFTED = 0.08  # cm; what lifts less is not seen to


def printed_since(site: Site, growth: float, share: float) -> tuple[float, float]:
    """How high the part is, and from which height on it is bad.

    A part that is `intact` was good when things went wrong: the printer prints on, and what it adds is bad.
    """
    if not site.intact:
        return site.height, site.height * (1 - max(growth, 0.05) * share)
    start = min(site.height, 0.9 * site.part.height)
    least, most = growth * f32([0.12, 0.6]) * site.part.height  # a parked nozzle tells nothing about the height
    added = float(np.clip(site.nozzle[2] - 0.02 - start, least, most))
    return min(start + added, site.part.height), start


def _one_of(rng: Rng, part: Part) -> tuple[Part, tuple[Part, ...]]:
    """The member of a plate that is struck, rather a wide one, and the others."""
    if not isinstance(part, Group):
        return part, ()
    wide = np.array([np.prod(np.ptp(member.footprint, axis=0)) for member in part.members], float) + 1e-6
    pick = int(rng.choice(len(wide), p=wide / wide.sum()))
    return part.members[pick], part.members[:pick] + part.members[pick + 1 :]


# -- blob


def draw_blob(rng: Rng, site: Site, growth: float) -> Mesh:
    """Plastic that swells around the nozzle and swallows the heater block; or a lump dropped onto the part.

    Zits and other bumps of a few lines' width are none: see groups.Zitty.
    """
    mesh, ball = site.part.build(site.height), Mesh()
    size = rng.uniform(0.9, 2.4) * (0.25 + 0.75 * growth)
    at, dropped = f32(site.nozzle), rng.random() < 0.2
    if dropped:
        foot = site.part.footprint
        at = f32([*(foot[rng.integers(len(foot))] * 0.6 + foot.mean(0) * 0.4), site.height])
        size *= 0.75
    melt = Material(float(rng.choice([0.4, 0.7, 0.95])), label=label_of("blob"))
    for _ in range(int(rng.integers(4, 11))):
        c = at + rng.normal(0, [0.4, 0.4, 0.2]) * size + [0, 0, 0.2 * size]
        _lump(rng, ball, c, size * rng.uniform(0.35, 0.8), site.colour * rng.uniform(0.85, 1.05), melt)
    _drips(rng, ball, at, size, site.colour, melt)
    return mesh.extend(ball)


def _lump(rng: Rng, mesh: Mesh, centre: Floats, r: float, colour: Floats, melt: Material) -> None:
    """A sagging ball with folds."""
    a, u = np.arange(24) * 2 * np.pi / 24, np.linspace(0.02, np.pi - 0.02, 16)[:, None]
    folds = 1 + 0.13 * np.sin(rng.integers(2, 6) * a + 3 * u + rng.uniform(0, 6)) * np.sin(u)
    folds = folds + 0.07 * np.sin(rng.integers(5, 11) * u + 2 * a + rng.uniform(0, 6))
    wide = r * folds * np.sin(u)
    z = centre[2] - r * folds * np.cos(u) * rng.uniform(0.6, 1)
    rings = np.stack([centre[0] + wide * np.cos(a), centre[1] + wide * np.sin(a), np.maximum(z, 0.01)], -1)
    mesh.loft(rings, colour, melt)


def _drips(rng: Rng, mesh: Mesh, at: Floats, size: float, colour: Floats, melt: Material) -> None:
    """Drops and threads that hang from the lump or get dragged through it."""
    k = int(rng.integers(0, 7))
    if k:
        starts = at + rng.normal(0, 0.45, (k, 3)) * size * [1, 1, 0.3] + [0, 0, 0.2 * size]
        ends = starts + np.c_[rng.normal(0, 0.5, (k, 2)) * size, -rng.uniform(0.3, 1.4, k) * size]
        paths = settled(hanging(rng, k, 14, starts, ends, 0.2 * size, 0.4), 0.05)
        swell = np.interp(np.linspace(0, 1, 14), [0, 0.4, 0.85, 1], [1.2, 0.5, 0.8, 0.1])
        mesh.tubes(paths, rng.uniform(0.05, 0.16, (k, 1)) * size * swell, colour, melt, 7)


# -- stringing


def draw_stringing(rng: Rng, site: Site, growth: float) -> Mesh:
    """Fine hairs from wall to wall where the nozzle travelled, and wisps on the walls where it came and went."""
    mesh = site.part.build(site.height)
    walls = _on_walls(rng, mesh, 2000)
    most = int(rng.choice([30, 80, 200]) * rng.uniform(0.6, 1.3))
    level = float(rng.choice([0, 0, 0.5])) * site.height  # above which the travels began
    starts, ends = _travels(rng, walls, most, level)
    shine = Material(0.9, label=label_of("stringing"))
    pale = np.clip(site.colour * 0.75 + rng.uniform(0.05, 0.3), 0, 1)
    radius = float(rng.choice([0.006, 0.01, 0.016, 0.024]))
    hairs = settled(hanging(rng, most, 10, starts, ends, 0.06 * site.size, rng.uniform(0, 0.25)), 0.01)
    thick = radius * np.where(rng.random(most) < 0.08, 3, rng.uniform(0.5, 1.2, most))
    shown = max(3, int(most * growth))
    mesh.tubes(hairs[:shown], thick[:shown], pale, shine, 4)
    if rng.random() < 0.7:
        curls = _wisps(rng, walls, max(8, most // 2), site.size)
        some = max(2, int(len(curls) * growth))
        mesh.tubes(curls[:some], radius * f32([[1.2, 1, 1, 0.8, 0.7, 0.5, 0.3]]), pale, shine, 4)
    return mesh


def _on_walls(rng: Rng, mesh: Mesh, k: int) -> Floats:
    """Points spread evenly over the walls of a mesh, as vertices [k, 14]."""
    v, t = mesh.vertices(), mesh.triangles().reshape(-1, 3)
    steep = (np.abs(v[t, 5]) < 0.6).all(1) & (v[t, 2].max(1) > 0.03)
    t = t[steep] if steep.any() else t
    a, b, c = v[t[:, 0], :3], v[t[:, 1], :3], v[t[:, 2], :3]
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).astype(float) + 1e-9
    some = t[rng.choice(len(t), k, p=area / area.sum())]
    share = rng.dirichlet([1, 1, 1], k)[..., None]
    return f32((v[some] * share).sum(1))


def _travels(rng: Rng, walls: Floats, k: int, level: float) -> tuple[Floats, Floats]:
    """Start and end of k level hairs [k, 3]: of some tries each, the one that leaves one wall and meets another."""
    tries = 12
    high = walls[walls[:, 2] >= level] if level else walls
    high = high if len(high) > 8 else walls
    a = high[rng.integers(len(high), size=(k, 1))]
    b = high[rng.integers(len(high), size=(k, tries))]
    across = b[..., :2] - a[..., :2]
    length = np.linalg.norm(across, axis=-1) + 1e-3
    leaves = (across * a[..., 3:5]).sum(-1) / length
    meets = -(across * b[..., 3:5]).sum(-1) / length
    cost = np.abs(b[..., 2] - a[..., 2]) / length - np.minimum(leaves, 0.5) - np.minimum(meets, 0.5) + 0.08 * length
    cost = cost + 5 * (length < 0.15)
    b = np.take_along_axis(b, cost.argmin(1)[:, None, None], 1)
    ends = b[:, 0, :3].copy()
    ends[:, 2] = np.minimum(ends[:, 2] * 0.2 + a[:, 0, 2] * 0.8, high[:, 2].max())
    return f32(a[:, 0, :3]), f32(ends)


def _wisps(rng: Rng, walls: Floats, k: int, size: float) -> Floats:
    """Short curled ends that stand off a wall, [k, 7, 3]."""
    root = walls[rng.integers(len(walls), size=k)]
    heading, path = unit(root[:, 3:6] + rng.normal(0, 0.4, (k, 3))), [f32(root[:, :3])]
    step, bend = rng.uniform(0.02, 0.12, (k, 1)) * min(size, 3), rng.normal(0, 0.6, (k, 3))
    for _ in range(6):
        heading = unit(heading + bend + [0, 0, -0.12])
        path.append(f32(path[-1] + heading * step))
    return settled(np.stack(path, 1), 0.01)


# -- warping


def draw_warping(rng: Rng, site: Site, growth: float) -> Mesh:
    """One or more corners curl off the bed and tear their brim loose; layers above were laid level again."""
    struck, others = _one_of(rng, site.part)
    height = min(site.height, struck.height)
    mesh, foot = struck.build(height), struck.footprint
    centre = foot.mean(0)
    far = np.linalg.norm(foot - centre, axis=1)
    corner = foot[int(np.argmax(far * rng.uniform(0.7, 1, len(far))))] - centre
    reach = max(float(np.linalg.norm(corner)), 0.3)
    heading, both = corner / reach, rng.random() < 0.4
    most, bend, dent = growth * rng.uniform(0.12, 0.35) * reach, rng.uniform(0.1, 0.5), rng.uniform(0, 0.6)

    def lift(points: Floats, printed: Floats) -> Floats:
        along = (points - centre) @ heading / reach
        along = np.abs(along) if both else np.maximum(along, 0)
        level = 1 - dent * np.clip(printed / max(height, 0.5), 0, 1)
        return f32(most * np.clip((along - bend) / (1 - bend), 0, 1.3) ** 1.7 * level)

    v = mesh.vertices()
    raised = lift(v[:, :2], v[:, 13])
    v[:, 2] += raised
    mesh.replace_vertices(v)
    mark(mesh, "warping", (raised > LIFTED) & (v[:, 13] < max(0.8, 0.4 * height)))
    if rng.random() < 0.5:
        _torn_brim(rng, mesh, foot, lift, site)
    return mesh.extend(Group(others).build(site.height)) if others else mesh


def _torn_brim(rng: Rng, mesh: Mesh, foot: Floats, lift: object, site: Site) -> None:
    """The part of a brim that came up with the corner."""
    closed = np.concatenate([foot, foot[:1]])
    out = unit(np.c_[closed - foot.mean(0), np.zeros(len(closed))])[:, :2]
    wide = rng.uniform(0.15, 0.6) * (1 + 0.2 * np.sin(np.arange(len(closed)) * rng.uniform(0.3, 1.2)))[:, None]
    edges = [closed, closed + out * wide]
    inner, outer = (np.c_[e, lift(e, np.zeros(len(e))) + 0.02] for e in edges)  # type: ignore[operator]
    up = inner[:, 2] > 0.06
    if up.sum() < 3:
        return
    brim = Mesh()
    brim.strip(inner, outer, site.colour, Material(site.gloss, Surface.LAYERS, 0.2), [0, 0, 1])
    v = brim.vertices()
    mark(brim, "warping", v[:, 2] > 0.06)
    mesh.extend(brim)


# -- layer shift


def draw_layer_shift(rng: Rng, site: Site, growth: float) -> Mesh:
    """From a height on all layers are displaced, once or several times; each slice keeps its outline."""
    height, start = printed_since(site, growth, rng.uniform(0.3, 0.85))
    steps = int(rng.choice([1, 1, 1, 2, 3]))
    slope = rng.uniform(0, 6.28)
    size, shift = max(site.size, 1), np.zeros(2)
    cuts = start + (height - start) * np.r_[0, np.sort(rng.uniform(0.2, 0.9, steps - 1))]
    mesh = site.part.build(start)
    for low, high in zip(cuts, np.r_[cuts[1:], height], strict=True):
        heading = slope + rng.normal(0, 0.3)
        shift = shift + f32([np.cos(heading), np.sin(heading)]) * rng.uniform(0.1, 0.5) / steps**0.5 * size
        mesh.extend(mark(above(site.part.build(high), low).move([*shift, 0]), "layer_shift"))
    return mesh


def above(mesh: Mesh, level: float) -> Mesh:
    """What of a mesh was printed above `level`, cut off flat."""
    v, t = mesh.vertices(), mesh.triangles().reshape(-1, 3)
    kept = (v[t, 13] > level + 1e-4).any(1)
    v[:, 2] = np.where(v[:, 13] < level, np.maximum(v[:, 2], level), v[:, 2])
    v[:, 13] = np.maximum(v[:, 13], level)
    used, places = np.unique(t[kept], return_inverse=True)
    return Mesh().put(v[used], places)


# -- under-extrusion


def draw_under_extrusion(rng: Rng, site: Site, growth: float) -> Mesh:
    """Walls with missing lines, sunk and ragged layers, and tops that are open rasters."""
    height, start = printed_since(site, growth, 1.0)
    mesh = site.part.build(height)
    v = mesh.vertices()
    bad: NDArray[np.bool_] = (v[:, 13] >= start) & np.isin(v[:, 10], PRINTED)
    bad = bad | (v[:, 13] >= max(start, height - 0.02)) & (v[:, 5] > 0.9)
    v[bad, 10], v[bad, 11] = Surface.GAPS, rng.uniform(0.4, 0.85)
    thick = float(rng.uniform(0.06, 0.3))
    lines = rng.uniform(-1, 0.25, 4096).clip(-1, 0) * rng.uniform(0, 0.05) * site.size
    sunk = lines[(v[:, 13] / thick).astype(int) % 4096] * bad * (np.abs(v[:, 5]) < 0.6)
    v[:, :2] += v[:, 3:5] * sunk[:, None]
    mesh.replace_vertices(v)
    return mark(mesh, "under_extrusion", bad)
