"""The structure of a JPEG, as far as Vigie needs it: where its headers end, its size, what is missing.

Markers are walked, never searched for: an EXIF thumbnail is a whole JPEG inside a segment. Only after the start of
scan is a search safe, because entropy-coded data escapes every 0xFF (ITU-T T.81, B.1.1.5).
"""

from dataclasses import dataclass

from monitor.errors import BadFrame

SOI = b"\xff\xd8\xff"  # start of image, and the first byte of the marker that must follow
EOI = b"\xff\xd9"  # end of image

_START_OF_SCAN = 0xDA
_HUFFMAN_TABLES = 0xC4
_BASELINE = frozenset((0xC0, 0xC1))
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xDA)))  # TEM, restart markers, SOI, EOI
PADDING_BYTES = 64
"""How much may follow the end of image and still belong to the picture: line ends, a few zeros."""

# The tables that Motion JPEG leaves out, as DHT segments: DC and AC, luminance and chrominance (ITU-T T.81, K.3.3).
STANDARD_HUFFMAN_TABLES = bytes.fromhex(
    "ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b510000201030302040305050404"
    "0000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526"
    "2728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889"
    "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4"
    "e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffc4001f0100030101010101010101010000000000000102030405060708090a0bff"
    "c400b51100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c1092333"
    "52f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768"
    "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
    "c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
)


@dataclass(frozen=True, slots=True)
class Headers:
    """What the segments before the first scan say."""

    scan_at: int  # offset of the start-of-scan marker
    width: int
    height: int
    needs_huffman_tables: bool  # baseline without any: an AVI1 frame


def read_headers(data: bytes | bytearray | memoryview) -> Headers | None:
    """Walk from the start of image, at offset 0, to the start of scan; None when more bytes are needed.

    Raises BadFrame when these bytes can never become a JPEG.
    """
    if data[:3] != SOI[: len(data)]:
        raise BadFrame("the bytes do not begin as a JPEG does")
    at, size, baseline, tables = 2, (0, 0), False, False
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise BadFrame(f"no JPEG marker at byte {at}")
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _START_OF_SCAN:
            return Headers(at, *size, needs_huffman_tables=baseline and not tables)
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0 or length < 2:
            raise BadFrame(f"broken JPEG segment at byte {at}")
        if marker in _FRAME_HEADERS:
            if at + 9 > len(data):
                return None
            size = (int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big"))
            baseline = marker in _BASELINE
        tables = tables or marker == _HUFFMAN_TABLES
        at += 2 + length
    return None


def end_within(data: bytes | bytearray, headers: Headers, length: int) -> int:
    """Return where the picture ends if that is at ``length`` or a little padding before it, else 0."""
    found = data.rfind(EOI, max(headers.scan_at, length - PADDING_BYTES), length)
    return found + len(EOI) if found >= 0 else 0


def is_complete(data: bytes) -> bool:
    """Whether these bytes are one whole JPEG, from start of image to end of image."""
    try:
        headers = read_headers(data)
    except BadFrame:
        return False
    return headers is not None and _ends(data, headers)


class WholePictures:
    """Checks the pictures of one camera, which as a rule begin alike: their headers are read once, then compared."""

    def __init__(self) -> None:
        self._beginning = b""  # up to the scan, its marker and length included
        self._headers: Headers | None = None

    def whole(self, data: bytes) -> bytes | None:
        """Return the picture, with the Huffman tables that Motion JPEG leaves out; None when it is not complete."""
        headers = self._headers_of(data)
        if headers is None or not _ends(data, headers):
            return None
        return _with_tables(data, headers) if headers.needs_huffman_tables else data

    def _headers_of(self, data: bytes) -> Headers | None:
        if self._headers is None or not data.startswith(self._beginning):
            try:
                self._headers = read_headers(data)
            except BadFrame:
                self._headers = None
            self._beginning = data[: self._headers.scan_at + 4] if self._headers else b""
        return self._headers


def dimensions(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels; raises BadFrame when the headers do not tell."""
    headers = read_headers(data)
    if headers is None or not headers.width or not headers.height:
        raise BadFrame("the JPEG ends before it tells its size")
    return headers.width, headers.height


def with_huffman_tables(data: bytes) -> bytes:
    """Return the picture with the standard Huffman tables inserted if it has none (an AVI1 frame), else as it is.

    Raises BadFrame when the headers cannot be read to their end.
    """
    headers = read_headers(data)
    if headers is None:
        raise BadFrame("the JPEG ends within its headers")
    return _with_tables(data, headers) if headers.needs_huffman_tables else data


def _with_tables(data: bytes, headers: Headers) -> bytes:
    return data[: headers.scan_at] + STANDARD_HUFFMAN_TABLES + data[headers.scan_at :]


def _ends(data: bytes, headers: Headers) -> bool:
    """Look where the end of image is expected, and only then everywhere."""
    return end_within(data, headers, len(data)) > 0 or data.find(EOI, headers.scan_at) > 0
