"""Cuts the byte stream of a Bambu camera into pictures. Pure: bytes in, pictures out (OpenBambuAPI, video.md)."""

import struct

from monitor.capture.multipart import MAX_PICTURE_BYTES
from monitor.errors import BadFrame

_HEADER = struct.Struct("<IIII")  # size of the picture that follows, track, flags, 0


class BambuFrames:
    """Incremental, and bounded by one picture: a size beyond MAX_PICTURE_BYTES is no picture's."""

    def __init__(self, address: str) -> None:
        """``address``: for the errors."""
        self._address = address
        self._buffer = bytearray()
        self._size: int | None = None  # of the picture that the buffer begins with; None: it begins with a header
        self.has_begun = False  # whether any byte was seen

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes, cut anywhere, and return the pictures that they complete; raises BadFrame."""
        self.has_begun = self.has_begun or bool(data)
        self._buffer += data
        pictures: list[bytes] = []
        while self._has(_HEADER.size if self._size is None else self._size):
            if self._size is None:
                self._size = self._checked(_HEADER.unpack(self._take(_HEADER.size))[0])
            else:
                pictures.append(self._take(self._size))
                self._size = None
        return pictures

    def _has(self, length: int) -> bool:
        return len(self._buffer) >= length

    def _take(self, length: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        return taken

    def _checked(self, size: int) -> int:
        if not 0 < size <= MAX_PICTURE_BYTES:
            raise BadFrame(
                f"{self._address} announces a picture of {size} bytes: is it the camera of a Bambu P1 or A1?"
            )
        return size
