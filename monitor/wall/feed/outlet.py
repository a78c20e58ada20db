"""How full the way to a viewer is: what the stream asks before it takes the next pictures from the board.

waitress tells a response nothing about its connection. Here its channel does, and sends without a copy in between what
the network takes at once.
"""

import contextlib
import fcntl
import socket
import struct
import sys
import termios
from typing import Any, Protocol

from flask import Request
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

_KEY = "vigie.outlet"
_INT = struct.Struct("i")


class Outlet(Protocol):
    """The connection that a response goes to."""

    connected: bool

    def unsent_bytes(self) -> int:
        """Return what was handed over and has not reached the other machine; 0 where the system does not tell."""

    def drop(self) -> None:
        """End the connection now, whatever is still to be sent."""


class _Open:
    """Takes everything at once: where another server than waitress is used, and in tests without one."""

    connected = True

    def unsent_bytes(self) -> int:
        """Return nothing."""
        return 0

    def drop(self) -> None:
        """Leave it to the end of the answer."""


def outlet_of(request: Request) -> Outlet:
    """Return the connection that the answer to a request goes to."""
    outlet: Outlet = request.environ.get(_KEY) or _Open()
    return outlet


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[_KEY] = self.channel
        return environ

    def write(self, data: bytes) -> None:
        """Write a chunk with one copy; waitress makes two."""
        if self.wrote_header and self.chunked_response and data:
            self.channel.write_soon(b"".join((b"%X\r\n" % len(data), data, b"\r\n")))
        else:
            super().write(data)


class Channel(HTTPChannel):
    """A connection of the wall's server. An :class:`Outlet`."""

    task_class = _Task

    def write_soon(self, data: bytes) -> int:
        """Send at once what the network takes, when nothing waits before it; leave the rest to waitress."""
        if not data or not isinstance(data, bytes):
            written: int = super().write_soon(data)
            return written
        with self.outbuf_lock:
            sent = 0 if self.total_outbufs_len or not self.connected else self.send(data, do_close=False)
            if sent < len(data):
                super().write_soon(data[sent:] if sent else data)
        return len(data)

    def unsent_bytes(self) -> int:
        """Return what lies in our buffer and in the kernel's."""
        return self.total_outbufs_len + self._in_the_kernel()

    def drop(self) -> None:
        """Shut the connection down: waitress hears of it and closes, also where nothing can be written any more."""
        with contextlib.suppress(OSError):
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_RDWR)

    def _in_the_kernel(self) -> int:
        connection = self.socket
        if connection is None or not sys.platform.startswith("linux"):
            return 0
        try:
            answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, _INT.pack(0))  # SIOCOUTQ, tcp(7)
        except (OSError, ValueError):  # closed meanwhile
            return 0
        return int(_INT.unpack(answer)[0])
