"""What a webcam adds to a picture: noise that never repeats, and the time in a corner."""

from datetime import UTC, datetime

import cv2
import numpy as np

from monitor.sim.prints import Picture

NOISE = 4  # grey levels, the largest either way: a good webcam by day
MARGIN = 64  # the noise plate is larger than the picture by this, and laid over it at a new place each time
QUALITY = 85  # of the JPEG: about 60 kB at 640 x 480


class Sensor:
    """One simulated camera's sensor; the same seed gives the same noise."""

    def __init__(self, label: str, seed: tuple[int, ...]) -> None:
        self._label = label
        self._random = np.random.default_rng(seed)
        self._plate: Picture = np.zeros((0, 0, 3), np.uint8)  # noise, raised to be positive by
        self._level: Picture = np.zeros((0, 0, 3), np.uint8)  # this, which is taken off again

    def jpeg(self, picture: Picture, at: float) -> bytes:
        """Return a picture, uint8 [height, width, 3] BGR, as the camera sends it at a unix time."""
        height, width = picture.shape[:2]
        if self._level.shape != picture.shape:
            shape = (height + MARGIN, width + MARGIN, 3)
            self._plate = self._random.integers(0, 2 * NOISE + 1, shape, dtype=np.uint8)
            self._level = np.full_like(picture, NOISE)
        x, y = self._random.integers(MARGIN, size=2)
        noisy = cv2.add(picture, self._plate[y : y + height, x : x + width])
        cv2.subtract(noisy, self._level, noisy)
        moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
        _write(noisy, f"{self._label} (simulated) {moment}")
        return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _write(picture: cv2.typing.MatLike, text: str) -> None:
    x, y = 8, picture.shape[0] - 8
    for shift, level in ((1, 0), (0, 255)):  # a shadow, then the letters
        place, colour = (x + shift, y + shift), (level, level, level)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_PLAIN, 0.9, colour, 1, cv2.LINE_AA)
