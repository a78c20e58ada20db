"""HTTP as nearly all cameras answer on a kept connection: a status, a length, and so many bytes (RFC 9112).

A picture a second from each of a thousand cameras is most of what the monitor hears, so what is usual is read with two
calls of the system and no copy, and everything else is left to :mod:`http.client`, which begins with what was read.
"""

import io
import re
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

OnProgress = Callable[[int], None]
"""Called with the bytes that have arrived or are announced; may raise a CameraError, which ends the request."""

_LONGEST_HEAD_BYTES = 64 * 1024
_READ_BYTES = 4096  # of a head whose length is not known
_BEGINNING = b"HTTP/1.1 "
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_HEAD = re.compile(
    rb"HTTP/1\.1 (200|304)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n"
    rb"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n"
)
_ONCE = frozenset(("content-length", "connection", "etag", "last-modified", "x-ustreamer-online"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int  # 200 or 304
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # shorter than announced when the camera broke off


@dataclass(frozen=True, slots=True)
class Head:
    """What comes before a body."""

    status: int
    headers: Mapping[str, str]
    length: int  # of the body, bytes


class Unusual(Exception):
    """The answer is none of the plain ones; ``read`` is what was taken of it from the socket."""

    def __init__(self, read: bytes) -> None:
        super().__init__("the answer is not plain")
        self.read = read


class Stale(Exception):
    """The camera had closed the kept connection before it answered anything."""


class Receiver(Protocol):
    """What is used of a socket."""

    def sendall(self, data: bytes, /) -> None:
        """Send."""

    def recv(self, limit: int, flags: int = 0, /) -> bytes:
        """Wait for bytes, with MSG_WAITALL for all of them; fewer at the end or when the time is over."""


def parse_head(head: bytes) -> Head | None:
    """Return what a head says, its empty line included; None for whatever is not the plain case."""
    found = _HEAD.fullmatch(head)
    if found is None:
        return None
    headers: dict[str, str] = {}
    for line in found[2].decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        value = value.strip(" \t")
        if name not in headers:
            headers[name] = value
        elif name in _ONCE:
            return None
        else:
            headers[name] += f", {value}"
    status, length = int(found[1]), headers.get("content-length", "")
    if "transfer-encoding" in headers or "close" in headers.get("connection", "").lower():
        return None
    if status == HTTPStatus.NOT_MODIFIED:
        return Head(status, headers, 0)
    is_number = length.isascii() and length.isdigit() and len(length) <= len("99999999")
    return Head(status, headers, int(length)) if is_number else None


class PlainHttp:
    """Asks over one connected socket, which belongs to somebody else; one thread at a time."""

    def __init__(self, connected: Receiver) -> None:
        self._socket = connected
        self._head_bytes = _READ_BYTES  # as long as the last one was: then no byte of the body is read with it

    def ask(self, request: bytes, on_progress: OnProgress) -> Answer:
        """Send a request and return the whole answer.

        Raises Unusual, Stale, TimeoutError, OSError, and what ``on_progress`` raises.
        """
        data, end = self._read_head(request, on_progress)
        head = parse_head(data[:end])
        begun = data[end:]
        if head is None or len(begun) > head.length:
            raise Unusual(data)
        on_progress(head.length)
        self._head_bytes = end
        return Answer(head.status, head.headers, self._read_body(begun, head.length, on_progress))

    def _read_head(self, request: bytes, on_progress: OnProgress) -> tuple[bytes, int]:
        """Return what was read, and how much of it is the head."""
        try:
            self._socket.sendall(request)
            data = self._begin()
        except ConnectionError:
            data = b""
        while (found := _EMPTY_LINE.search(data)) is None:
            if data[: len(_BEGINNING)] != _BEGINNING[: len(data)] or len(data) > _LONGEST_HEAD_BYTES:
                raise Unusual(data)
            more = receive(self._socket, _READ_BYTES) if data else b""
            if not more:
                raise Stale
            data += more
            on_progress(len(data))
        return data, found.end()

    def _begin(self) -> bytes:
        """Return the first bytes of an answer, without the empty line that some servers put behind the last body."""
        while received := receive(self._socket, self._head_bytes):
            if data := received.lstrip(b"\r\n"):
                return data
        return b""

    def _read_body(self, begun: bytes, length: int, on_progress: OnProgress) -> bytes:
        pieces, missing = [begun] if begun else [], length - len(begun)
        while missing:
            piece = receive(self._socket, missing, socket.MSG_WAITALL)
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
            if missing:
                on_progress(length - missing)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def receive(connected: Receiver, limit: int, flags: int = 0) -> bytes:
    """Receive from a socket that blocks at most so long; raises TimeoutError then, and OSError."""
    try:
        return connected.recv(limit, flags)
    except BlockingIOError as error:
        raise TimeoutError from error


def block_at_most(connected: socket.socket, seconds: float) -> None:
    """Let the kernel end what this socket waits for: one call in place of two, and MSG_WAITALL waits for all."""
    whole = int(seconds)
    timeval = struct.pack("@ll", whole, int((seconds - whole) * 1e6))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeval)
    connected.settimeout(None)


class Replay(io.RawIOBase):
    """A socket for :class:`http.client.HTTPResponse` that begins with bytes which were read already."""

    def __init__(self, read: bytes, connected: socket.socket) -> None:
        super().__init__()
        self._read = read
        self._socket = connected

    def makefile(self, *_: Any) -> io.BufferedReader:
        """Return this for reading."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what was read, then what the socket brings."""
        if not self._read:
            return self._socket.recv_into(buffer)
        count = min(len(buffer), len(self._read))
        buffer[:count], self._read = self._read[:count], self._read[count:]
        return count
