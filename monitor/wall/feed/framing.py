"""Framing of ``/stream``: states and pictures of the whole farm, multiplexed into one HTTP response.

A browser opens at most six connections to a server, so a picture a connection stops at six printers. Here one
response, read with ``fetch()``, carries everything. It is a sequence of messages without end:

    offset  size   meaning
    0       4      length of the body in bytes, unsigned, big-endian
    4       1      kind: 0x4A 'J' states, 0x54 'T' tile
    5       length body

Body of 'J': a JSON object, UTF-8:
    ``at``        time on the server's clock, unix seconds: ages are measured from it
    ``vigie``     version of the software; when it changes the page reloads itself
    ``viewer``    id of this very stream: ``POST /api/viewers/<viewer>`` {"visible": [ids]} says which tiles it shows
    ``order``     ids of all printers, in the file's order; only when a printer has come or gone, and in the first one
    ``health``    {"status": "ok" | "degraded", "broker_connected": bool, "storage_problem": str, ...}, as on /health
    ``printers``  whole: all in the first message, in the file's order; later those that are new, or have changed twice
    ``changed``   those that changed since the last such message: ``id`` and the keys that differ; left out when empty
A 'J' is sent at least once a second, with no printers in it when nothing changed: it is the sign of life.

Body of 'T':
    0       1      n, length of the printer's id in bytes
    1       n      the printer's id, ASCII
    1+n     8      when the picture was taken, unix seconds, IEEE 754 double, big-endian
    9+n     rest   the JPEG

Tiles that changed meanwhile are not queued: the newest is sent when there is room. Unknown kinds are to be skipped.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MESSAGE_BYTES_AT_MOST = 4 * 1024 * 1024

_HEAD = struct.Struct(">IB")
_TAKEN_AT = struct.Struct(">d")


class Kind(IntEnum):
    """First byte after the length."""

    STATES = 0x4A
    TILE = 0x54


@dataclass(frozen=True, slots=True)
class TileMessage:
    """A picture of a printer, read back from the stream."""

    printer: str
    taken_at: float
    jpeg: bytes


def frame(kind: int, body: bytes) -> bytes:
    """Return one message."""
    return _HEAD.pack(len(body), kind) + body


def states_message(content: Mapping[str, Any]) -> bytes:
    """Return a message of states."""
    return frame(Kind.STATES, json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())


def tile_message(printer: str, taken_at: float, jpeg: bytes) -> bytes:
    """Return a message with one picture; raises ValueError for an id of more than 255 bytes."""
    name = printer.encode("ascii")
    if len(name) > 255:
        raise ValueError(f"a printer's id has at most 255 characters, not {len(name)}: {printer[:40]}...")
    return frame(Kind.TILE, bytes([len(name)]) + name + _TAKEN_AT.pack(taken_at) + jpeg)


def parse_tile(body: bytes) -> TileMessage:
    """Return the picture in the body of a 'T' message; raises ValueError when the body is too short."""
    start = 1 + body[0] if body else 1
    if len(body) < start + _TAKEN_AT.size:
        raise ValueError(f"a tile of {len(body)} bytes is shorter than its head")
    (taken_at,) = _TAKEN_AT.unpack_from(body, start)
    return TileMessage(body[1:start].decode("ascii"), taken_at, body[start + _TAKEN_AT.size :])


class Parser:
    """Cuts a stream of bytes, however it was chopped, into messages; the browser's own is static/js/framing.js."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Take in bytes and yield (kind, body) of every message that is complete.

        Raises ValueError when a message claims to be larger than ``MESSAGE_BYTES_AT_MOST``: this is no such stream.
        """
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._buffer)
            if length > MESSAGE_BYTES_AT_MOST:
                raise ValueError(f"a message of {length} bytes: not a stream of the wall, or a byte was lost")
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield kind, body
