"""A hub that was taken over: in the place of its broker, something that sends bridges what nobody has asked for.

It speaks as much of MQTT 5 (OASIS standard, 2019) as a bridge needs in order to believe that it is connected.
"""

import socket
import ssl
import threading

from monitor.bench.bridged import Bridged
from tests.support import PATIENCE_S

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90, 0xC0, 0xD0
_TOOK_IT, _GRANTED = b"\x00\x00\x00", b"\x00\x01"


class TakenHub:
    """Listens where the hub's broker did, with its certificate; takes one bridge."""

    def __init__(self, made: Bridged) -> None:
        """``made``: whose hub does not run."""
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(made.etc / "certs" / "vigie-hub.crt", made.etc / "certs" / "vigie-hub.key")
        self._listening = socket.create_server(("127.0.0.1", made.tls_port))
        self._has_subscribed = threading.Event()
        self._bridge: ssl.SSLSocket | None = None
        self._thread = threading.Thread(target=self._run, name="taken-hub")

    def __enter__(self) -> "TakenHub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        if self._bridge is not None:
            self._bridge.close()
        self._thread.join()

    def wait_subscribed(self) -> bool:
        """Wait until the bridge has said what it wants to hear; tell whether it has."""
        return self._has_subscribed.wait(PATIENCE_S)

    def sends(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send a message of QoS 0, whether it was wanted or not."""
        assert self._bridge is not None
        body = len(topic).to_bytes(2, "big") + topic.encode() + b"\x00" + payload
        self._bridge.sendall(_packet(PUBLISH | retain, body))

    def _run(self) -> None:
        try:
            plain, _ = self._listening.accept()
            self._bridge = self._context.wrap_socket(plain, server_side=True)
            while True:
                self._answer(self._bridge, *_read(self._bridge))
        except (OSError, EOFError):
            return  # the test is over

    def _answer(self, bridge: ssl.SSLSocket, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            bridge.sendall(_packet(CONNACK, _TOOK_IT))
        elif kind == SUBSCRIBE:
            bridge.sendall(_packet(SUBACK, body[:2] + _GRANTED))
            self._has_subscribed.set()
        elif kind & 0xF6 == PUBLISH | 0x02:
            size = int.from_bytes(body[:2], "big")
            bridge.sendall(_packet(PUBACK, body[2 + size : 4 + size]))
        elif kind == PINGREQ:
            bridge.sendall(_packet(PINGRESP, b""))


def _packet(kind: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while not length or size:
        size, seven = divmod(size, 128)
        length.append(seven | (0x80 if size else 0))
    return bytes([kind]) + bytes(length) + body


def _read(bridge: ssl.SSLSocket) -> tuple[int, bytes]:
    kind, size, shift = _exactly(bridge, 1)[0], 0, 0
    while True:
        seven = _exactly(bridge, 1)[0]
        size, shift = size | (seven & 0x7F) << shift, shift + 7
        if not seven & 0x80:
            return kind, _exactly(bridge, size)


def _exactly(bridge: ssl.SSLSocket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = bridge.recv(size - len(found))
        if not more:
            raise EOFError
        found += more
    return found
