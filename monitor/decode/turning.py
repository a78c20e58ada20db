"""A stored picture as people see it: turned by the printer's rotation."""

import cv2
import numpy as np

from monitor.errors import BadFrame

QUALITY = 95  # of 100; what is not turned is not encoded again
_TURN = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright(data: bytes, rotate: int) -> tuple[bytes, int, int]:
    """Return an encoded picture turned by ``rotate`` degrees clockwise, its width and height in pixels.

    Of one that is not turned the very bytes.

    Raises BadFrame when it is no picture.
    """
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BadFrame(f"a stored picture cannot be decoded: {len(data)} damaged bytes")
    if not rotate:
        return data, picture.shape[1], picture.shape[0]
    turned = cv2.rotate(picture, _TURN[rotate])
    _, encoded = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return encoded.tobytes(), turned.shape[1], turned.shape[0]
