"""Reading and decoding pictures, with an error where OpenCV would return None."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from models.train.arrays import Picture


def decode(data: bytes, mode: int = cv2.IMREAD_COLOR) -> Picture:
    """JPEG or PNG bytes as pixels. Raises ValueError for anything else."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), mode)
    if picture is None:
        raise ValueError(f"{len(data)} bytes are no picture")
    return picture


def read(path: Path, mode: int = cv2.IMREAD_COLOR) -> Picture:
    """A picture file as pixels. Raises FileNotFoundError, or ValueError when it holds no picture."""
    return decode(path.read_bytes(), mode)


def jpeg(picture: Picture, quality: int) -> bytes:
    """The picture as JPEG."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(picture: Picture) -> bytes:
    """The picture as PNG."""
    return cv2.imencode(".png", picture)[1].tobytes()
