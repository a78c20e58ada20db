"""The simulated cameras' server, seen from the network."""

import http.client
import itertools
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from monitor.sim.cameras import BOUNDARY, CameraServer, SimulatedLens
from tests.support import PATIENCE_S


def numbered() -> SimulatedLens:
    """Return a camera whose pictures are the words picture-0, picture-1 ..."""
    count = itertools.count()
    return SimulatedLens(lambda: b"picture-%d" % next(count), frames_per_s=50)


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """Yield a server with two cameras."""
    server = CameraServer({"p01": numbered(), "p02": numbered()})
    server.start()
    yield server
    server.stop()


def opened(server: CameraServer, printer: str, what: str = "stream") -> http.client.HTTPResponse:
    """Request an address of the server; whoever closes the answer closes the connection."""
    port = urlsplit(server.url("p01")).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", f"/{printer}/{what}")
    return connection.getresponse()


def next_picture(response: http.client.HTTPResponse) -> bytes:
    """Read one part of a multipart stream."""
    assert b"--" + BOUNDARY == response.readline().strip()
    length = 0
    while line := response.readline().strip():
        name, _, value = line.partition(b": ")
        length = int(value) if name == b"Content-Length" else length
    picture = response.read(length)
    assert b"\r\n" == response.read(2)
    return picture


def test_a_stream_brings_one_picture_after_the_other(server: CameraServer) -> None:
    """Multipart MJPEG, as real cameras send it."""
    with opened(server, "p01") as response:
        assert f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}" == response.headers["Content-Type"]
        numbers = [int(next_picture(response).removeprefix(b"picture-")) for _ in range(5)]
    assert sorted(set(numbers)) == numbers


def test_viewers_of_a_camera_share_its_pictures(server: CameraServer) -> None:
    """Two viewers see the same pictures: each is made once."""
    with opened(server, "p01") as one, opened(server, "p01") as other:
        seen = {next_picture(one) for _ in range(20)}
        also_seen = {next_picture(other) for _ in range(20)}
    assert len(seen & also_seen) > 5


def test_a_camera_that_nobody_watches_makes_no_pictures(server: CameraServer) -> None:
    """p02's first picture is still number 0 after p01 has streamed."""
    with opened(server, "p01") as response:
        for _ in range(5):
            next_picture(response)
    with opened(server, "p02", "snapshot") as response:
        assert b"picture-0" == response.read()


def test_a_snapshot_is_one_picture(server: CameraServer) -> None:
    """With its length, so that the connection can end in order."""
    with opened(server, "p01", "snapshot") as response:
        assert (200, "image/jpeg", "9") == (
            response.status,
            response.headers["Content-Type"],
            response.headers["Content-Length"],
        )
        assert b"picture-0" == response.read()


@pytest.mark.parametrize("path", ["nobody/stream", "p01/video", "p01", ""])
def test_other_addresses_are_not_found(server: CameraServer, path: str) -> None:
    """A wrong address is a 404, as on a real camera."""
    printer, _, what = path.partition("/")
    with opened(server, printer, what) as response:
        assert 404 == response.status


@pytest.mark.parametrize("request_bytes", [b"\r\n\r\n", b"GET\r\n\r\n", b"x" * 40_000, b"POST / HTTP/1.1\r\n\r\n"])
def test_nonsense_does_not_disturb_the_others(server: CameraServer, request_bytes: bytes) -> None:
    """Whatever a client sends, the next one is served."""
    with socket.create_connection(("127.0.0.1", urlsplit(server.url("p01")).port or 0), timeout=PATIENCE_S) as client:
        try:
            client.sendall(request_bytes)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                continue
        except ConnectionError:
            client.close()  # the server hung up before all of it was sent
    with opened(server, "p01", "snapshot") as response:
        assert 200 == response.status


def test_a_viewer_that_does_not_read_delays_nobody(server: CameraServer) -> None:
    """The other viewer's pictures keep coming."""
    with opened(server, "p01"), opened(server, "p01") as quick:
        pictures = [next_picture(quick) for _ in range(30)]
    assert 30 == len(set(pictures))


def test_stopping_ends_open_streams(server: CameraServer) -> None:
    """Also with viewers: their connections end, instead of waiting for ever; a second stop does nothing."""
    with opened(server, "p01") as response:
        next_picture(response)
        server.stop()
        server.stop()
        try:
            rest = response.read()
        except ConnectionError:
            rest = b""
    assert rest.count(BOUNDARY) < 1000


def test_an_unknown_printer_has_no_address(server: CameraServer) -> None:
    """A programming error, so a KeyError."""
    with pytest.raises(KeyError):
        server.url("p99")
