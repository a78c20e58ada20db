"""The printer's camera side (OpenBambuAPI, video.md): JPEGs over TLS, to two viewers at once; a third one starves."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable

from tests.bambu.certificate import Certificate

LOGIN = struct.Struct("<IIII32s32s")
HEADER = struct.Struct("<IIII")
VIEWERS = 2


class SimulatedBambuCamera:
    """Shows the pictures that ``next_picture`` returns, ``every_s`` seconds apart, until it is stopped."""

    def __init__(
        self, certificate: Certificate, access_code: str, next_picture: Callable[[], bytes], every_s: float = 0.02
    ) -> None:
        self._certificate, self._access_code = certificate, access_code.encode()
        self._next_picture, self._every_s = next_picture, every_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._accept, name="simulated camera")]
        self._sockets: list[socket.socket] = []
        self.viewers = 0  # now
        self.is_mute = False  # takes logins and shows nothing

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> None:
        """Let viewers in."""
        self._threads[0].start()

    def stop(self) -> None:
        """Hang up on everybody."""
        self._stopping.set()
        for opened in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(raw)
            self._threads.append(threading.Thread(target=self._guarded, args=(raw,), name="viewer of a camera"))
            self._threads[-1].start()

    def _guarded(self, raw: socket.socket) -> None:
        try:
            with self._certificate.server_context().wrap_socket(raw, server_side=True) as viewer:
                self._sockets.append(viewer)
                self._serve(viewer)
        except OSError:
            raw.close()

    def _serve(self, viewer: ssl.SSLSocket) -> None:
        if not self._lets_in(viewer):
            return
        self.viewers += 1
        starves = self.viewers > VIEWERS
        try:
            while not self._stopping.wait(self._every_s):
                if not (self.is_mute or starves):
                    picture = self._next_picture()
                    viewer.sendall(HEADER.pack(len(picture), 0, 1, 0))  # a record of its own, as clients expect it
                    viewer.sendall(picture)
                elif self._is_gone(viewer):
                    return
        finally:
            self.viewers -= 1

    def _lets_in(self, viewer: ssl.SSLSocket) -> bool:
        login = b""
        while len(login) < LOGIN.size:
            received = viewer.recv(LOGIN.size - len(login))
            if not received:
                return False
            login += received
        size, kind, _, _, user, code = LOGIN.unpack(login)
        return (size, kind, user.rstrip(b"\0"), code.rstrip(b"\0")) == (0x40, 0x3000, b"bblp", self._access_code)

    @staticmethod
    def _is_gone(viewer: ssl.SSLSocket) -> bool:
        viewer.settimeout(0.01)
        try:
            return not viewer.recv(1)
        except TimeoutError:
            return False
