"""What happens at a printer and is no failure: visitors, lights, the camera's own troubles, the machine between prints.

kind, scene, moment = disturbed(rng, scene, moment)
shot, _ = studio.shoot(scene, moment)  # no gain: see `disturbed`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.camera import View
from models.train.scenes.mesh import unit
from models.train.scenes.sampling import night_lighting
from models.train.scenes.scene import Moment, Scene

Seen = tuple[Scene, Moment]


def disturbed(rng: Rng, scene: Scene, moment: Moment, kind: str | None = None) -> tuple[str, Scene, Moment]:
    """The same print, seen while something harmless happens: its name, and what to shoot.

    Shoot it without a gain: a webcam exposes anew for whatever it sees. Where its automatic exposure has not settled
    yet, `Moment.brightness` says how far it is off. Raises KeyError for an unknown kind.
    """
    kind = kind or str(rng.choice(DISTURBANCES, p=_SHARES))
    scene, moment = _MAKERS[kind][0](rng, scene, replace(moment, hand=False))
    return kind, scene, replace(moment, noise_seed=int(rng.integers(1 << 20)))


# -- visitors


def _visited(rng: Rng, scene: Scene, moment: Moment, visitor: str, blur: float = 0.0) -> Seen:
    motion = int(rng.integers(3, 16)) if rng.random() < 0.5 else 0
    webcam = replace(scene.webcam, visitor_blur=(blur, motion, float(rng.uniform(0, 180))))
    return replace(scene, webcam=webcam), replace(moment, visitor=visitor, visitor_seed=int(rng.integers(1 << 20)))


def _hand(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    if rng.random() < 0.3:
        return _visited(rng, scene, moment, "close hand", float(rng.uniform(1, 4)))
    return _visited(rng, scene, moment, "hand")


def _tool(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return _visited(rng, scene, moment, "tool")


def _taking(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    scene, moment = _visited(rng, scene, parked(rng, scene, moment), "taking")
    return scene, replace(moment, empty=True)


def _person(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    where = "person beside" if scene.printer.enclosed or rng.random() < 0.5 else "person behind"
    return _visited(rng, scene, moment, where, float(rng.uniform(0.5, 4)))


def _shade(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    """Somebody walks through the light."""
    light = scene.lighting
    key = light.key_dir if rng.random() < 0.3 else _over_the_shoulder(rng, scene)
    hard = replace(light, key_dir=key, key_light=light.key_light * 2.0, sky_light=light.sky_light * 0.7)
    return replace(scene, lighting=hard), replace(moment, visitor="shade", visitor_seed=int(rng.integers(1 << 20)))


# -- lights


def _lamp_off(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    """Dark but for a strip of LEDs or a display; the sensor turns its gain up, and its noise with it."""
    glow = textures.random_colour(rng, float(rng.choice([0.05, 0.15, 0.6])), 1) ** 2.2
    lighting = replace(
        scene.lighting,
        key_dir=unit([rng.normal() * 0.5, rng.normal() * 0.5, 1]),
        key_light=f32(glow * 0.12),
        fill_light=f32(glow * rng.uniform(0, 0.03)),
        sky_light=f32(glow * 0.03),
        ground_light=f32(glow * 0.008),
        backdrop_brightness=float(rng.uniform(0.005, 0.03)),
    )
    cam = scene.webcam
    cam = replace(
        cam, noise=cam.noise + float(rng.uniform(0.015, 0.05)), saturation=cam.saturation * 0.7, blur=max(cam.blur, 0.6)
    )
    return replace(scene, lighting=lighting, webcam=cam), replace(moment, brightness=float(rng.uniform(0.3, 0.8)))


def _lamp_on(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    tint = f32([1, rng.uniform(0.65, 1), rng.uniform(0.35, 1.1)])
    lighting = replace(
        scene.lighting,
        key_dir=unit([rng.normal(), rng.normal(), rng.uniform(0.6, 1.6)]),
        key_light=tint * float(rng.uniform(0.8, 2)),
        sky_light=scene.lighting.sky_light + tint * 0.2,
        shadow_blur=float(rng.choice([0.3, 1, 3])),
        backdrop_brightness=float(rng.uniform(0.5, 1.3)),
    )
    return replace(scene, lighting=lighting), replace(moment, brightness=float(rng.uniform(0.9, 1.8)))


def _sun(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    """The sun through a window, from the camera's side so that the window itself stays out of the picture."""
    light = f32([1, 0.93, 0.8]) * float(rng.uniform(2.5, 6))
    lighting = replace(scene.lighting, key_dir=_over_the_shoulder(rng, scene), key_light=light, shadow_blur=0.4)
    return replace(scene, lighting=lighting), replace(
        moment, visitor="window", visitor_seed=int(rng.integers(1 << 20)), brightness=float(rng.uniform(1, 1.6))
    )


def _night(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    cam = replace(scene.webcam, infrared=True, noise=scene.webcam.noise + float(rng.uniform(0.005, 0.03)), vignette=0.4)
    return replace(scene, lighting=night_lighting(rng, scene.view), webcam=cam), moment


def _over_exposed(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return scene, replace(moment, brightness=float(rng.uniform(1.8, 5)))


def _under_exposed(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return scene, replace(moment, brightness=float(rng.uniform(0.1, 0.4)))


def _flicker(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    cam = replace(scene.webcam, bands=float(rng.uniform(0.1, 0.4)), stains_seed=int(rng.integers(1 << 20)))
    return replace(scene, webcam=cam), replace(moment, brightness=float(rng.uniform(0.7, 1.4)))


# -- the camera


def _nudged(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    v = scene.view
    eye, target = f32(v.eye), f32(v.target)
    far = float(np.linalg.norm(eye - target))
    hard = float(rng.choice([0.01, 0.03, 0.08]))
    eye, target = eye + rng.normal(0, hard * 0.5, 3) * far, target + rng.normal(0, hard, 3) * far
    eye[2] = max(float(eye[2]), min(0.8, v.eye[2]))
    view = View(
        tuple(eye.tolist()),
        tuple(target.tolist()),
        v.vertical_fov,
        v.aspect,
        v.roll + float(rng.normal(0, hard)),
        v.off_centre,
    )
    return replace(scene, view=view), moment


def _focus(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return replace(scene, webcam=replace(scene.webcam, blur=float(rng.uniform(1.8, 5)), sharpening=0.0)), moment


def _lens_dirt(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    cam = replace(
        scene.webcam,
        dirt=float(rng.uniform(0.35, 0.7)) if rng.random() < 0.8 else 0.0,
        spots=int(rng.integers(4, 18)),
        stains_seed=int(rng.integers(1 << 20)),
    )
    return replace(scene, webcam=cam), moment


def _condensation(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    cam = replace(
        scene.webcam,
        dirt=float(rng.uniform(0.6, 0.95)),
        haze=float(rng.uniform(0.2, 0.6)),
        contrast=0.8,
        stains_seed=int(rng.integers(1 << 20)),
    )
    return replace(scene, webcam=cam), moment


def _glass(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    """A glass door closed before the camera."""
    cam = replace(scene.webcam, glass=float(rng.uniform(0.1, 0.5)), stains_seed=int(rng.integers(1 << 20)))
    return replace(scene, webcam=cam), moment


def _weak_stream(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    cam = replace(scene.webcam, bitrate=int(rng.integers(5, 16)), blur=max(scene.webcam.blur, 0.8))
    return replace(scene, webcam=cam), moment


# -- the machine


def parked(rng: Rng, scene: Scene, moment: Moment) -> Moment:
    """The head in a corner; the bed of a bed slinger has come forward."""
    w, d = scene.printer.bed
    x = float(rng.choice([-0.5, 0.5])) * w * float(rng.uniform(0.9, 1.1))
    y = float(rng.choice([0.5, 0.48, -0.5], p=[0.6, 0.2, 0.2])) * d
    return replace(moment, nozzle=f32([x, y, moment.height + rng.uniform(0.5, 8)]))


def _parked(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return scene, parked(rng, scene, moment)


def _finished(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return scene, parked(rng, scene, replace(moment, height=scene.part.height, empty=False))


def _empty(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    return scene, replace(parked(rng, scene, moment), empty=True)


def _no_plate(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    """The plate is taken away; what is left is the heater with its magnet sheet."""
    bare = np.ones((512, 512, 3), np.float32) * float(rng.uniform(0.06, 0.3))
    bare *= (0.85 + 0.3 * textures.cloud(rng, 512, 512, 5))[..., None]
    scene = replace(scene, finish=replace(scene.finish, bed_texture=f32(bare), mirror_strength=0.0))
    return scene, replace(parked(rng, scene, moment), empty=True)


def _other_head(rng: Rng, scene: Scene, moment: Moment) -> Seen:
    printer = replace(scene.printer, head=scene.printer.head + int(rng.integers(1, 5)))
    if rng.random() < 0.5:
        printer = replace(printer, accent=textures.random_colour(rng, 0.8))
    return replace(scene, printer=printer), moment


def _over_the_shoulder(rng: Rng, scene: Scene) -> Floats:
    """The direction of a light that stands high on the camera's side, [3]."""
    way = f32(scene.view.eye) - f32(scene.view.target)
    azimuth = np.arctan2(way[1], way[0]) + rng.uniform(-1.2, 1.2)
    return unit([np.cos(azimuth), np.sin(azimuth), rng.uniform(0.6, 1.6)])


_MAKERS: dict[str, tuple[Callable[[Rng, Scene, Moment], Seen], float]] = {  # and how often it is drawn
    "hand": (_hand, 5),
    "tool": (_tool, 4),
    "part-taken": (_taking, 2),
    "person": (_person, 4),
    "shade": (_shade, 4),
    "lamp-off": (_lamp_off, 4),
    "lamp-on": (_lamp_on, 4),
    "sun": (_sun, 4),
    "night-infrared": (_night, 4),
    "over-exposed": (_over_exposed, 2),
    "under-exposed": (_under_exposed, 2),
    "flicker": (_flicker, 2),
    "nudged": (_nudged, 5),
    "defocus": (_focus, 2),
    "lens-dirt": (_lens_dirt, 2),
    "condensation": (_condensation, 1),
    "glass-door": (_glass, 2),
    "weak-stream": (_weak_stream, 2),
    "parked": (_parked, 3),
    "finished": (_finished, 3),
    "empty-bed": (_empty, 2),
    "no-plate": (_no_plate, 1),
    "other-head": (_other_head, 3),
}
DISTURBANCES: tuple[str, ...] = tuple(_MAKERS)
_SHARES = np.array([weight for _, weight in _MAKERS.values()]) / sum(weight for _, weight in _MAKERS.values())
