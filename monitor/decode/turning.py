"""A stored picture as people see it: turned by the printer's rotation, and small where a line carries little."""

from itertools import product

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from monitor.decode.container import inspect_container
from monitor.errors import BadFrame

_SHARES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.125)  # of the width that is wanted, until it is small enough
_QUALITIES = (75, 55, 40)  # of 100

QUALITY = 95  # of 100; what is not turned is not encoded again
_TURN = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright(data: bytes, rotate: int) -> tuple[bytes, int, int]:
    """Return an encoded picture turned by ``rotate`` degrees clockwise, its width and height in pixels.

    Of one that is not turned the very bytes.

    Raises BadFrame when it is no picture.
    """
    picture = _decoded(data)
    if not rotate:
        return data, picture.shape[1], picture.shape[0]
    turned = cv2.rotate(picture, _TURN[rotate])
    return _encoded(turned, QUALITY), turned.shape[1], turned.shape[0]


def shrunk(data: bytes, width: int, at_most: int, rotate: int = 0) -> bytes:
    """Return a picture as a JPEG of ``at_most`` bytes, turned and at most ``width`` pixels wide; raises BadFrame.

    One that is all of that stays as it is.
    """
    container = inspect_container(data)
    if container.kind == "jpeg" and len(data) <= at_most and container.width <= width and not rotate:
        return data
    picture = _decoded(data)
    if rotate:
        picture = np.asarray(cv2.rotate(picture, _TURN[rotate]), np.uint8)
    for share, quality in product(_SHARES, _QUALITIES):
        small = _encoded(_scaled(picture, round(share * width)), quality)
        if len(small) <= at_most:
            return small
    raise BadFrame(f"a picture cannot be made as small as {at_most} bytes")


def _decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BadFrame(f"a stored picture cannot be decoded: {len(data)} damaged bytes")
    return np.asarray(picture, np.uint8)


def _scaled(picture: NDArray[np.uint8], width: int) -> MatLike:
    height, present = picture.shape[:2]
    if present <= width:
        return picture
    return cv2.resize(picture, (width, max(1, round(height * width / present))), interpolation=cv2.INTER_AREA)


def _encoded(picture: MatLike, quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
