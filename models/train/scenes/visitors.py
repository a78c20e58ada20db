"""Who comes to a printer: hands, tools, a person, and the shadows they cast. Part of the picture, and no failure.

What moves before a camera is blurred by it: these vertices carry the label VISITOR, by which camera.py finds them; it
never reaches a label picture.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.train.arrays import Floats, Rng, f32
from models.train.scenes import textures
from models.train.scenes.camera import VISITOR
from models.train.scenes.curves import spline
from models.train.scenes.mesh import Material, Mesh, Surface, rotation_z, unit

SOFT = Material(0.12, label=VISITOR)
STEEL = Material(0.7, label=VISITOR)
CLOTH = Material(0.03, Surface.MOTTLED, 0.6, VISITOR)
SKINS = ((0.93, 0.74, 0.63), (0.85, 0.62, 0.5), (0.68, 0.46, 0.34), (0.45, 0.29, 0.21), (0.3, 0.19, 0.14))
GLOVES = ((0.2, 0.42, 0.8), (0.08, 0.08, 0.09), (0.85, 0.86, 0.88), (0.45, 0.3, 0.65), (0.9, 0.45, 0.1))
TOOLS = ("scraper", "tweezers", "allen key", "brush", "cutters")
FINGERS = 4


def draw_hands(rng: Rng, mesh: Mesh, at: Floats, eye: Floats, kind: str) -> None:
    """One hand, now and then two: "hand" at the part, "tool" with a tool in it, "close hand" before the lens."""
    share = rng.uniform(0.4, 0.65) if kind == "close hand" else 0.0
    for k in range(2 if rng.random() < 0.25 else 1):
        near = at + (eye - at) * share + f32(rng.normal(0, 1.5 + k, 3))
        draw_hand(rng, mesh, near, eye, str(rng.choice(TOOLS)) if kind == "tool" and k == 0 else "")


def draw_hand(rng: Rng, mesh: Mesh, at: Floats, eye: Floats, tool: str = "") -> None:
    """A hand with its forearm, that reaches for `at` [3] from the side of a camera at `eye` [3]."""
    way = eye[:2] - at[:2]
    azimuth = np.arctan2(way[1], way[0]) + rng.choice([-1, 1]) * rng.uniform(0.35, 1.2 if tool else 1.7)
    dip = float(rng.uniform(0.15, 0.8))
    hand = _hand(rng, bare=bool(rng.random() < 0.55), curled=float(rng.uniform(0.2, 1.0)))
    size = float(rng.uniform(0.78, 0.95))
    v = hand.vertices()
    v[:, :3] *= size
    hand.replace_vertices(v)
    reach = 15.0 * size
    if tool:
        _tool(rng, hand, tool)
        reach = 22.0
    roll = _rotation(f32([1, 0, 0]), float(rng.normal(0, 0.5)))
    turn = rotation_z(azimuth + np.pi) @ _rotation(f32([0, 1, 0]), dip) @ roll
    mesh.extend(hand.move([0, 0, 0], turn).move(at - turn @ f32([reach, 0, -1.5])))


def draw_hand_with_part(rng: Rng, mesh: Mesh, part: Mesh, centre: Floats, eye: Floats) -> None:
    """A hand that lifts the whole part, tilted, off the bed."""
    v = part.vertices()
    low, high = v[:, :3].min(0), v[:, :3].max(0)
    middle, lift = (low + high) / 2, f32([*rng.normal(0, 2, 2), rng.uniform(2, 7) + (high - low)[2] / 2])
    tilt = _rotation(unit(rng.normal(size=3)), float(rng.uniform(0.15, 0.7)))
    part.move(-middle).move([0, 0, 0], tilt).move(f32([*centre, 0]) + lift)
    v = part.vertices()
    v[:, 12] = VISITOR
    part.replace_vertices(v)
    mesh.extend(part)
    draw_hand(rng, mesh, f32([*centre, 0]) + lift, eye)


def draw_person(rng: Rng, mesh: Mesh, focus: Floats, eye: Floats, behind: bool) -> None:
    """A standing or leaning person, behind the machine or before it, at the picture's side."""
    away = f32(focus - eye)
    away[2] = 0
    distance, away = float(np.linalg.norm(away)), unit(away)
    side = np.cross(away, f32([0, 0, 1])) * rng.choice([-1, 1])
    if behind:
        feet = focus + away * rng.uniform(38, 75) + side * rng.uniform(-10, 35)
    else:
        feet = focus - away * rng.uniform(0.0, 0.4) * distance + side * rng.uniform(24, 34)
    lean = f32(focus - feet) * (0.0 if behind else rng.uniform(0.1, 0.3))
    skin, cloth = f32(SKINS[rng.integers(len(SKINS))]), textures.random_colour(rng, rng.uniform(0.05, 0.7))
    hips, neck = feet + [0, 0, -25 - focus[2]], feet + lean + [0, 0, rng.uniform(26, 44)]
    trunk = Mesh()
    path = spline(f32([hips, (hips + neck) / 2 - lean * 0.1, neck - f32([0, 0, 5]), neck]), 14)
    trunk.tubes(path, f32([[15, 15.5, 16, 16, 16.5, 17, 17.5, 18, 19, 19.5, 19, 17, 11, 5]]), cloth, CLOTH, 18)
    head = neck + unit(lean + [0, 0, 30]) * 13
    _ball(trunk, head, f32([8, 9, 11.5]), skin, SOFT)
    _ball(trunk, head + away * -0.5 + [0, 0, 2.5], f32([8.6, 9.6, 10.8]), _hair(rng), CLOTH)
    if rng.random() < 0.4:
        _ball(trunk, head - away * 4 - [0, 0, 4], f32([6.5, 6.5, 5.5]), f32([0.6, 0.75, 0.85]), SOFT)  # a mask
    for s in (-1, 1):
        shoulder = neck + side * s * 16 - [0, 0, 6]
        hand = feet + side * s * 21 + lean * 1.5 - [0, 0, rng.uniform(0, 18)]
        elbow = (shoulder + hand) / 2 + side * s * 7
        trunk.tubes(spline([shoulder, elbow, hand], 12), np.linspace(6.5, 3.8, 12)[None], cloth, CLOTH, 12)
        _ball(trunk, hand, f32([4, 4, 5]), skin, SOFT)
    mesh.extend(trunk)


def draw_shade(rng: Rng, mesh: Mesh, focus: Floats, key_dir: Floats) -> None:
    """Somebody between the lamp and the bed: only the shadow is seen."""
    across = unit(np.cross(key_dir, f32([0.1, 0.2, 1])))
    other = np.cross(across, key_dir)
    angle = rng.uniform(0, 6.28)
    along = across * np.cos(angle) + other * np.sin(angle)
    at = focus + key_dir * 70 + np.cross(along, key_dir) * rng.normal(0, 4)
    width = rng.uniform(3, 9)
    mesh.tubes(np.stack([at, at + along * 60]), width, [0.1] * 3, CLOTH, 12)
    _ball(mesh, at, f32([width * 1.2] * 3), f32([0.1] * 3), CLOTH)


def draw_window(rng: Rng, mesh: Mesh, focus: Floats, key_dir: Floats) -> None:
    """A wall with a window between the sun and the bed: the sun falls on a patch of it."""
    across = unit(np.cross(key_dir, f32([0.1, 0.2, 1])))
    other = np.cross(across, key_dir)
    at = focus + key_dir * 74 + across * rng.normal(0, 5) + other * rng.normal(0, 5)
    w, h, wide = rng.uniform(4, 11), rng.uniform(4, 11), 45.0
    wall = Material(0.0, label=VISITOR)
    for s in (-1, 1):
        mesh.quad(at + across * s * (w + wide), across * wide, other * 2 * wide, [0.3] * 3, wall)
        mesh.quad(at + other * s * (h + wide), across * w, other * wide, [0.3] * 3, wall)
    if rng.random() < 0.6:  # the cross of the frame
        mesh.quad(at, across * w, other * 0.5, [0.3] * 3, wall)
        mesh.quad(at, across * 0.5, other * h, [0.3] * 3, wall)


def _hand(rng: Rng, bare: bool, curled: float) -> Mesh:
    """Wrist at the origin, fingers along +x, back of the hand up."""
    skin = f32(SKINS[rng.integers(len(SKINS))]) * rng.uniform(0.85, 1.05)
    colour = skin if bare else f32(GLOVES[rng.integers(len(GLOVES))])
    soft = SOFT if bare else replace(SOFT, gloss=float(rng.uniform(0.1, 0.45)))
    mesh = Mesh()
    mesh.tubes(
        spline([[-1.0, 0.0, 0.0], [2.0, 0.0, 0.5], [6.0, 0.0, 0.7], [9.0, 0.0, 0.2]], 9),
        f32([[2.6, 2.9, 3.4, 3.8, 4.1, 4.2, 4.1, 3.8, 2.6]]),
        colour,
        soft,
        14,
    )
    v = mesh.vertices()
    v[:, 2] *= 0.42
    v[:, 5] *= 2
    v[:, 3:6] = unit(v[:, 3:6])
    mesh.replace_vertices(v)
    for k in range(FINGERS):
        y, length = (k - 1.5) * 1.95, (6.2, 7.4, 7.9, 6.8)[k]
        bend = curled * rng.uniform(0.6, 1.2)
        points: list[Floats] = [f32([7.5, y, 0.3])]
        for share, dip in ((0.45, 0.25), (0.3, 0.8), (0.25, 1.3)):
            points.append(points[-1] + length * share * f32([np.cos(dip * bend), -y * 0.02, -np.sin(dip * bend)]))
        mesh.tubes(
            spline(f32(points), 12),
            f32([[0.98, 0.95, 0.9, 0.86, 0.9, 0.86, 0.8, 0.8, 0.77, 0.73, 0.62, 0.25]]),
            colour,
            soft,
            9,
        )
    thumb = spline([[2, 2.6, -0.2], [5, 4.6, -1], [7.8, 4.8, -1.8], [9.6, 3.8, -2.3]], 12)
    mesh.tubes(thumb, f32([[1.4, 1.3, 1.2, 1.15, 1.1, 1.1, 1.1, 1.05, 1.0, 0.95, 0.8, 0.35]]), colour, soft, 9)
    drop = rng.uniform(-3, 3)
    arm = spline([[-40.0, 0.0, drop], [-20.0, 0.0, drop / 2], [-6.0, 0.0, 0.0], [1.5, 0.0, 0.1]], 16)
    mesh.tubes(arm, np.linspace(4.4, 2.3, 16)[None], skin, SOFT, 14)
    if not bare:
        mesh.tubes(arm[-5:], f32([[3.1, 2.9, 2.75, 2.7, 2.7]]), colour, soft, 14)
    if rng.random() < 0.75:
        cuff = int(rng.integers(5, 14))
        cloth = textures.random_colour(rng, rng.uniform(0, 0.7))
        mesh.tubes(arm[:cuff], np.linspace(6, 4.2, cuff)[None], cloth, CLOTH, 14)
    return mesh


def _tool(rng: Rng, mesh: Mesh, kind: str) -> None:
    """In the hand, reaching to about x = 22 cm."""
    grip, colour = f32([7, 0.5, -1.8]), textures.random_colour(rng, 0.8, 0.8)
    if kind == "scraper":
        mesh.cylinder(grip - [4, 0, 0], grip + [8, 0, 0.3], 1.1, colour, SOFT, 10)
        mesh.box(grip + [12, 0, 0.6], [8, rng.uniform(3, 7), 0.12], [0.75] * 3, STEEL)
    elif kind == "tweezers":
        for s in (-1, 1):
            mesh.tubes(
                spline([grip, grip + [8, s * 0.7, 0], grip + [16, s * 0.1, 0.7]], 12),
                np.linspace(0.3, 0.08, 12)[None],
                [0.7] * 3,
                STEEL,
                6,
            )
    elif kind == "allen key":
        mesh.tubes(
            spline([grip - [3, 0, 3], grip - [2.5, 0, 0.2], grip, grip + [16, 0, 0.7]], 24), 0.2, [0.25] * 3, STEEL, 6
        )
    elif kind == "brush":
        mesh.cylinder(grip - [3, 0, 0], grip + [12, 0, 0.4], 0.5, [0.75, 0.55, 0.3], SOFT, 8)
        mesh.box(grip + [13.5, 0, 0.4], [4, 1.4, 0.5], [0.7] * 3, STEEL)
        mesh.box(grip + [15.5, 0, 0.3], [2.5, 1.6, 0.6], [0.2, 0.16, 0.12], SOFT)
    else:
        for s in (-1, 1):
            mesh.tubes(
                spline([grip + [-4, s * 2, 0], grip + [4, s * 1.6, 0], grip + [10, 0, 0.3]], 12), 0.55, colour, SOFT, 8
            )
            mesh.tubes(
                np.stack([grip + [10, 0, 0.3], grip + [15, -s * 0.5, 0.6]]), f32([[0.7, 0.1]]), [0.5] * 3, STEEL, 6
            )


def _ball(mesh: Mesh, at: Floats, radii: Floats, colour: Floats, material: Material) -> None:
    a, u = np.arange(14) * 2 * np.pi / 14, np.linspace(0.05, np.pi - 0.05, 9)
    ring = np.stack([np.cos(a), np.sin(a)], 1)
    rings = [np.c_[np.sin(t) * ring * radii[:2], np.full(14, -np.cos(t) * radii[2])] + at for t in u]
    mesh.loft(np.stack(rings), colour, material)


def _hair(rng: Rng) -> Floats:
    return f32([(0.08, 0.06, 0.05), (0.25, 0.16, 0.1), (0.6, 0.48, 0.28), (0.6, 0.6, 0.6)][rng.integers(4)])


def _rotation(axis: Floats, angle: float) -> Floats:
    """Turn about a unit axis [3] (Rodrigues), [3, 3]."""
    x, y, z = (float(v) for v in axis)
    k = f32([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return f32(np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k)
