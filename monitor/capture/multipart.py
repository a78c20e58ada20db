"""Cuts an MJPEG byte stream into pictures. Pure: bytes in, JPEGs out, no socket.

Boundaries are what camera servers get wrong, so they are not used at all: a JPEG says itself where it begins and
ends. A part's Content-Length only saves the search for the end, and is believed as long as it has proven true:
the first picture of a stream is always measured, and so is the one after a length that was wrong.
"""

import re

from monitor import jpeg
from monitor.errors import BadFrame

MAX_PICTURE_BYTES = 8 * 2**20
"""What a camera may send as one picture; an 8K JPEG of high quality stays below."""

_LOOK_BACK_BYTES = 1024  # before a picture, for its part's headers
_LONGEST_GAP_BYTES = 16 * _LOOK_BACK_BYTES
_NEXT_MARKER = re.compile(rb"\xff[\xd8\xd9]")  # start or end of image; neither occurs inside a scan
_CONTENT_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,12})[ \t]*\r?\n", re.IGNORECASE)


class MultipartParser:
    """Incremental; never raises, whatever it is fed, and never holds more than about one picture.

    ``dropped`` counts pictures that were cut off, too big or no JPEG after all.
    """

    def __init__(self, max_bytes: int = MAX_PICTURE_BYTES) -> None:
        self.dropped = 0
        self._max_bytes = max_bytes
        self._buffer = bytearray()  # begins with the picture while _in_picture, else with what lies between two
        self._in_picture = False
        self._searched = 0  # bytes of the buffer in which the next marker is known not to begin
        self._headers: jpeg.Headers | None = None
        self._declared = 0  # the part's Content-Length, 0 when unknown
        self._lengths_are_true = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes of the stream, cut anywhere, and return the pictures that they complete."""
        picture = self._completed_by(data)
        if picture is not None:
            return [picture]
        self._buffer += data
        pictures: list[bytes] = []
        while self._read_picture(pictures) if self._in_picture else self._find_picture():
            pass
        return pictures

    @property
    def trusts_lengths(self) -> bool:
        """Whether the last Content-Length was true."""
        return self._lengths_are_true

    @property
    def missing(self) -> int:
        """The bytes until the end of the present picture; 0 when that is not known."""
        is_known = self._in_picture and self._lengths_are_true and 0 < self._declared <= self._max_bytes
        return max(0, self._declared - len(self._buffer)) if is_known else 0

    def _completed_by(self, data: bytes) -> bytes | None:
        """Return the picture that these bytes complete, and with which they end: what is usual, without a copy more."""
        if not data or self.missing != len(data):
            return None
        whole = b"".join((self._buffer, data))
        try:
            headers = jpeg.read_headers(whole)
        except BadFrame:
            return None
        end = jpeg.end_within(whole, headers, len(whole)) if headers else 0
        if headers is None or not end:
            return None
        self._buffer = bytearray(whole[end:])
        self._begin(0, in_picture=False)
        return jpeg.with_huffman_tables(whole[:end]) if headers.needs_huffman_tables else whole[:end]

    def _find_picture(self) -> bool:
        """Skip to the next start of image; False when more bytes are needed."""
        found = self._buffer.find(jpeg.SOI, self._searched)
        if found < 0:
            self._searched = max(0, len(self._buffer) - len(jpeg.SOI) + 1)
            if len(self._buffer) > _LONGEST_GAP_BYTES:
                self._skip(len(self._buffer) - _LOOK_BACK_BYTES - len(jpeg.SOI))
            return False
        lengths = _CONTENT_LENGTH.findall(self._buffer, max(0, found - _LOOK_BACK_BYTES), found)
        self._declared = int(lengths[-1]) if lengths else 0
        self._begin(found, in_picture=True)
        return True

    def _read_picture(self, pictures: list[bytes]) -> bool:
        """Complete the picture that the buffer begins with, or give it up; False when more bytes are needed."""
        trusted = self._lengths_are_true and 0 < self._declared <= self._max_bytes
        if trusted and len(self._buffer) < self._declared:
            return False
        headers = self._headers or self._read_headers()
        if headers is None:
            return not self._in_picture
        if trusted:
            end = jpeg.end_within(self._buffer, headers, self._declared)
            if end:
                self._take(end, headers, pictures)
                return True
            self._lengths_are_true = False
        return self._search_end(headers, pictures)

    def _read_headers(self) -> jpeg.Headers | None:
        """Return the picture's headers once they are here; a picture with broken ones is dropped."""
        oversized = len(self._buffer) > self._max_bytes
        try:
            self._headers = jpeg.read_headers(self._buffer[: self._max_bytes] if oversized else self._buffer)
        except BadFrame:
            self._drop(len(jpeg.SOI) - 1)
            return None
        if self._headers is None:
            self._drop_if_too_big()
            return None
        self._searched = self._headers.scan_at
        return self._headers

    def _search_end(self, headers: jpeg.Headers, pictures: list[bytes]) -> bool:
        """Find the end of image by its marker; False when more bytes are needed."""
        found = _NEXT_MARKER.search(self._buffer, self._searched, self._max_bytes)
        if found is None:
            self._searched = max(headers.scan_at, min(len(self._buffer), self._max_bytes) - len(jpeg.EOI) + 1)
            return self._drop_if_too_big()
        if found[0] != jpeg.EOI:  # another picture begins: this one was cut off
            self._drop(headers.scan_at)
            return True
        end = found.end()
        if self._declared:
            self._lengths_are_true = 0 <= self._declared - end <= jpeg.PADDING_BYTES
        self._take(end, headers, pictures)
        return True

    def _drop_if_too_big(self) -> bool:
        too_big = len(self._buffer) >= self._max_bytes
        if too_big:
            self._drop(self._max_bytes)
        return too_big

    def _take(self, end: int, headers: jpeg.Headers, pictures: list[bytes]) -> None:
        picture = bytes(memoryview(self._buffer)[:end])
        pictures.append(jpeg.with_huffman_tables(picture) if headers.needs_huffman_tables else picture)
        self._begin(end, in_picture=False)

    def _drop(self, length: int) -> None:
        self.dropped += 1
        self._begin(length, in_picture=False)

    def _begin(self, at: int, *, in_picture: bool) -> None:
        """Forget the bytes before ``at`` and look for a picture, or read the one that begins there."""
        self._searched = at
        self._skip(at)
        self._in_picture = in_picture
        self._headers = None

    def _skip(self, length: int) -> None:
        del self._buffer[:length]
        self._searched -= length
