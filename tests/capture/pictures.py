"""JPEGs and multipart streams as cameras send them, good and bad."""

from collections.abc import Iterable

import cv2
import numpy as np

from monitor import jpeg


def picture(seed: int = 0, width: int = 64, height: int = 48, quality: int = 80) -> bytes:
    """Return a small JPEG, another one for each seed."""
    noise = np.random.default_rng(seed).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    image = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def with_exif_thumbnail(data: bytes, thumbnail: bytes) -> bytes:
    """Return the JPEG with another whole JPEG in an APP1 segment at its front."""
    payload = b"Exif\x00\x00" + thumbnail
    return data[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + data[2:]


def without_huffman_tables(data: bytes) -> bytes:
    """Return the JPEG as an AVI1 frame: same scan, no DHT segments."""
    at, kept = 2, data[:2] + b"\xff\xe0\x00\x10AVI1" + bytes(10)
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != 0xC4:
            kept += data[at:end]
        at = end
    return kept + data[at:]


def truncated(data: bytes) -> bytes:
    """Return the JPEG cut off in the middle of its scan."""
    headers = jpeg.read_headers(data)
    assert headers is not None
    return data[: (headers.scan_at + len(data)) // 2]


def part(data: bytes, boundary: str = "boundarydonotcross", length: int | None = -1) -> bytes:
    """Return one part as ustreamer frames it; ``length`` None leaves the header out, -1 is the truth."""
    declared = len(data) if length == -1 else length
    header = b"" if declared is None else f"Content-Length: {declared}\r\n".encode()
    return (
        f"--{boundary}\r\nContent-Type: image/jpeg\r\n".encode() + header + b"X-Timestamp: 1.5\r\n\r\n" + data + b"\r\n"
    )


def stream(pictures: Iterable[bytes], boundary: str = "boundarydonotcross", length: int | None = -1) -> bytes:
    """Return the parts of all pictures, one after the other."""
    return b"".join(part(data, boundary, length) for data in pictures)
