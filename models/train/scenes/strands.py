"""Spaghetti: strands that ended where no part is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import messes, wisps
from models.train.scenes.curves import hanging, settled
from models.train.scenes.mesh import Material, Mesh
from models.train.scenes.site import Site, label_of

Strands = Floats  # [k, n, 3]
USUAL, FINE, THIN, THICK = (
    (0.014, 0.02, 0.025, 0.03, 0.04, 0.055, 0.08),
    (0.008, 0.011, 0.014),
    (0.008, 0.012, 0.018, 0.025),
    (0.06, 0.09, 0.14),
)
LONGEST_THREAD = 14.0  # cm; beyond that the strand between nozzle and mess has torn


@dataclass(frozen=True)
class Mess:
    """A shape of mess, how often it is drawn, and how thick its strands may be (radii in cm)."""

    shape: Callable[[Rng, Site, float], Strands]
    share: float
    radii: tuple[float, ...] = USUAL
    ordered: bool = False  # laid in this order; otherwise nearest to the part first
    overhangs: bool = False  # some of it lies below the bed, beyond its edge


MESSES = (
    Mess(messes.nest, 0.2),
    Mess(messes.mat, 0.05),
    Mess(messes.loops, 0.10),
    Mess(messes.hangers, 0.08),
    Mess(messes.lost_layers, 0.07),
    Mess(messes.drape, 0.05),
    Mess(messes.loose_infill, 0.03),
    Mess(messes.curls, 0.05),
    Mess(wisps.hair, 0.11, FINE),
    Mess(wisps.straw, 0.06, THIN),
    Mess(wisps.crinkles, 0.07),
    Mess(wisps.rope, 0.03, THICK),
    Mess(wisps.few, 0.05, THIN),
    Mess(wisps.zigzag, 0.03),
    Mess(wisps.ribbon, 0.03, (0.025, 0.03)),
    Mess(wisps.pile, 0.04, ordered=True),
    Mess(wisps.spill, 0.02, overhangs=True),
    Mess(wisps.dragged, 0.05),
)
_SHARES = np.array([mess.share for mess in MESSES]) / sum(mess.share for mess in MESSES)


def draw_strands(
    rng: Rng, mesh: Mesh, site: Site, growth: float, kind: str = "spaghetti", amount: float | None = None
) -> None:
    """Adds one to three kinds of mess, each as far as it has grown, and the strand from the nozzle to the newest."""
    count = 1 + int(rng.random() < 0.6) + int(rng.random() < 0.35)
    picks = rng.choice(len(MESSES), count, replace=False, p=_SHARES)
    site = _melted(rng, site)
    for pick in picks:
        level = float(rng.beta(1.4, 1.2)) if amount is None else amount
        ends = draw_mess(np.random.default_rng(rng.integers(1 << 31)), mesh, site, growth, MESSES[pick], level, kind)
    _draw_thread(rng, mesh, site, ends, kind)


def draw_mess(rng: Rng, mesh: Mesh, site: Site, growth: float, mess: Mess, amount: float, kind: str) -> Floats:
    """Adds one mess, and says where [3] the strand that is being laid ends."""
    radius = float(rng.choice(mess.radii))
    paths = mess.shape(rng, site, amount)
    paths = paths if mess.overhangs else settled(paths, radius)
    if not mess.ordered:
        near = np.linalg.norm(paths[:, 0, :2] - site.centre, axis=1)
        paths = paths[np.argsort(near)]
    radii, colours = radius * rng.uniform(0.7, 1.35, len(paths)), _colours(rng, site, len(paths))
    grown, last = _grown(paths, growth)
    material = Material(site.gloss, label=label_of(kind))
    mesh.tubes(grown, radii[: len(grown)], colours[: len(grown)], material, 3 if radius < 0.015 else 5)
    if mess.radii is USUAL and not mess.overhangs and rng.random() < 0.3:
        _draw_lumps(rng, mesh, site, paths, len(grown), material)
    return f32(grown[-1, last - 1])


def _melted(rng: Rng, site: Site) -> Site:
    """Strands shine more or less than walls do; those of clear filament are paler than the part."""
    look = rng.random()
    if look < 0.12:  # silk
        return replace(site, gloss=1.0)
    if look < 0.22:  # clear, or whitened by stress
        return replace(site, gloss=0.9, colour=f32(site.colour * 0.6 + 0.36))
    return site


def _colours(rng: Rng, site: Site, k: int) -> Floats:
    """A colour a strand [k, 3]; now and then the later ones are of the print's second filament."""
    colours = np.repeat(site.colour[None], k, 0)
    if rng.random() < 0.08:
        colours[int(k * rng.uniform(0.2, 0.8)) :] = rng.uniform(0.05, 1, 3)
    return f32(np.clip(colours * rng.uniform(0.84, 1.14, (k, 1)), 0, 1))


def _draw_thread(rng: Rng, mesh: Mesh, site: Site, end: Floats, kind: str) -> None:
    """What still comes out of the nozzle: a strand down to the newest of the mess or, torn off, one that dangles."""
    if np.linalg.norm(site.nozzle - end) > LONGEST_THREAD:
        end = f32([*(site.nozzle[:2] + rng.normal(0, 0.5, 2)), max(0.05, site.nozzle[2] - rng.uniform(0.5, 4))])
    path = hanging(rng, 1, 30, site.nozzle[None], end[None], float(rng.uniform(0, 1)), float(rng.uniform(0.2, 1.2)))
    path[:, 0] = site.nozzle
    radius = float(rng.choice([0.012, 0.02, 0.03]))
    low = 0.0 if end[2] >= 0 else float(end[2])
    path = settled(path - [0, 0, low], radius) + f32([0, 0, low])
    mesh.tubes(path, radius, site.colour, Material(site.gloss, label=label_of(kind)))


def _draw_lumps(rng: Rng, mesh: Mesh, site: Site, paths: Strands, laid: int, material: Material) -> None:
    """Strands that melted together here and there, among the first `laid` of the paths."""
    a, u = np.arange(10) * 2 * np.pi / 10, np.linspace(0.05, np.pi - 0.05, 7)
    ring = np.stack(
        [np.sin(u)[:, None] * np.cos(a), np.sin(u)[:, None] * np.sin(a), np.repeat(-np.cos(u)[:, None], 10, 1)], -1
    )
    for _ in range(int(rng.integers(2, 14))):
        strand, point = int(rng.integers(len(paths))), int(rng.integers(paths.shape[1]))
        radii = rng.uniform(0.08, 0.35, 3) * max(site.size, 1.2) * 0.6 * rng.uniform(0.6, 1.2, (1, 10, 1))
        shade = rng.uniform(0.85, 1.05)
        if strand >= laid - 1:
            continue
        at = paths[strand, point]
        mesh.loft(ring * radii + [at[0], at[1], max(at[2], radii.max())], site.colour * shade, material)


def _grown(paths: Strands, growth: float) -> tuple[Strands, int]:
    """The strands laid so far, and how many points the newest has: it ends in mid-air."""
    done = max(growth, 0.02) * len(paths)
    whole = int(np.ceil(done))
    grown = paths[:whole].copy()
    last = max(2, int((done - whole + 1) * paths.shape[1]))
    grown[-1] = grown[-1][np.minimum(np.arange(paths.shape[1]), last - 1)]
    grown[-1][last:] += np.arange(paths.shape[1] - last)[:, None] * 1e-4  # keeps the tube's direction defined
    return grown, last


def draw_spaghetti(rng: Rng, site: Site, growth: float) -> Mesh:
    """The part, whole or what is left of it, and the mess."""
    left = rng.choice([1, 1, 1, rng.uniform(0.1, 0.9), 0])
    left = 1 if site.intact else left
    mesh = site.part.build(site.height * left) if left else Mesh()
    draw_strands(rng, mesh, replace(site, height=site.height * float(left)), growth)
    return mesh
