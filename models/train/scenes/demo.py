"""The printers of the demo farm: who prints what, on which machine, under which light, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import demo_parts, textures
from models.train.scenes.camera import View, Webcam
from models.train.scenes.forms import Part
from models.train.scenes.mesh import unit
from models.train.scenes.printers import Printer
from models.train.scenes.renderer import Finish, Lighting
from models.train.scenes.scene import Moment, Scene

PartMaker = Callable[[Rng, Floats, float], Part]  # generator, colour, gloss


@dataclass(frozen=True)
class DemoPrint:
    """One printer of the demo farm and its print. Angles in degrees; the camera looks at the middle of the bed."""

    name: str
    printer_kind: str
    filament: str
    colour: tuple[float, float, float]
    bed: str
    light: str
    part: PartMaker
    height: float  # of the finished part, cm
    camera: tuple[float, float, float]  # azimuth, elevation, distance in cm
    size: tuple[int, int] = (640, 480)
    failure: str = ""  # class, or empty for a print that always succeeds
    failure_seed: int = 0
    fails_at: float = 0.5  # progress of the print when the failure starts
    seed: int = 1
    enclosed: bool = False
    infrared: bool = False

    def scene(self) -> Scene:
        """The scene that all frames share."""
        rng = np.random.default_rng(self.seed)
        printer = replace(Printer.random(rng, self.printer_kind), bed=(22.0, 22.0), enclosed=self.enclosed)
        colour = f32(self.colour)
        part = self.part(rng, colour, 0.35)
        size = min(3.2, float(np.abs(part.footprint).max()))
        finish = Finish(
            bed_texture=textures.bed(rng, self.bed),
            decals=textures.decals(rng),
            backdrop=textures.room(rng),
            bed_size=printer.bed,
            layer_height=0.08,
            infill=(0.7, 0.7, 1.0, 0.0),
            mirror_strength=0.1 if self.bed == "glass" else 0.0,
            mirror_blur=0.004,
        )
        return Scene(
            seed=self.seed,
            printer=printer,
            part=part,
            centre=np.zeros(2, np.float32),
            size=size,
            colour=colour,
            gloss=0.35,
            view=self._view(),
            webcam=Webcam(noise=0.0035, infrared=self.infrared, bloom=0.2, sharpening=0.4, contrast=1.1),
            lighting=LIGHTS[self.light],
            finish=finish,
            moment=Moment(0.02, f32([0, 0, 0.02])),
        )

    def _view(self) -> View:
        azimuth, elevation = np.radians(self.camera[0] - 90), np.radians(self.camera[1])
        way = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
        target = np.array([0, 0, self.height * (0.35 if self.printer_kind != "core-XY" else -0.15)])
        eye = target + way * self.camera[2]
        return View(tuple(eye.tolist()), tuple(target.tolist()), np.radians(40), self.size[0] / self.size[1])


def _light(
    key: tuple[float, float, float], key_light: Floats, fill_light: Floats, sky: float, blur: float = 2.0
) -> Lighting:
    return Lighting(
        key_dir=unit(key),
        key_light=f32(key_light),
        fill_dir=unit([-key[0], key[1], 0.5]),
        fill_light=f32(fill_light),
        sky_light=f32([1, 1, 1.05]) * sky,
        ground_light=f32([0.9, 0.85, 0.8]) * sky * 0.5,
        shadow_blur=blur,
        backdrop_brightness=0.55,
    )


LIGHTS = {
    "daylight": _light((0.8, -0.5, 1.2), f32([1.0, 0.97, 0.92]), f32([0.2, 0.22, 0.26]), 0.5, 4.0),
    "lamp": _light((-0.6, -0.3, 1.4), f32([1.1, 0.95, 0.75]), f32([0.1, 0.1, 0.12]), 0.3, 2.0),
    "led strip": _light((0.1, 0.5, 1.5), f32([0.95, 1.0, 1.05]), f32([0.3, 0.3, 0.32]), 0.35, 5.0),
    "evening": _light((-1.2, -0.6, 0.7), f32([0.9, 0.65, 0.45]), f32([0.15, 0.2, 0.4]), 0.3, 2.0),
    "night": _light((0.1, -1.0, 0.6), f32([1.0, 1.0, 1.0]), f32([0.05, 0.05, 0.05]), 0.12, 1.0),
}

DEMO_PRINTS = (
    DemoPrint(
        "headbands",
        "bed slinger",
        "orange PETG",
        (0.95, 0.4, 0.08),
        "black",
        "daylight",
        demo_parts.headbands,
        2.0,
        (25, 34, 30),
        failure="spaghetti",
        failure_seed=12,
        fails_at=0.45,
        seed=11,
    ),
    DemoPrint(
        "vase",
        "core-XY",
        "white PLA",
        (0.92, 0.92, 0.88),
        "pei",
        "led strip",
        demo_parts.vase,
        9.0,
        (-20, 24, 30),
        failure="spaghetti",
        failure_seed=5,
        fails_at=0.5,
        seed=12,
        enclosed=True,
    ),
    DemoPrint(
        "bust",
        "bed slinger",
        "blue PLA",
        (0.12, 0.35, 0.85),
        "pei",
        "lamp",
        demo_parts.bust,
        8.2,
        (-28, 22, 31),
        failure="detached",
        failure_seed=3,
        fails_at=0.55,
        seed=13,
    ),
    DemoPrint(
        "brackets",
        "gantry",
        "grey ABS",
        (0.5, 0.52, 0.55),
        "black",
        "evening",
        demo_parts.brackets,
        4.5,
        (18, 30, 32),
        (854, 480),
        failure="spaghetti",
        failure_seed=12,
        fails_at=0.35,
        seed=14,
    ),
    DemoPrint(
        "gears",
        "delta",
        "green PLA",
        (0.2, 0.7, 0.3),
        "glass",
        "daylight",
        demo_parts.gears,
        2.4,
        (8, 40, 31),
        failure="spaghetti",
        failure_seed=5,
        fails_at=0.4,
        seed=15,
    ),
    DemoPrint(
        "tower",
        "bed slinger",
        "red PLA",
        (0.8, 0.12, 0.1),
        "grey",
        "daylight",
        demo_parts.tower,
        9.5,
        (32, 20, 31),
        (854, 480),
        failure="detached",
        failure_seed=3,
        fails_at=0.6,
        seed=16,
    ),
    DemoPrint(
        "dragon",
        "core-XY",
        "yellow PLA",
        (0.95, 0.8, 0.15),
        "black",
        "led strip",
        demo_parts.dragon,
        2.0,
        (-15, 38, 30),
        seed=17,
        enclosed=True,
    ),
    DemoPrint(
        "basket",
        "bed slinger",
        "natural PETG",
        (0.85, 0.84, 0.78),
        "blue tape",
        "night",
        demo_parts.basket,
        7.5,
        (-22, 26, 30),
        seed=18,
        infrared=True,
    ),
)
