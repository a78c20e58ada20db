"""Pixels back into a JPEG, for sources that give none: the slot holds encoded pictures only."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_QUALITY = 85  # what camera servers use; below 75 thin strings blur


def encode_jpeg(image: NDArray[Any]) -> bytes:
    """Return the uint8 [H, W, 3] BGR (or [H, W] grey) image as JPEG."""
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image), (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    return data.tobytes()
