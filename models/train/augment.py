"""What other cameras would have made of a picture. Both twins of a pair get the same, so that only the failure
tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.train.arrays import Floats, Picture, Rng, f32
from models.train.pictures import decode, jpeg

ZOOM = (-0.65, 0.2)  # logarithm of the part of the picture that a crop shows, from and to
_NOISE = np.random.default_rng(0).normal(0, 1, 1 << 21).astype(np.float32)  # drawn once: a normal draw a pixel is slow


@dataclass(frozen=True)
class Augmentation:
    """One draw of everything random, to be applied to any number of pictures. Size in pixels of the output."""

    height: int
    width: int
    crop: Floats  # unit square of the output -> unit square of the source, [2, 3]
    border: int
    channels: Floats  # colour mixing, [3, 3]
    tone: Picture  # lookup table [256]
    blur: float
    pixelate: float  # 1 is none
    sharpen: float
    noise: float
    jpeg: int  # 0 is none
    bar: tuple[int, int]  # pixels of letterbox at top and bottom, and their grey
    seed: int

    @classmethod
    def draw(cls, rng: Rng, height: int, width: int, zoom: tuple[float, float] = ZOOM) -> Augmentation:
        look, grey = rng.random(), rng.random()
        return cls(
            height=height,
            width=width,
            crop=_random_crop(rng, zoom),
            border=cv2.BORDER_REFLECT if rng.random() < 0.7 else cv2.BORDER_CONSTANT,
            channels=_random_colours(rng, grey < 0.12),
            tone=_random_tone(rng),
            blur=float(rng.uniform(0.4, 1.5)) if look < 0.18 else 0.0,
            pixelate=float(rng.uniform(0.4, 0.85)) if 0.18 <= look < 0.3 else 1.0,
            sharpen=float(rng.uniform(0.4, 1.2)) if 0.3 <= look < 0.4 else 0.0,
            noise=float(rng.random() * 12) if rng.random() < 0.4 else 0.0,
            jpeg=int(rng.integers(25, 80)) if rng.random() < 0.2 else 0,
            bar=(int(rng.integers(4, height // 6)), int((0, 114, rng.integers(256))[rng.integers(3)]))
            if rng.random() < 0.06
            else (0, 0),
            seed=int(rng.integers(1 << 31)),
        )

    def at(self, height: int, width: int) -> Augmentation:
        """The same camera's picture with more pixels, or with fewer."""
        scale, (rows, grey) = height / self.height, self.bar
        return replace(self, height=height, width=width, blur=self.blur * scale, bar=(round(rows * scale), grey))

    def picture(self, source: Picture) -> Picture:
        """BGR [any, any, 3] -> [height, width, 3]: a plain stretch, as served, with this augmentation."""
        x = self._warp(source, self.height, self.width)
        x = cv2.LUT(cv2.transform(x, self.channels), self.tone)
        if self.blur:
            x = cv2.GaussianBlur(x, (0, 0), self.blur)
        if self.pixelate < 1:
            small = cv2.resize(x, None, fx=self.pixelate, fy=self.pixelate, interpolation=cv2.INTER_AREA)
            x = cv2.resize(small, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        if self.sharpen:
            x = cv2.addWeighted(x, 1 + self.sharpen, cv2.GaussianBlur(x, (0, 0), 1.0), -self.sharpen, 0)
        if self.noise:
            start = self.seed % (len(_NOISE) - x.size)
            grain = _NOISE[start : start + x.size].reshape(x.shape) * self.noise
            x = np.clip(x + grain, 0, 255).astype(np.uint8)
        if self.bar[0]:
            x[: self.bar[0]] = x[-self.bar[0] :] = self.bar[1]
        if self.jpeg:
            x = decode(jpeg(x, self.jpeg))
        return x

    def coverage(self, mask: Floats, stride: int = 16) -> Floats:
        """A mask in 0..1 of the source -> mean cover of each cell, [height / stride, width / stride]."""
        h, w = self.height // stride, self.width // stride
        fine = self._warp(mask, h * 4, w * 4, cv2.BORDER_CONSTANT)
        if self.bar[0]:
            rows = -(-self.bar[0] * 4 // stride)
            fine[:rows] = fine[-rows:] = 0
        return fine.reshape(h, 4, w, 4).mean((1, 3))

    def _warp(self, source: Picture | Floats, height: int, width: int, border: int | None = None) -> Picture | Floats:
        h, w = source.shape[:2]
        to_source = (
            np.diag([w, h]).astype(np.float32) @ self.crop @ np.diag([1 / width, 1 / height, 1]).astype(np.float32)
        )
        border = self.border if border is None else border
        shrink = min(np.hypot(*to_source[:, 0]), np.hypot(*to_source[:, 1]))
        flags = (cv2.INTER_LINEAR if shrink < 1.6 else cv2.INTER_AREA) | cv2.WARP_INVERSE_MAP
        if shrink >= 1.6:  # warpAffine does not average: halve first, or thin strands alias
            source = cv2.resize(source, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
            return self._warp(source, height, width, border)
        return cv2.warpAffine(source, to_source, (width, height), flags=flags, borderMode=border)


def plain(height: int, width: int) -> Augmentation:
    """No augmentation: the stretch that is served."""
    return Augmentation(
        height,
        width,
        f32([[1, 0, 0], [0, 1, 0]]),
        cv2.BORDER_REFLECT,
        np.eye(3, dtype=np.float32),
        np.arange(256, dtype=np.uint8),
        0,
        1,
        0,
        0,
        0,
        (0, 0),
        0,
    )


def _random_crop(rng: Rng, zooms: tuple[float, float]) -> Floats:
    zoom = float(np.exp(rng.uniform(*zooms)))
    stretch, angle = np.exp(rng.normal() * 0.1), rng.normal() * 0.1
    flip = -1 if rng.random() < 0.5 else 1
    c, s = np.cos(angle), np.sin(angle)
    turn = zoom * np.array([[c * stretch * flip, -s], [s * flip, c / stretch]])
    centre = 0.5 + 0.5 * rng.uniform(-1, 1, 2) * abs(1 - zoom) * 0.9
    return f32(np.c_[turn, centre - turn @ [0.5, 0.5]])


def _random_colours(rng: Rng, grey: bool) -> Floats:
    mix = np.eye(3)
    if rng.random() < 0.3:
        share = rng.random()
        mix = mix * (1 - share) + np.eye(3)[rng.permutation(3)] * share
    saturation = 0 if grey else rng.uniform(0.4, 1.5)
    mix = mix @ (np.array([[0.11, 0.59, 0.3]] * 3) * (1 - saturation) + np.eye(3) * saturation)
    return f32(mix * rng.uniform(0.82, 1.18, (3, 1)))


def _random_tone(rng: Rng) -> Picture:
    contrast, lift, gamma = rng.uniform(0.6, 1.4), rng.normal() * 0.07, np.exp(rng.normal() * 0.25)
    x = np.clip((np.arange(256) / 255 - 0.45) * contrast + 0.45 + lift, 0, 1)
    return (x**gamma * 255).astype(np.uint8)
