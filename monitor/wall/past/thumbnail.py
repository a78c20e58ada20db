"""A small evidence picture for lists: turned upright, with the boxes on it."""

from collections.abc import Sequence

import cv2
import numpy as np

from monitor.errors import BadFrame
from monitor.records import Box

WIDTH = 240
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_YELLOW = (60, 240, 255)  # BGR


def thumbnail(jpeg: bytes, rotate: int, boxes: Sequence[Box]) -> bytes:
    """Return a JPEG about :data:`WIDTH` pixels wide. ``rotate``: degrees clockwise. Raises BadFrame."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    if image is None:
        raise BadFrame("the evidence cannot be decoded")
    if rotate in _TURNS:
        image = cv2.rotate(image, _TURNS[rotate])
    height = max(1, round(image.shape[0] * WIDTH / image.shape[1]))
    small = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    for box in boxes:
        corner = (round(box.x * WIDTH), round(box.y * height))
        other = (round((box.x + box.width) * WIDTH), round((box.y + box.height) * height))
        cv2.rectangle(small, corner, other, (0, 0, 0), 5)
        cv2.rectangle(small, corner, other, _YELLOW, 2)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 82])[1].tobytes()
