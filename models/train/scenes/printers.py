"""The machines. A printer is drawn in the bed's frame: z = 0 is the bed's surface, the part stands still.

Cameras stand in the machine's frame. `Printer.offset` says how far that frame has moved for a given nozzle
position: the bed of a bed slinger runs to and fro under the nozzle, the bed of a core-XY sinks as the part grows, a
delta's bed stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.curves import spline
from models.train.scenes.fittings import draw_fittings
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_x, unit
from models.train.scenes.toolhead import draw_toolhead

KINDS = ("bed slinger", "core-XY", "delta", "gantry")
METAL, PLASTIC = Material(0.75), Material(0.25)
ROD = Material(0.8, Surface.WOUND, 5.0)


@dataclass(frozen=True)
class Printer:
    """One machine; everything not named here follows from the seed."""

    kind: str
    bed: tuple[float, float]
    seed: int
    dark: Floats  # frame
    metal: Floats  # rods, profiles
    accent: Floats  # plastic parts
    enclosed: bool
    head: int = 0  # which of its tool heads it holds
    fittings: tuple[str, ...] = ()  # see fittings.py

    @classmethod
    def random(cls, rng: Rng, kind: str | None = None) -> Printer:
        kind = kind or str(rng.choice(KINDS, p=[0.5, 0.27, 0.08, 0.15]))
        w = float(rng.uniform(16, 32))
        accent = textures.random_colour(rng, 0.85, 0.85) if rng.random() < 0.4 else f32([0.08] * 3)
        return cls(
            kind=kind,
            bed=(w, w * float(rng.choice([1, 1, 0.85]))) if kind != "delta" else (w, w),
            seed=int(rng.integers(1 << 31)),
            dark=f32(np.ones(3) * rng.uniform(0.1, 0.32)),
            metal=f32(np.ones(3) * rng.uniform(0.55, 0.85)),
            accent=f32(accent),
            enclosed=bool(rng.random() < {"bed slinger": 0.15, "core-XY": 0.7, "delta": 0.1, "gantry": 0.6}[kind]),
        )

    def offset(self, nozzle: Floats) -> Floats:
        """Where the machine's frame lies in the bed's frame, [3]."""
        if self.kind == "bed slinger":
            return f32([0, nozzle[1], 0])
        if self.kind == "core-XY":
            return f32([0, 0, nozzle[2]])
        return np.zeros(3, np.float32)

    def draw(self, nozzle: Floats) -> Mesh:
        """The whole machine without the part, nozzle at [3] in the bed's frame."""
        mesh = Mesh()
        draw_bed(np.random.default_rng(self.seed), mesh, self)
        draw_toolhead(np.random.default_rng(self.seed + 1 + 7919 * self.head), mesh, nozzle, self.dark, self.accent)
        rng = np.random.default_rng(self.seed + 2)
        frame = {"bed slinger": _slinger, "core-XY": _core_xy, "delta": _delta, "gantry": _core_xy}[self.kind]
        frame(rng, mesh, self, nozzle)
        _cables(rng, mesh, self, nozzle)
        if self.fittings:
            own = np.random.default_rng(self.seed + 4)
            draw_fittings(own, mesh, self.fittings, self.bed, nozzle, self.offset(nozzle), self.dark)
        if self.enclosed:
            _enclosure(rng, mesh, self, self.offset(nozzle))
        return mesh


def draw_bed(rng: Rng, mesh: Mesh, printer: Printer) -> None:
    """The bed plate with its clips, springs and carriage."""
    w, d = printer.bed
    surface = Material(float(rng.choice([0.05, 0.15, 0.35, 0.7])), Surface.BED, float(rng.choice([0, 0.05, 0.12, 0.3])))
    edge = np.ones(3) * rng.uniform(0.05, 0.45)
    if printer.kind == "delta":
        a = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        rim = np.stack([w / 2 * np.cos(a), w / 2 * np.sin(a), 0 * a], 1)
        mesh.fan([0, 0, 0], rim, [0, 0, 1], [1, 1, 1], surface)
        mesh.cylinder([0, 0, -0.6], [0, 0, -0.02], w / 2 + 0.1, edge, PLASTIC, 48)
        return
    mesh.quad([0, 0, 0], [w / 2, 0, 0], [0, d / 2, 0], [1, 1, 1], surface)
    mesh.box([0, 0, -0.22], [w, d, 0.4], edge, PLASTIC)
    if rng.random() < 0.45:
        for _ in range(int(rng.integers(1, 5))):
            x, y = rng.choice([-1, 1]) * w * rng.uniform(0.2, 0.45), rng.choice([-1, 1]) * d * 0.49
            mesh.box([x, y, 0.1], [1.8, 1.1, 0.4], np.ones(3) * rng.uniform(0.1, 0.8), METAL)
    if rng.random() < 0.55:
        _springs(rng, mesh, w, d)
    if printer.kind == "bed slinger":
        mesh.box([0, 0, -2.4], [w * 0.8, d * 0.25, 0.8], np.ones(3) * rng.uniform(0.1, 0.6), METAL)
    else:
        for side in (-1, 1):
            mesh.box([side * w * 0.35, d * 0.1, -1.6], [2, d * 1.1, 1.6], printer.dark, PLASTIC)


def _springs(rng: Rng, mesh: Mesh, w: float, d: float) -> None:
    t, yellow = np.linspace(0, 1, 50), rng.random() < 0.5
    colour = f32([0.85, 0.75, 0.1]) if yellow else f32([0.65] * 3)
    for x in (-w * 0.43, w * 0.43):
        for y in (-d * 0.43, d * 0.43):
            mesh.tubes(
                np.stack([x + 0.45 * np.cos(38 * t), y + 0.45 * np.sin(38 * t), -0.45 - 1.9 * t], 1),
                0.09,
                colour,
                METAL,
                5,
            )
            mesh.cylinder([x, y, -3.2], [x, y, -2.4], 1.2, [0.12] * 3, PLASTIC)


def _slinger(rng: Rng, mesh: Mesh, p: Printer, nozzle: Floats) -> None:
    """Uprights and a beam that climbs with the part; one upright only on the cheap ones."""
    (w, d), o, z = p.bed, p.offset(nozzle), nozzle[2] + rng.uniform(3, 7)
    beam = p.dark if rng.random() < 0.7 else p.metal
    thick, y = rng.uniform(1.5, 3.5), o[1] + 3.6
    span, sides = w * 1.35, [-1, 1] if rng.random() < 0.8 else [-1]
    mesh.box([0, y, z], [span, 1.8, thick], beam, Material(0.4))
    mesh.box([0, y - 0.95, z], [span, 0.1, 0.6], [0.06] * 3, Material(0.1, Surface.WOUND, 6.0))
    for side in sides:
        x = side * (w / 2 + 3.2)
        mesh.box([x, y + 2.5, 16], [2, 4, 48], beam, Material(0.4))
        mesh.cylinder([x - side * 1.9, y + 1.2, -3], [x - side * 1.9, y + 1.2, 42], 0.4, p.metal, ROD, 8)
        mesh.box([x, y + 0.2, z], [4, 3, 4.5], p.accent, PLASTIC)
    if len(sides) == 2:
        mesh.box([0, y + 2.5, 41], [w + 8, 4, 2], beam, Material(0.4))
    mesh.box([0, o[1], -6], [w * 0.3, d * 1.7, 3], p.dark, Material(0.3))
    mesh.box([0, o[1] + 2, -8.5], [w + 10, 9, 3], p.dark, Material(0.3))
    if rng.random() < 0.5:
        mesh.box([w * 0.3, o[1] - d * 0.85, -7], [7, 3, 4], p.accent, PLASTIC)
        mesh.quad(
            [w * 0.3, o[1] - d * 0.85 - 1.52, -7],
            [2.6, 0, 0],
            [0, 0, 1.4],
            textures.SCREEN,
            Material(0.4, Surface.DECAL),
        )


def _core_xy(rng: Rng, mesh: Mesh, p: Printer, nozzle: Floats) -> None:
    """A cube frame with rods; the bed sinks (core-XY) or the whole gantry climbs (gantry)."""
    (w, d), o, z = p.bed, p.offset(nozzle), nozzle[2] + rng.uniform(2.5, 6)
    base = o[2]
    for k in range(int(rng.integers(1, 3))):
        y = nozzle[1] + rng.uniform(1, 3) + k * 2.5
        if rng.random() < 0.6:
            mesh.cylinder(
                [-w * 0.72, y, z + k * 0.4], [w * 0.72, y, z + k * 0.4], rng.uniform(0.3, 0.5), p.metal, METAL, 10
            )
        else:
            mesh.box([0, y, z + 1], [w * 1.42, 1.6, 2], p.dark, Material(0.4))
    for side in (-1, 1):
        x = side * w * 0.7
        mesh.cylinder([x, -d * 0.75, z], [x, d * 0.75, z], 0.4, p.metal, METAL, 10)
        mesh.box([x, nozzle[1] + 2, z], [3, 5, 3], p.accent, PLASTIC)
        for y in (-d * 0.82, d * 0.82):
            mesh.box([side * w * 0.8, y, base - 12], [2, 2, 60], p.dark, Material(0.4))
        mesh.cylinder(
            [side * w * 0.3, d * 0.66, base - 40], [side * w * 0.3, d * 0.66, base + 10], 0.5, p.metal, ROD, 10
        )
        mesh.cylinder(
            [side * w * 0.45, d * 0.66, base - 40], [side * w * 0.45, d * 0.66, base + 10], 0.6, p.metal, METAL, 10
        )
    mesh.box([0, d * 0.82, base + 14], [w * 1.6, 2, 2], p.dark, Material(0.4))


def _delta(rng: Rng, mesh: Mesh, p: Printer, nozzle: Floats) -> None:
    """Three towers, three pairs of arms."""
    r, arm = p.bed[0] * 0.62, p.bed[0] * 0.95
    hub = f32([nozzle[0], nozzle[1], nozzle[2] + 3])
    mesh.cylinder(hub - [0, 0, 0.4], hub + [0, 0, 0.4], 3.2, p.accent, PLASTIC, 6)
    for a in (np.pi / 2, np.pi * 7 / 6, np.pi * 11 / 6):
        foot = f32([r * np.cos(a), r * np.sin(a), 0])
        mesh.box(foot + [0, 0, 24], [2, 2, 64], p.metal if rng.random() < 0.5 else p.dark, Material(0.5))
        gap = foot[:2] - hub[:2]
        up = np.sqrt(max(arm**2 - float(gap @ gap), 1))
        carriage = foot + [0, 0, hub[2] + up]
        mesh.box(carriage, [3.5, 3.5, 4], p.accent, PLASTIC)
        side = unit(f32([-np.sin(a), np.cos(a), 0])) * 2
        for s in (-1, 1):
            mesh.tubes(np.stack([hub + s * side, carriage + s * side]), 0.28, [0.08] * 3, Material(0.5), 8)


def _cables(rng: Rng, mesh: Mesh, p: Printer, nozzle: Floats) -> None:
    """Bundles and tubes from the tool head to the frame; thin loose wires now and then."""
    w, d = p.bed
    for _ in range(int(rng.choice([0, 1, 2, 4]))):
        a = nozzle + f32([rng.normal() * 1.2, rng.uniform(1, 3), rng.uniform(3, 9)])
        b = f32(
            [
                rng.choice([-1, 1]) * w * rng.uniform(0.2, 0.7),
                nozzle[1] + d * rng.uniform(0.1, 0.5),
                nozzle[2] + rng.uniform(4, 20),
            ]
        )
        middle = (a + b) / 2 + f32([rng.normal() * 3, rng.normal() * 2, rng.uniform(0, 9)])
        colour = (p.dark * 0.6, np.ones(3) * 0.88, f32([0.7, 0.05, 0.05]), textures.random_colour(rng))[
            rng.choice(4, p=[0.5, 0.25, 0.1, 0.15])
        ]
        wrap = Material(0.3, Surface.WOUND, 1.5) if rng.random() < 0.3 else PLASTIC
        mesh.tubes(spline([a, a + [0, 1, 2], middle, b], 36), rng.uniform(0.08, 0.45), colour, wrap, 7)
    if rng.random() < 0.2:
        for _ in range(int(rng.integers(3, 8))):
            a = nozzle + f32([rng.normal(), -1.5, rng.uniform(2, 6)])
            b = a + f32([rng.normal() * 2, rng.normal(), rng.uniform(1, 5)])
            mesh.tubes(
                spline([a, a + [rng.normal(), -0.6, 1], b], 20),
                rng.uniform(0.04, 0.09),
                textures.random_colour(rng, 0.8),
                PLASTIC,
                5,
            )


def _enclosure(rng: Rng, mesh: Mesh, p: Printer, o: Floats) -> None:
    """Back and side panels, and a strip of light under the top."""
    (w, d), shade = p.bed, np.ones(3) * rng.choice([0.06, 0.15, 0.4, 0.75])
    panel = Material(float(rng.choice([0.1, 0.4])), Surface.MOTTLED, 0.1)
    mesh.box(o + [0, d * 0.95, 0], [w * 2.2, 0.3, 80], shade, panel)
    for side in (-1, 1):
        mesh.box(o + [side * w * 1.05, 0, 0], [0.3, d * 1.9, 80], shade * 0.9, panel)
    mesh.box(o + [0, 0, -42], [w * 2.2, d * 1.9, 0.3], shade, panel)
    if rng.random() < 0.4:
        mesh.quad(
            o + [w * rng.normal() * 0.3, d * 0.94, 6],
            [3, 0, 0],
            [0, 0, 3],
            textures.LABEL if rng.random() < 0.5 else textures.FAN,
            Material(0.2, Surface.DECAL),
        )
    if rng.random() < 0.5:
        for x in np.linspace(-w * 0.8, w * 0.8, 14):
            mesh.box(o + [x, d * 0.92, 22], [0.7, 0.2, 0.4], [1, 1, 0.95], Material(0, Surface.GLOW), rotation_x(0.3))
