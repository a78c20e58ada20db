"""Pictures for the inspection's tests: drawn, seeded, encoded as cameras do."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.records import Frame

Pixels = NDArray[np.uint8]


def scene(seed: int = 0, width: int = 640, height: int = 480, level: int = 110) -> Pixels:
    """Return a bed with sharp parts on it, around the level, with a sensor's noise."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), level, np.float64)
    for _ in range(30):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        w, h = width // 12, height // 12
        cv2.rectangle(image, (x, y), (x + w, y + h), tuple(rng.uniform(0, 2 * level, 3).tolist()), -1)
    return pixels(image + rng.normal(0, 4, image.shape))


def pixels(levels: NDArray[np.floating]) -> Pixels:
    """Clip levels of any range to a picture."""
    result: Pixels = np.clip(levels, 0, 255).astype(np.uint8)
    return result


def plain(level: int, width: int = 64, height: int = 48) -> Pixels:
    """Return a picture of one grey."""
    return np.full((height, width, 3), level, np.uint8)


def jpeg(image: Pixels, *options: int) -> bytes:
    """Encode as JPEG."""
    return cv2.imencode(".jpg", image, list(options) or [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def frame(data: bytes, printer: str = "p1", taken_at: float = 0.0, number: int = 1) -> Frame:
    """Return the bytes as a frame of a camera."""
    return Frame(printer, data, taken_at, number, generation=1)
