"""Pictures painted on things: print beds, the room behind the printer, stickers and fans. All sRGB, 0..1, RGB."""

from __future__ import annotations

import cv2
import numpy as np

from models.train.arrays import Floats, Rng, f32

Colour = Floats
WORDS = [
    "NORDBED",
    "READY",
    "PLA PETG ABS",
    "CAUTION HOT",
    "FLEX",
    "STEEL",
    "XYZ",
    "220 x 220",
    "HELLO",
    "FRONT",
    "DO NOT TOUCH",
    "0.4 mm",
    "LAB 3",
]
WORDS += ["textured PEI", "MAKER", "No. 7", "CORE", "M-200", "GLUE HERE", "studio", "Printer 12", "Wash hands"]


def random_colour(rng: Rng, saturation: float | None = None, value: float | None = None) -> Colour:
    """A random sRGB colour [3], of given saturation and value if set."""
    s = rng.beta(1, 1.5) if saturation is None else saturation
    v = rng.uniform(0.05, 1) if value is None else value
    hsv = np.array([[[rng.integers(180), 255 * s, 255 * v]]]).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32) / 255


def cloud(rng: Rng, height: int, width: int, octaves: int = 4, decay: float = 0.5) -> Floats:
    """Smooth noise [height, width] in 0..1: random grids of rising fineness, summed."""
    total, weight = np.zeros((height, width), np.float32), 1.0
    for octave in range(octaves):
        n = 2 ** (octave + 1) + 1
        total += weight * cv2.resize(
            rng.random((n, n)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        weight *= decay
    total -= total.min()
    return total / (total.max() + 1e-6)


def _paint(colour: Colour) -> tuple[float, float, float]:
    r, g, b = (float(x) for x in np.broadcast_to(colour, 3))
    return r, g, b


def _write(
    picture: Floats, text: str, at: tuple[int, int], font: int, scale: float, colour: Colour, thickness: int
) -> None:
    """cv2.putText by a mask: OpenCV 5 draws text on 8-bit pictures only."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(mask, text, at, font, scale, 255, thickness)
    picture[mask > 100] = colour


def room(rng: Rng, n: int = 256) -> Floats:
    """What a camera sees past the printer: shelves, boxes, posters, windows, out of focus more often than not."""
    picture = (
        np.ones((n, n, 3), np.float32)
        * random_colour(rng, rng.beta(1, 4))
        * (0.5 + 0.7 * cloud(rng, n, n, 3)[..., None])
    )
    for _ in range(int(rng.choice([0, 3, 12, 40, 100]))):
        _thing(rng, picture)
    if rng.random() < 0.3:
        picture *= 1 - 0.35 * _stripes(rng, n)[..., None]
    if rng.random() < 0.6:
        picture *= (0.4 + cloud(rng, n, n, 2))[..., None]
    if rng.random() < 0.25:  # a window
        x, y, w, h = rng.integers(0, n - 40), rng.integers(0, n - 40), rng.integers(20, 120), rng.integers(20, 120)
        picture[y : y + h, x : x + w] = rng.uniform(0.8, 1.1)
    sigma = float(rng.choice([0, 0.7, 1.5, 4, 8]))
    return np.clip(cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture, 0, 1.1)


def _thing(rng: Rng, picture: Floats) -> None:
    n = picture.shape[0]
    colour, size = _paint(random_colour(rng, rng.beta(1, 2.5))), int(min(n * 0.6, 6 + rng.pareto(1.3) * 12))
    x, y = int(rng.integers(-10, n + 10)), int(rng.integers(-10, n + 10))
    kind = rng.integers(5)
    if kind < 2:
        cv2.rectangle(
            picture, (x, y), (x + int(size * rng.uniform(0.2, 2)), y + int(size * rng.uniform(0.2, 2))), colour, -1
        )
    elif kind == 2:
        axes = (size, int(size * rng.uniform(0.3, 1) + 1))
        cv2.ellipse(picture, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, colour, -1 if rng.random() < 0.7 else 2)
    elif kind == 3:
        end = (x + int(rng.normal() * 60), y + int(rng.normal() * 60))
        cv2.line(picture, (x, y), end, colour, int(rng.integers(1, 9)))
    else:
        _write(
            picture,
            str(rng.choice(WORDS)),
            (x, y),
            int(rng.integers(4)),
            float(rng.uniform(0.3, 1.4)),
            f32(colour),
            int(rng.integers(1, 3)),
        )


def _stripes(rng: Rng, n: int) -> Floats:
    """Bricks, boards, grilles: a mask [n, n]."""
    pitch, angle = int(rng.integers(5, 30)), rng.uniform(0, np.pi)
    x, y = np.meshgrid(np.arange(n), np.arange(n))
    mask = (np.cos(angle) * x + np.sin(angle) * y) % pitch < pitch * rng.uniform(0.2, 0.8)
    if rng.random() < 0.5:
        mask = mask ^ ((-np.sin(angle) * x + np.cos(angle) * y) % pitch < pitch * 0.5)
    return mask.astype(np.float32)


BED_COLOURS = {
    "black": (0.1, 0.1, 0.11),
    "pei": (0.72, 0.55, 0.22),
    "blue tape": (0.16, 0.38, 0.72),
    "grey": (0.38, 0.38, 0.4),
    "glass": (0.55, 0.62, 0.62),
    "white": (0.8, 0.8, 0.78),
    "green": (0.1, 0.3, 0.2),
    "steel": (0.3, 0.31, 0.33),
    "gold": (0.78, 0.6, 0.24),
    "garolite": (0.7, 0.66, 0.4),
    "mirror": (0.62, 0.66, 0.7),
    "buildtak": (0.05, 0.05, 0.055),
    "glossy blue": (0.04, 0.3, 0.85),
}


def bed(rng: Rng, kind: str | None = None, n: int = 512) -> Floats:
    """A print bed's surface: its colour, grid, words, scratches and the ghosts of earlier prints."""
    base = f32(BED_COLOURS[kind]) if kind else f32(list(BED_COLOURS.values())[rng.integers(len(BED_COLOURS))])
    base = base * rng.uniform(0.5, 1.3) if kind is None else base
    if kind is None and rng.random() < 0.25:
        base = random_colour(rng, rng.uniform(0.4, 0.95), rng.uniform(0.3, 1))
    picture = np.ones((n, n, 3), np.float32) * np.clip(base, 0.01, 1)
    picture *= (1 + rng.uniform(0, 0.4) * (cloud(rng, n, n, 5, 0.6) - 0.5))[..., None]
    ink = np.clip(base + (1 if base.mean() < 0.45 else -1) * rng.uniform(0.1, 0.6), 0, 1)
    if kind is None and rng.random() < 0.3:
        (_speckles, _seams, _weave)[rng.integers(3)](rng, picture)
    if rng.random() < 0.35:
        _grid(rng, picture, ink)
    if rng.random() < 0.6:
        _logo(rng, picture, ink)
    if rng.random() < 0.3:
        _pictograms(rng, picture, ink)
    if rng.random() < 0.35:
        _ghosts(rng, picture, base)
    if rng.random() < 0.45:
        _scratches(rng, picture, base)
    return np.clip(picture, 0, 1)


def _speckles(rng: Rng, picture: Floats) -> None:
    """The glitter of textured PEI."""
    n = picture.shape[0]
    grain = cv2.resize(rng.normal(1, rng.uniform(0.1, 0.4), (n // 2, n // 2)).astype(np.float32), (n, n))
    picture *= grain[..., None]


def _seams(rng: Rng, picture: Floats) -> None:
    """Strips of tape side by side, with gaps, overlaps and a shade of their own."""
    n = picture.shape[0]
    pitch, along = int(n / rng.uniform(4, 10)), rng.random() < 0.5
    for a in range(0, n, pitch):
        strip = picture[:, a : a + pitch] if along else picture[a : a + pitch]
        strip *= rng.uniform(0.85, 1.12)
        edge = picture[:, a : a + 2] if along else picture[a : a + 2]
        edge *= rng.choice([0.5, 0.75, 1.3])


def _weave(rng: Rng, picture: Floats) -> None:
    """Garolite and carbon: a fine cloth under resin."""
    n, pitch = picture.shape[0], rng.uniform(4, 12)
    x, y = np.meshgrid(np.arange(n), np.arange(n))
    cloth = np.sin(x * 6.283 / pitch) * np.sin(y * 6.283 / pitch)
    picture *= f32(1 + rng.uniform(0.04, 0.15) * cloth)[..., None]


def _grid(rng: Rng, picture: Floats, ink: Colour) -> None:
    n = picture.shape[0]
    pitch, width = int(n / rng.integers(5, 24)), int(rng.integers(1, 3))
    for a in range(pitch // 2, n, pitch):
        cv2.line(picture, (a, 0), (a, n), _paint(ink), width)
        cv2.line(picture, (0, a), (n, a), _paint(ink), width)


def _logo(rng: Rng, picture: Floats, ink: Colour) -> None:
    """Words along the front edge, now and then a mark in the middle or a ruler along the side."""
    n = picture.shape[0]
    for _ in range(int(rng.choice([1, 1, 2, 4]))):
        at = (int(rng.integers(10, n // 2)), int(rng.choice([n - 20, n - 20, rng.integers(60, n)])))
        _write(
            picture,
            str(rng.choice(WORDS)),
            at,
            int(rng.integers(4)),
            float(rng.uniform(0.6, 2.6)),
            ink,
            int(rng.integers(1, 6)),
        )
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 4))):
            centre = (int(rng.integers(n)), int(rng.integers(n)))
            cv2.circle(picture, centre, int(rng.integers(12, 110)), _paint(ink), int(rng.integers(1, 6)))
    if rng.random() < 0.2:
        for x in range(0, n, n // 40):
            cv2.line(picture, (x, n - 14), (x, n), _paint(ink), 2)


def _pictograms(rng: Rng, picture: Floats, ink: Colour) -> None:
    """Warning signs, arrows and framed instructions in thin lines, as on the beds of enclosed printers."""
    n, width = picture.shape[0], int(rng.integers(1, 5))
    for _ in range(int(rng.integers(2, 9))):
        x, y = (int(v) for v in rng.integers(20, n - 60, 2))
        r = int(rng.integers(10, 60))
        kind = rng.integers(4)
        if kind == 0:
            cv2.polylines(picture, [np.array([[x, y + r], [x + r, y + r], [x + r // 2, y]])], True, _paint(ink), width)
            cv2.line(picture, (x + r // 2, y + r // 3), (x + r // 2, y + 3 * r // 4), _paint(ink), width)
        elif kind == 1:
            cv2.circle(picture, (x, y), r // 2, _paint(ink), width)
            cv2.line(picture, (x - r // 3, y - r // 3), (x + r // 3, y + r // 3), _paint(ink), width)
        elif kind == 2:
            cv2.rectangle(picture, (x, y), (x + 2 * r, y + r), _paint(ink), width)
            _write(picture, str(rng.choice(WORDS)), (x + 4, y + r // 2), 0, r / 70, ink, 1)
        else:
            wave = np.stack(
                [np.linspace(x, x + 2 * r, 30), y + r / 4 * np.sin(np.linspace(0, rng.uniform(4, 14), 30))], 1
            )
            cv2.polylines(picture, [wave.astype(np.int32)], False, _paint(ink), width)


def _ghosts(rng: Rng, picture: Floats, base: Colour) -> None:
    """Outlines of earlier prints and smears of glue."""
    n = picture.shape[0]
    for _ in range(int(rng.integers(1, 10))):
        layer, colour = picture.copy(), _paint(np.clip(base + rng.normal(0, 0.1), 0, 1))
        if rng.random() < 0.5:
            a, b = (tuple(int(v) for v in rng.integers(0, n, 2)) for _ in range(2))
            cv2.rectangle(layer, a, b, colour, int(rng.choice([-1, 2, 6])))
        else:
            points = np.cumsum(rng.normal(0, 40, (5, 2)), 0) + rng.integers(0, n, 2)
            cv2.polylines(layer, [points.astype(np.int32)], False, colour, int(rng.integers(4, 40)))
        picture[:] = 0.6 * picture + 0.4 * cv2.GaussianBlur(layer, (0, 0), 2)


def _scratches(rng: Rng, picture: Floats, base: Colour) -> None:
    n = picture.shape[0]
    for _ in range(int(rng.integers(5, 80))):
        start = rng.integers(0, n, 2)
        end = start + rng.normal(0, rng.choice([2, 25]), 2)
        colour = _paint(np.clip(base + rng.uniform(-0.08, 0.2), 0, 1))
        cv2.line(picture, tuple(int(v) for v in start), tuple(int(v) for v in end), colour, 1)


# Texture coordinates (u0, v0, u1, v1) in the decal atlas, v pointing up.
FAN, WARNING, LABEL, SCREEN = (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1), (0.5, 0, 1, 0.5), (0, 0, 0.5, 0.5)


def decals(rng: Rng) -> Floats:
    """One picture [256, 256, 3] that holds a fan, a warning sign, a label and a display."""
    top = np.hstack([_fan(rng), _warning(rng)])
    bottom = np.hstack([_screen(rng), _label(rng)])
    return np.clip(np.vstack([top, bottom]), 0, 1)


def _fan(rng: Rng) -> Floats:
    picture = np.ones((128, 128, 3), np.float32) * rng.uniform(0.03, 0.2)
    cv2.circle(picture, (64, 64), 57, (0.015, 0.015, 0.015), -1)
    blades, shade = int(rng.integers(5, 10)), _paint(f32(rng.uniform(0.08, 0.5)))
    for k in range(blades):
        cv2.ellipse(picture, (64, 64), (52, 26), k * 360 / blades, 0, 48, shade, -1)
    cv2.circle(picture, (64, 64), 20, _paint(random_colour(rng, 0.1)), -1)
    for radius in (30, 42, 53):
        if rng.random() < 0.6:
            cv2.circle(picture, (64, 64), radius, (0.2, 0.2, 0.2), 2)
    return picture


def _warning(rng: Rng) -> Floats:
    picture = np.ones((128, 128, 3), np.float32) * rng.uniform(0.03, 0.2)
    cv2.fillPoly(picture, [np.array([[64, 10], [120, 110], [8, 110]])], (0.95, 0.8, 0.05))
    _write(picture, "!", (52, 100), 0, 2.4, f32([0, 0, 0]), 8)
    return picture


def _label(rng: Rng) -> Floats:
    picture = np.ones((128, 128, 3), np.float32) * random_colour(rng, 0.3)
    for row in range(int(rng.integers(1, 4))):
        _write(
            picture,
            str(rng.choice(WORDS)),
            (4, 36 + 36 * row),
            0,
            float(rng.uniform(0.5, 1.2)),
            random_colour(rng),
            int(rng.integers(1, 4)),
        )
    return picture


def _screen(rng: Rng) -> Floats:
    picture = np.ones((128, 128, 3), np.float32) * f32([0.05, 0.25, 0.6] if rng.random() < 0.6 else [0.02, 0.03, 0.03])
    for row in range(4):
        _write(
            picture,
            f"{rng.choice(['T', 'B', 'Z', '%'])} {rng.integers(999)}",
            (10, 30 + 28 * row),
            0,
            0.8,
            f32([0.9, 0.95, 1]),
            2,
        )
    return picture
