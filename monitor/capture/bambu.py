"""The camera of a Bambu Lab P1 or A1: JPEGs over TLS on port 6000 (OpenBambuAPI, video.md).

The printer shows its pictures to two viewers; a third one is let in and starves. So there is one connection a camera,
and it is closed fully before the next one is opened.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator

from monitor import jpeg
from monitor.capture.bambu_frames import BambuFrames
from monitor.capture.http import shut_down
from monitor.capture.open_files import out_of_the_way
from monitor.certificates import Pin
from monitor.clock import Clock
from monitor.errors import CameraError, CameraRefused, CameraSilent, CameraUnreachable

CONNECT_TIMEOUT_S = 4.0
SILENT_AFTER_S = 15.0  # an idle P1 shows a picture every few seconds

_LOGIN = struct.Struct("<IIII32s32s")  # size of what follows its own header, kind, flags, 0; user, access code
_USER = b"bblp"
_READ_BYTES = 64 * 1024


class BambuSource:
    """One connection to the camera."""

    def __init__(
        self, host: str, port: int, access_code: str, pin: Pin, clock: Clock, silent_after_s: float = SILENT_AFTER_S
    ) -> None:
        self._place = (host, port)
        self._address = f"{host}:{port}"
        self._login = _LOGIN.pack(0x40, 0x3000, 0, 0, _USER, access_code.encode())
        self._pin = pin
        self._clock = clock
        self._silent_after_s = silent_after_s
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        self._frames = BambuFrames(self._address)
        self._incomplete = 0

    @property
    def dropped(self) -> int:
        """Pictures that were cut off."""
        return self._incomplete

    def frames(self) -> Iterator[bytes]:
        """Yield every picture.

        Raises CameraUnreachable, CameraRefused, CameraSilent or BadFrame.
        """
        try:
            yield from self._pictures(self._dial())
        except CameraError:
            if not self._closed.is_set():
                raise
        except OSError as error:
            if not self._closed.is_set():
                raise self._translation(error) from error
        finally:
            self._hang_up()

    def close(self) -> None:
        """Shut the socket down; from any thread."""
        self._closed.set()
        opened = self._socket
        if opened is not None:
            shut_down(opened)

    def _dial(self) -> socket.socket:
        self._socket = raw = out_of_the_way(socket.create_connection(self._place, CONNECT_TIMEOUT_S))
        if self._closed.is_set():
            raise ConnectionAbortedError
        secured = self._pin.context().wrap_socket(raw, do_handshake_on_connect=False)
        self._socket = secured
        secured.do_handshake()
        secured.sendall(self._login)
        secured.settimeout(min(1.0, self._silent_after_s))  # that often it is seen how long it has been silent
        return secured

    def _pictures(self, connected: socket.socket) -> Iterator[bytes]:
        last_at, is_first = self._clock.now(), True
        while not self._closed.is_set():
            for picture in self._frames.feed(self._read(connected, is_first)):
                last_at, is_first = self._clock.now(), False
                if jpeg.is_complete(picture):
                    yield jpeg.with_huffman_tables(picture)
                else:
                    self._incomplete += 1
            if self._clock.now() - last_at > self._silent_after_s:
                raise CameraSilent(
                    f"{self._address} shows no picture for {self._silent_after_s:g} s: turn on LAN live view at the "
                    "printer's screen, and close other viewers (it serves two)"
                )

    def _read(self, connected: socket.socket, is_first: bool) -> bytes:
        """Return what has arrived; empty after a second of nothing."""
        try:
            data = connected.recv(_READ_BYTES)
        except TimeoutError:
            return b""
        except ConnectionResetError:
            data = b""
        if data or self._closed.is_set():
            return data
        if is_first and not self._frames.has_begun:
            raise CameraRefused(
                f"{self._address} hangs up after the login: compare access_code with the printer's LAN page"
            )
        raise CameraUnreachable(f"{self._address} ended the stream: the printer was switched off or restarted")

    def _translation(self, error: OSError) -> CameraError:
        if self._pin.refusal:
            return CameraRefused(self._pin.refusal)
        if isinstance(error, TimeoutError):
            return CameraUnreachable(f"{self._address} does not answer: check host, and that the printer is on")
        if isinstance(error, ssl.SSLError):
            return CameraRefused(f"{self._address} does not speak TLS ({error.reason}): is it a Bambu Lab P1 or A1?")
        if isinstance(error, ConnectionRefusedError):
            remedy = "check host, and LAN live view at its screen; X1, P2S and H2 want type: rtsp"
            return CameraUnreachable(f"{self._address} refuses connections: {remedy}")
        reason = error.strerror or type(error).__name__
        return CameraUnreachable(f"{self._address} cannot be reached ({reason}): check host and the network")

    def _hang_up(self) -> None:
        if self._socket is not None:
            shut_down(self._socket)
            self._socket.close()
            self._socket = None
