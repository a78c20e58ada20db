"""The webcam: where it stands, and what its lens, sensor and JPEG encoder make of the light that reaches it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.train.arrays import Floats, Picture, Rng, f32
from models.train.pictures import jpeg
from models.train.scenes import textures
from models.train.scenes.mesh import unit

VISITOR = 250  # label of what moves before the camera (visitors.py); it marks no failure


def look_at(eye: Floats, target: Floats, up: Floats) -> Floats:
    """World to camera, [4, 4], camera looking along -z."""
    forward = unit(target - eye)
    right = unit(np.cross(forward, up))
    m = np.eye(4, dtype=np.float32)
    m[0, :3], m[1, :3], m[2, :3] = right, np.cross(right, forward), -forward
    m[:3, 3] = -m[:3, :3] @ eye
    return m


def perspective(vertical_fov: float, aspect: float, near: float, far: float) -> Floats:
    """Camera to clip space, [4, 4]; the angle in radians, aspect = width / height."""
    f, depth = 1 / math.tan(vertical_fov / 2), near - far
    m = np.diag(f32([f / aspect, f, (far + near) / depth, 0]))
    m[2, 3], m[3, 2] = 2 * far * near / depth, -1
    return m


def orthographic(reach: float, near: float, far: float) -> Floats:
    """Parallel projection of a square of +-reach, [4, 4]."""
    depth = near - far
    m = np.diag(f32([1 / reach, 1 / reach, 2 / depth, 1]))
    m[2, 3] = (far + near) / depth
    return m


@dataclass(frozen=True)
class View:
    """Where a camera stands, in the machine's frame (see printers.py), and how wide it sees."""

    eye: tuple[float, ...]  # x, y, z
    target: tuple[float, ...]
    vertical_fov: float = 0.8  # radians
    aspect: float = 4 / 3
    roll: float = 0.0
    off_centre: tuple[float, float] = (0.0, 0.0)

    def matrices(self, offset: Floats) -> tuple[Floats, Floats]:
        """Eye [3] and world to clip space [4, 4] in the bed's frame; the machine's lies `offset` [3] away from it."""
        eye, target = f32(self.eye) + offset, f32(self.target) + offset
        projection = perspective(self.vertical_fov, self.aspect, 0.5, 500)
        projection[0, 2], projection[1, 2] = self.off_centre
        return eye, projection @ look_at(eye, target, f32([self.roll, 0, 1]))


@dataclass(frozen=True)
class Webcam:
    """Lens, sensor and encoder of one camera. The defaults are a decent camera; `random` gives the other ones."""

    bend: float = 0.0  # barrel > 0, pincushion < 0
    exposure: float = 1.0  # on top of automatic exposure
    bloom: float = 0.25
    haze: float = 0.0
    white_balance: tuple[float, float] = (1.0, 1.0)  # red, blue
    contrast: float = 1.0
    saturation: float = 1.0
    blur: float = 0.0  # pixels of the output
    motion: tuple[int, float] = (0, 0.0)  # pixels, degrees
    sharpening: float = 0.3
    vignette: float = 0.15
    noise: float = 0.008
    infrared: bool = False
    stamp: str = ""
    jpeg_quality: int = 88
    visitor_blur: tuple[float, int, float] = (0.0, 0, 0.0)  # hands and people: defocus, motion in pixels, degrees
    bands: float = 0.0  # rolling stripes of a lamp on the mains
    dirt: float = 0.0  # share of the lens that is smeared
    spots: int = 0  # dust and droplets on the lens
    glass: float = 0.0  # what a glass door reflects of the room
    stains_seed: int = 0  # of dirt, spots and glass
    bitrate: int = 0  # quality of the video codec before the JPEG; 0 for none

    @classmethod
    def random(cls, rng: Rng) -> Webcam:
        """A webcam as people have them: most are fair, some are poor."""

        def maybe(chance: float, low: float, high: float, otherwise: float = 0.0) -> float:
            return float(rng.uniform(low, high)) if rng.random() < chance else otherwise

        def count(chance: float, low: int, high: int) -> int:
            return int(rng.integers(low, high)) if rng.random() < chance else 0

        soft = rng.random()
        cam = cls(
            bend=maybe(0.4, -0.12, 0.3),
            exposure=float(rng.choice([1, 1, 1, rng.uniform(0.45, 1), rng.uniform(1, 2.6)])),
            bloom=maybe(0.5, 0.2, 1.2),
            haze=maybe(0.25, 0, 0.2),
            white_balance=(float(rng.uniform(0.86, 1.14)), float(rng.uniform(0.86, 1.14))),
            contrast=float(rng.uniform(0.8, 1.5)),
            saturation=float(rng.uniform(0.5, 1.3)),
            vignette=maybe(0.5, 0, 0.5),
            noise=float(rng.gamma(1.2, 0.011)),
            infrared=bool(rng.random() < 0.1),
            stamp=f"2026-0{rng.integers(1, 9)}-1{rng.integers(9)} 0{rng.integers(9)}:{rng.integers(10, 59)}"
            if rng.random() < 0.1
            else "",
            jpeg_quality=int(rng.integers(30, 95)),
            sharpening=maybe(0.4, 0.2, 1.2),
            visitor_blur=(maybe(0.5, 0.3, 2.5), count(0.4, 3, 14), float(rng.uniform(0, 180))),
            bands=maybe(0.03, 0.05, 0.3),
            dirt=maybe(0.03, 0.2, 0.6),
            spots=count(0.03, 1, 10),
            glass=maybe(0.04, 0.05, 0.4),
            stains_seed=int(rng.integers(1 << 20)),
            bitrate=count(0.05, 8, 24),
        )
        if soft < 0.22:
            return replace(cam, blur=float(rng.uniform(0.4, 1.5)), sharpening=0.0)
        if soft < 0.28:
            return replace(cam, motion=(int(rng.integers(3, 8)), float(rng.uniform(0, 180))))
        return cam

    def expose(self, light: Floats, aim: float = 0.3) -> float:
        """Automatic exposure: the factor that brings linear RGB to a mean of `aim`, highlights kept in bounds."""
        grey = light.mean(2)
        h, w = grey.shape
        middle = grey[h // 5 : -h // 5, w // 5 : -w // 5]
        mean = 0.5 * np.minimum(grey, 1.5).mean() + 0.5 * np.minimum(middle, 1.5).mean()
        bright = float(np.percentile(middle, 97))
        return float(min(np.clip(aim / max(mean, 0.003), 0.2, 40), 2.2 / max(bright, 0.02)) * self.exposure)

    def develop(
        self, light: Floats, labels: Picture, size: tuple[int, int], gain: float, rng: Rng
    ) -> tuple[Picture, Picture]:
        """Linear RGB [H, W, 3] and labels [H, W] -> BGR picture and labels, both resized to `size` (width, height)."""
        if self.bend:
            light, labels = self._bent(light), self._bent(labels, cv2.INTER_NEAREST)
        x = cv2.resize(light, size, interpolation=cv2.INTER_AREA) * gain
        labels = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
        visitor = labels == VISITOR
        if visitor.any():
            x, labels = self._moved(x, visitor), np.where(visitor, 0, labels)
        return self._digital(self._sensed(self._glared(self._soiled(x)), rng)), labels

    def _moved(self, x: Floats, visitor: Picture) -> Floats:
        """Hands and people blurred by motion and distance, the rest left sharp."""
        defocus, length, degrees = self.visitor_blur
        if not defocus and not length:
            return x
        share = visitor.astype(np.float32)
        seen = np.minimum(x, 4) * share[..., None]
        if defocus:
            share, seen = (f32(cv2.GaussianBlur(a, (0, 0), defocus)) for a in (share, seen))
        if length:
            kernel = _motion_kernel(length, degrees)
            share, seen = (f32(cv2.filter2D(a, -1, kernel)) for a in (share, seen))
        return x * (1 - share[..., None]) + np.where(share[..., None] > 1e-3, seen, 0)

    def _soiled(self, x: Floats) -> Floats:
        """Reflections of a glass door, smears and spots on the lens, stripes of the lamp."""
        if not (self.dirt or self.spots or self.glass or self.bands):
            return x
        rng, (h, w) = np.random.default_rng(self.stains_seed), x.shape[:2]
        if self.glass:
            room = cv2.GaussianBlur(cv2.resize(textures.room(rng, 64) ** 2.2, (w, h)), (0, 0), w / 90)
            x = x + self.glass * room / max(float(room.max()), 0.05)
        if self.dirt:
            film = np.clip((textures.cloud(rng, h, w, 3) - 1 + self.dirt) * 4, 0, 0.9)[..., None]
            veil = cv2.GaussianBlur(x, (0, 0), w / 40) * 0.85 + 0.12 * x.mean()
            x = x * (1 - film) + veil * film
        for _ in range(self.spots):
            spot = np.zeros((h, w), np.float32)
            r = float(w * rng.uniform(0.006, 0.05))
            cv2.circle(spot, (int(rng.integers(w)), int(rng.integers(h))), int(r) + 1, 1.0, -1)
            spot = cv2.GaussianBlur(spot, (0, 0), r * 0.4 + 0.5)[..., None] * rng.uniform(0.15, 0.7)
            x = x * (1 - spot) + spot * rng.choice([0.0, 0.35]) * x.mean()
        if self.bands:
            row = np.sin(np.linspace(0, rng.uniform(8, 40), h) + rng.uniform(0, 6.28))
            x = x * f32(1 + self.bands * row)[:, None, None]
        return f32(x)

    def _bent(self, picture: Floats | Picture, interpolation: int = cv2.INTER_LINEAR) -> Floats | Picture:
        h, w = picture.shape[:2]
        x, y = np.meshgrid(np.linspace(-1, 1, w), np.linspace(-1, 1, h))
        f = (1 + self.bend * (x * x + y * y)) / (1 + max(self.bend, 0))
        map_x, map_y = ((x * f + 1) * 0.5 * (w - 1)), ((y * f + 1) * 0.5 * (h - 1))
        return cv2.remap(picture, f32(map_x), f32(map_y), interpolation, borderMode=cv2.BORDER_REFLECT)

    def _glared(self, x: Floats) -> Floats:
        w = x.shape[1]
        if self.bloom:
            x = x + cv2.GaussianBlur(np.clip(x - 0.85, 0, 1.5), (0, 0), w / 80) * self.bloom
        if self.haze:
            x = x + self.haze * cv2.GaussianBlur(x, (0, 0), w / 16)
        red, blue = self.white_balance
        return x * f32([red, 1, blue])

    def _sensed(self, x: Floats, rng: Rng) -> Floats:
        x = np.clip(x, 0, None)
        x = (
            x * (1 + x / 6) / (1 + x)
        )  # shoulder: highlights roll off instead of clipping (extended Reinhard, white at 6)
        x = np.clip(x * 1.35, 0, 1) ** (1 / 2.2)
        x = np.clip((x - 0.45) * self.contrast + 0.45, 0, 1)
        if self.blur:
            x = cv2.GaussianBlur(x, (0, 0), self.blur)
        if self.motion[0]:
            x = cv2.filter2D(x, -1, _motion_kernel(*self.motion))
        if self.sharpening:
            x = x + self.sharpening * (x - cv2.GaussianBlur(x, (0, 0), 1.0))
        grey = x @ f32([0.45, 0.3, 0.25] if self.infrared else [0.3, 0.59, 0.11])
        x = (
            np.repeat(grey[..., None], 3, 2)
            if self.infrared
            else grey[..., None] + self.saturation * (x - grey[..., None])
        )
        h, w = grey.shape
        yy, xx = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
        x = x * f32(1 - self.vignette * (xx**2 + yy**2) / 2)[..., None]
        return x + rng.normal(0, self.noise, x.shape).astype(np.float32)

    def jpeg(self, picture: Picture) -> bytes:
        """The picture as this camera would send it."""
        return jpeg(picture, self.jpeg_quality)

    def _digital(self, x: Floats) -> Picture:
        picture = np.ascontiguousarray(np.clip(x * 255, 0, 255).astype(np.uint8)[..., ::-1])
        if self.bitrate:
            code = np.frombuffer(jpeg(picture, self.bitrate), np.uint8)
            picture = cv2.GaussianBlur(np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR)), (0, 0), 0.55)
        if self.stamp:
            cv2.putText(picture, self.stamp, (5, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
        return picture


def _motion_kernel(length: int, degrees: float) -> Floats:
    kernel: Floats = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    kernel = cv2.warpAffine(
        kernel, cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), degrees, 1), (length, length)
    )
    return kernel / max(float(kernel.sum()), 0.1)
