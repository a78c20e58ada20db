"""What may vary from one scene to the next: filaments, views, light, surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.camera import View, Webcam
from models.train.scenes.mesh import unit
from models.train.scenes.renderer import Finish, Lighting


def filament(rng: Rng) -> Floats:
    """Colours as people buy them: white, black, grey and natural lead, then everything else."""
    kind = rng.random()
    if kind < 0.22:
        c = rng.uniform(0.8, 1) * np.array([1, rng.uniform(0.93, 1), rng.uniform(0.82, 1)])
    elif kind < 0.36:
        c = np.ones(3) * rng.uniform(0.06, 0.2)
    elif kind < 0.5:
        c = np.ones(3) * rng.uniform(0.3, 0.7)
    elif kind < 0.6:
        c = np.array([0.9, 0.82, 0.6]) * rng.uniform(0.6, 1)
    else:
        c = textures.random_colour(rng, rng.uniform(0.5, 1), rng.uniform(0.5, 1))
    return f32(c)


def random_view(rng: Rng, centre: Floats, size: float, height: float, bed: tuple[float, float], aspect: float) -> View:
    """Webcams on the table, on the frame and above; from close-ups to the whole machine. In the bed's frame."""
    elevation = np.radians(
        rng.choice([rng.uniform(2, 18), rng.uniform(12, 40), rng.uniform(30, 78)], p=[0.35, 0.42, 0.23])
    )
    azimuth, fov = -np.pi / 2 + rng.normal(0, 0.6), np.radians(rng.uniform(28, 70))
    extent = size * rng.uniform(1.0, 3.8) + height * 0.5 + 1.0
    how = rng.random()
    if how < 0.25:  # the whole machine
        extent = bed[0] * rng.uniform(0.5, 0.9)
    elif how < 0.4:  # a phone held close
        extent = size * rng.uniform(0.7, 1.2) + 0.5
    distance = float(np.clip(extent / np.tan(fov / 2), 7, 85))
    target = np.array([*centre, min(height, 8) * 0.5]) + rng.normal(0, 1, 3) * [1, 1, 0.6]
    way = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    eye = target + distance * way
    eye[2] = max(eye[2], 0.8)
    eye[:2] = np.clip(eye[:2], np.array(bed) * [-0.98, -4], np.array(bed) * [0.98, 0.8])  # inside the side walls
    off_centre = rng.normal(0, 0.2, 2)
    return View(
        tuple(float(v) for v in eye),
        tuple(float(v) for v in target),
        float(fov),
        aspect,
        float(rng.normal() * 0.05),
        (float(off_centre[0]), float(off_centre[1])),
    )


def random_lighting(rng: Rng) -> Lighting:
    """Daylight, lamps, coloured LEDs, back-light; the sun never from below."""

    def tint(strong: float) -> Floats:
        return (
            textures.random_colour(rng, rng.uniform(0.3, 0.9) if rng.random() < strong else rng.uniform(0, 0.12), 1)
            ** 2.2
        )

    strength = rng.uniform(0.5, 1.2)
    return Lighting(
        key_dir=unit([rng.normal(), rng.normal() - 0.6, rng.uniform(0.35, 2)]),
        key_light=f32(tint(0.06) * strength * rng.uniform(0.5, 1.6)),
        fill_dir=unit([rng.normal(), rng.normal(), rng.uniform(0, 1)]),
        fill_light=f32(tint(0.18) * strength * rng.uniform(0.05, 0.7)),
        sky_light=f32(tint(0.06) * strength * rng.uniform(0.15, 0.8)),
        ground_light=f32(tint(0.08) * strength * rng.uniform(0.05, 0.35)),
        shadow_blur=float(rng.choice([0.3, 1, 3, 6])),
        backdrop_brightness=float(rng.uniform(0.1, 1.2)),
    )


def random_finish(rng: Rng, bed: tuple[float, float]) -> Finish:
    """Textures, reflections and layer height."""
    turn = rng.uniform(0, np.pi)
    backdrop = (
        textures.room(rng)
        if rng.random() < 0.8
        else np.ones((256, 256, 3), np.float32) * textures.random_colour(rng, 0.2)
    )
    return Finish(
        bed_texture=textures.bed(rng),
        decals=textures.decals(rng),
        backdrop=backdrop,
        bed_size=bed,
        layer_height=float(rng.choice([0.02, 0.04, 0.08, 0.15, 0.25])),
        infill=(float(np.cos(turn)), float(np.sin(turn)), 1.0, float(rng.choice([0, 1, 2, 3, 3]))),
        mirror_strength=float(rng.choice([0, 0, 0, 0.06, 0.15, 0.4])),
        mirror_blur=float(rng.choice([0, 0.002, 0.006, 0.02])),
    )


def night_lighting(rng: Rng, view: View) -> Lighting:
    """No light but the infrared lamps around the camera's own lens."""
    black = np.zeros(3, np.float32)
    return Lighting(
        key_dir=f32([0, 0, 1]),
        key_light=black,
        fill_dir=f32([0, 0, 1]),
        fill_light=black,
        sky_light=black + float(rng.uniform(0.004, 0.03)),
        ground_light=black + 0.004,
        backdrop_brightness=float(rng.uniform(0.003, 0.04)),
        camera_light=float(rng.uniform(0.6, 1.2)),
        camera_reach=float(np.linalg.norm(f32(view.eye) - f32(view.target))),
    )


def glaring(rng: Rng, webcam: Webcam, finish: Finish) -> tuple[Webcam, Finish]:
    """A glossy bed, mostly blue, that the camera burns out: bright, smooth and full of reflections, and no failure."""
    kind = "glossy blue" if rng.random() < 0.7 else str(rng.choice(["mirror", "gold", "glass"]))
    webcam = replace(webcam, exposure=float(rng.uniform(1.5, 3)), bloom=float(rng.uniform(0.4, 1.5)), infrared=False)
    return webcam, replace(
        finish,
        bed_texture=textures.bed(rng, kind),
        mirror_strength=float(rng.uniform(0.12, 0.45)),
        mirror_blur=float(rng.choice([0.002, 0.006])),
    )
