"""What an encoded picture says about itself before anything is decoded: format, size, whether it is whole.

Reads headers only: JPEG by :mod:`monitor.jpeg`, PNG as in RFC 2083, WebP as in RFC 9649.
"""

import zlib
from dataclasses import dataclass

from monitor import jpeg
from monitor.errors import BadFrame

Encoded = bytes | memoryview  # the latter of bytes: a part of memory that is shared with another process

MAX_PIXELS = 50_000_000  # more than any printer's camera; stops a few bytes from asking for gigabytes of memory
_EXIF = b"Exif\0\0"


@dataclass(frozen=True, slots=True)
class Container:
    """An encoded picture's own description.

    ``may_turn``: EXIF may tell to turn the picture, so that width and height trade places.
    ``digest``: of the pixels as they are encoded; equal digests mean equal pixels, whatever time the headers say.
    """

    kind: str  # "jpeg", "png", "webp"
    width: int
    height: int
    may_turn: bool
    digest: int


def inspect_container(data: Encoded) -> Container:
    """Read the header of a JPEG, PNG or WebP.

    Raises :class:`BadFrame` when it is none of these, when it is cut off, and above ``MAX_PIXELS``.
    """
    if data[:3] == jpeg.SOI:
        container = _jpeg(data)
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        container = _png(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        container = _webp(data)
    else:
        raise BadFrame(f"not a picture: {describe_start(data)}; check the camera's address")
    if container.width * container.height > MAX_PIXELS:
        raise BadFrame(
            f"a {container.kind} of {container.width} x {container.height} pixels is above the limit of "
            f"{MAX_PIXELS // 1_000_000} megapixels; set the camera to a lower resolution"
        )
    return container


def describe_start(data: Encoded) -> str:
    """Say what bytes that are no picture look like, for an error message: never more than their start."""
    start = bytes(data[:512]).lstrip()
    if not data:
        return "no bytes at all"
    if start[:1] == b"<":
        return f"an HTML or XML page of {len(data)} bytes"
    if start[:1] in (b"{", b"["):
        return f"JSON of {len(data)} bytes"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "a GIF"
    if data[4:8] == b"ftyp":
        return "an MP4, HEIF or AVIF file"
    return f"{len(data)} bytes that start with {data[:8].hex(' ')}"


def _jpeg(data: Encoded) -> Container:
    headers = jpeg.read_headers(data)
    if headers is None:
        raise BadFrame(f"a truncated JPEG: {len(data)} bytes end inside its headers")
    if headers.width == 0 or headers.height == 0:
        raise BadFrame(f"a damaged JPEG: {headers.width} x {headers.height} pixels")
    may_turn = _EXIF in bytes(data[: headers.scan_at])
    digest = zlib.crc32(memoryview(data)[headers.scan_at : _end_of(data, headers)])
    return Container("jpeg", headers.width, headers.height, may_turn, digest)


def _end_of(data: Encoded, headers: jpeg.Headers) -> int:
    """Return where the picture ends: mostly at the very end, else wherever an end of image is found first."""
    last = max(headers.scan_at, len(data) - jpeg.PADDING_BYTES)
    found = bytes(data[last:]).rfind(jpeg.EOI)
    if found >= 0:
        return last + found + len(jpeg.EOI)
    end = bytes(data).find(jpeg.EOI, headers.scan_at)
    if end < 0:
        raise BadFrame(f"a truncated JPEG: {len(data)} bytes without an end of image")
    return end


def _png(data: Encoded) -> Container:
    if b"IEND" not in bytes(data[-64:]):
        raise BadFrame(f"a truncated PNG: {len(data)} bytes without an end chunk")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return Container("png", width, height, may_turn=False, digest=zlib.crc32(data))


def _webp(data: Encoded) -> Container:
    """Only still pictures; the size stands elsewhere in each of the three kinds of first chunk."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data) or len(data) < 30:
        raise BadFrame(f"a truncated WebP: {len(data)} bytes")
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    elif chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width = int.from_bytes(data[26:28], "little") & 0x3FFF
        height = int.from_bytes(data[28:30], "little") & 0x3FFF
    return Container("webp", width, height, may_turn=False, digest=zlib.crc32(data))
