"""A camera server that follows a script, byte for byte, on loopback."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from tests.support import PATIENCE_S

HANG_UP = object()
"""In a script: close the connection. Without it the connection stays open, silent, for the next request."""

Script = Iterable[bytes | threading.Event | object]


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", content_type: str = "image/jpeg") -> bytes:
    """Return a whole HTTP/1.1 response with its length; the connection may be kept."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def stream_head(boundary: str = "boundarydonotcross", *headers: str, version: str = "1.0") -> bytes:
    """Return the head of an endless multipart response, as ustreamer sends it."""
    lines = [f"HTTP/{version} 200 OK", f"Content-Type: multipart/x-mixed-replace;boundary={boundary}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunked(data: bytes, size: int = 500) -> bytes:
    """Return the bytes in HTTP chunks, as ESP32-CAM sends them."""
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)


class CameraServer:
    """Answers each request with the bytes of ``respond(request)``; an Event in them is waited for.

    Serves one viewer at a time, as ESP32-CAM does: who leaves a socket behind is never served again.
    ``requests`` holds the request heads in order, ``connections`` counts those accepted.
    """

    def __init__(
        self,
        respond: Callable[[str], Script],
        family: socket.AddressFamily = socket.AF_INET,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._respond = respond
        self._tls = tls
        host = "127.0.0.1" if family is socket.AF_INET else "::1"
        self._listener = socket.create_server((host, 0), family=family)
        self.authority = f"{host if family is socket.AF_INET else '[::1]'}:{self._listener.getsockname()[1]}"
        self.requests: list[str] = []
        self.connections = 0
        self.free = threading.Event()  # nobody is connected
        self._current: socket.socket | None = None
        self._thread = threading.Thread(target=self._accept, name="camera-server")
        self._thread.start()

    def url(self, path: str = "/stream") -> str:
        """Return the address of a path here."""
        return f"{'https' if self._tls else 'http'}://{self.authority}{path}"

    def close(self) -> None:
        """Close everything and wait until it is gone."""
        for open_socket in (self._listener, self._current):
            if open_socket is not None:
                with suppress(OSError):
                    open_socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def __enter__(self) -> "CameraServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.free.set()
                self._current, _ = self._listener.accept()
                self.free.clear()
                self.connections += 1
                with suppress(OSError), self._secured(self._current) as connection:
                    self._serve(connection)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _serve(self, connection: socket.socket) -> None:
        buffer = b""
        while data := connection.recv(4096):
            buffer += data
            if buffer.startswith(b"\x16"):  # a TLS hello to a plain server
                connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                return
            while b"\r\n\r\n" in buffer:
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                self.requests.append(head.decode())
                for step in self._respond(head.decode()):
                    if step is HANG_UP:
                        return
                    if isinstance(step, threading.Event):
                        step.wait(PATIENCE_S)
                    elif isinstance(step, bytes):
                        connection.sendall(step)
