"""One printer with its room, part, light and camera, all drawn from a seed; and its picture at any moment of a print.

scene = Scene.random(np.random.default_rng(7))
picture = Studio((400, 300)).shoot(scene, scene.moment)                          # healthy
picture = Studio((400, 300)).shoot(scene, scene.moment, Trouble("spaghetti", 1)) # its failing twin
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from models.train.arrays import Floats, Picture, Rng, f32
from models.train.scenes.bedside import draw_bedside, draw_supports
from models.train.scenes.camera import View, Webcam
from models.train.scenes.failures import draw_failure
from models.train.scenes.fittings import random_fittings
from models.train.scenes.forms import Part
from models.train.scenes.mesh import Mesh, unit
from models.train.scenes.plates import random_part
from models.train.scenes.printers import Printer
from models.train.scenes.renderer import Finish, Lighting, Renderer
from models.train.scenes.sampling import (
    filament,
    glaring,
    night_lighting,
    random_finish,
    random_lighting,
    random_view,
)
from models.train.scenes.site import Site
from models.train.scenes.surroundings import draw_surroundings
from models.train.scenes.visitors import (
    draw_hand_with_part,
    draw_hands,
    draw_person,
    draw_shade,
    draw_window,
)

FLOOR = {"bed slinger": -10.0, "core-XY": -44.0, "delta": -8.0, "gantry": -14.0}
SUPERSAMPLING = 1.25
HANDS = ("hand", "tool", "close hand", "person beside")
GLARING = 0.03  # share of the beds that are glossy and over-exposed


@dataclass(frozen=True)
class Moment:
    """A moment of a print: how high the part is, where the nozzle is (bed's frame), and what else is in the picture."""

    height: float
    nozzle: Floats  # [3]
    empty: bool = False
    hand: bool = False  # any of HANDS, if `visitor` names none
    visitor: str = ""  # one of HANDS, "taking" (the part), "person behind", "shade", "window", or nobody
    visitor_seed: int = 0
    brightness: float = 1.0
    noise_seed: int = 0


@dataclass(frozen=True)
class Trouble:
    """A failure: class name, seed, and growth in 0..1. `height` freezes the part where the failure began."""

    kind: str
    seed: int
    growth: float = 1.0
    height: float | None = None


@dataclass(frozen=True)
class Shot:
    """A BGR picture [H, W, 3] and labels [H, W]: 0 or 1 + index of the failure class."""

    picture: Picture
    labels: Picture


@dataclass(frozen=True)
class Scene:
    """All that stays the same during a print."""

    seed: int
    printer: Printer
    part: Part
    centre: Floats  # [2], of the part on the bed
    size: float  # of the part, about its radius in cm
    colour: Floats
    gloss: float
    view: View
    webcam: Webcam
    lighting: Lighting
    finish: Finish
    moment: Moment
    supports: bool = False
    _still: dict[str, Mesh] = field(default_factory=dict, compare=False)

    @classmethod
    def random(cls, rng: Rng, aspect: float = 4 / 3) -> Scene:
        """Any scene. Same generator state, same scene."""
        printer = Printer.random(rng)
        printer = replace(printer, fittings=random_fittings(rng, printer.enclosed))
        bed = printer.bed
        size = float(np.clip(rng.lognormal(0.8, 0.5), 0.8, bed[0] * 0.3))
        centre = f32(rng.normal(0, bed[0] * 0.1, 2))
        full = float(np.clip(rng.lognormal(1.3, 0.8), 0.3, bed[0] * 0.7))
        colour, gloss = filament(rng), float(rng.choice([0.05, 0.2, 0.5, 0.9]))
        part = random_part(rng, centre, size, full, colour, gloss)
        height = max(0.06, full * rng.uniform(0.05, 1) if rng.random() < 0.8 else rng.uniform(0.05, 0.5))
        height = min(height, part.height)
        moment = random_moment(rng, printer, centre, size, height)
        view = _fixed_to(random_view(rng, centre, size, height, bed, aspect), printer.offset(moment.nozzle))
        if -12 < view.eye[1] + 0.95 * bed[1] < 2:  # the frame would stand right before the lens
            printer = replace(printer, fittings=tuple(name for name in printer.fittings if name != "door"))
        webcam, lighting, finish = Webcam.random(rng), random_lighting(rng), random_finish(rng, bed)
        if webcam.infrared and rng.random() < 0.7:
            lighting = night_lighting(rng, view)
        elif rng.random() < GLARING:
            webcam, finish = glaring(rng, webcam, finish)
        return cls(
            seed=int(rng.integers(1 << 31)),
            printer=printer,
            part=part,
            centre=centre,
            size=size,
            colour=colour,
            gloss=gloss,
            view=view,
            webcam=webcam,
            lighting=lighting,
            finish=finish,
            moment=moment,
            supports=bool(rng.random() < 0.28),
        )

    def site(self, moment: Moment, trouble: Trouble) -> Site:
        began = trouble.height is not None
        height = trouble.height if trouble.height is not None else moment.height
        bed = self.printer.bed
        return Site(
            self.part, height, self.centre, self.size, moment.nozzle, self.colour, self.gloss, bed, intact=began
        )

    def mesh(self, moment: Moment, trouble: Trouble | None = None) -> Mesh:
        """Everything in the picture."""
        mesh = self.printer.draw(moment.nozzle)
        mesh.extend(self._surroundings().move(self.printer.offset(moment.nozzle)))
        if trouble is not None:
            mesh.extend(draw_failure(trouble.kind, trouble.seed, self.site(moment, trouble), trouble.growth))
        elif not moment.empty:
            mesh.extend(self.part.build(moment.height))
        if not moment.empty:
            self._draw_bedside(mesh, moment.height)
        self._draw_visitor(mesh, moment)
        return mesh

    def _draw_visitor(self, mesh: Mesh, moment: Moment) -> None:
        """Hands and people reach for the part; a shade needs a lamp on the camera's side, else it would be seen."""
        rng = np.random.default_rng(self.seed + 3 + moment.visitor_seed)
        eye = f32(self.view.eye) + self.printer.offset(moment.nozzle)
        at, kind, key = f32([*self.centre, moment.height]), moment.visitor, self.lighting.key_dir
        behind_camera = float(key @ unit(eye - at)) > 0
        if moment.hand and kind not in HANDS:
            kind = str(rng.choice(HANDS, p=[0.5, 0.25, 0.15, 0.1]))
        if kind == "taking":
            draw_hand_with_part(rng, mesh, self.part.build(moment.height), self.centre, eye)
        elif kind in ("person behind", "person beside"):
            draw_person(rng, mesh, at, eye, kind == "person behind")
        elif kind in HANDS:
            draw_hands(rng, mesh, at, eye, kind)
        if kind == "window" and behind_camera:
            draw_window(rng, mesh, at, key)
        elif (kind == "shade" or kind.startswith("person")) and behind_camera:
            draw_shade(rng, mesh, at, key)

    def _surroundings(self) -> Mesh:
        if "room" not in self._still:
            mesh = Mesh()
            draw_surroundings(np.random.default_rng(self.seed), mesh, self.printer.bed, FLOOR[self.printer.kind])
            self._still["room"] = mesh
        return Mesh().extend(self._still["room"])

    def _draw_bedside(self, mesh: Mesh, height: float) -> None:
        rng = np.random.default_rng(self.seed + 1)
        draw_bedside(rng, mesh, self.part.footprint, self.printer.bed, self.colour, self.gloss)
        if self.supports:
            draw_supports(rng, mesh, self.centre, self.size, height, self.colour, self.gloss)


class Studio:
    """Renders scenes to pictures of one size (width, height in pixels)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._renderer = Renderer(round(size[0] * SUPERSAMPLING), round(size[1] * SUPERSAMPLING))

    def shoot(
        self, scene: Scene, moment: Moment, trouble: Trouble | None = None, gain: float | None = None
    ) -> tuple[Shot, float]:
        """A picture and its exposure; give that as `gain` to the twin, so that exposure tells nothing."""
        eye, projection = scene.view.matrices(scene.printer.offset(moment.nozzle))
        focus = f32([*scene.centre, 2])
        reach = max(scene.printer.bed) * 0.75
        light, labels = self._renderer.draw(
            scene.mesh(moment, trouble), scene.finish, scene.lighting, eye, projection, focus, reach
        )
        gain = scene.webcam.expose(light) if gain is None else gain
        noise = np.random.default_rng(scene.seed + moment.noise_seed)
        return Shot(*scene.webcam.develop(light, labels, self.size, gain * moment.brightness, noise)), gain

    def close(self) -> None:
        """Gives the OpenGL context back."""
        self._renderer.close()


def random_moment(rng: Rng, printer: Printer, centre: Floats, size: float, height: float) -> Moment:
    """The nozzle on the part, near it, or parked away from it."""
    where, z = rng.random(), height + (0.02 if rng.random() < 0.65 else rng.uniform(0, 5))
    if where < 0.6:
        xy = centre + rng.normal(0, 0.45 * size, 2)
    elif where < 0.8:
        xy = centre + rng.normal(0, 3 * size, 2)
    else:
        xy = np.array(printer.bed) * rng.uniform(-0.5, 0.5, 2)
        z += rng.uniform(0, 6)
    limit = np.array(printer.bed) / 2
    nozzle = f32([*np.clip(xy, -limit, limit), z])
    return Moment(
        height,
        nozzle,
        empty=bool(rng.random() < 0.06),
        hand=bool(rng.random() < 0.04),
        visitor=str(rng.choice(["", "shade", "window"], p=[0.93, 0.03, 0.04])),
        visitor_seed=int(rng.integers(1 << 20)),
        noise_seed=int(rng.integers(1 << 20)),
    )


def _fixed_to(view: View, offset: Floats) -> View:
    """The same view, given in the machine's frame."""
    move = lambda p: tuple(float(a - b) for a, b in zip(p, offset, strict=True))  # noqa: E731
    return View(move(view.eye), move(view.target), view.vertical_fov, view.aspect, view.roll, view.off_centre)
