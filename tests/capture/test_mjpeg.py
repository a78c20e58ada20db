"""MJPEG over HTTP, against a server that sends exact bytes."""

import itertools
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.capture.http import HttpCamera
from monitor.capture.mjpeg import MjpegSource
from monitor.clock import ManualClock, SystemClock
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent, CameraUnreachable
from tests.capture.camera_server import HANG_UP, CameraServer, Script, answer, chunked, stream_head
from tests.capture.pictures import part, picture, stream, truncated
from tests.support import PATIENCE_S, require_program

PICTURES = [picture(seed) for seed in range(3)]
STREAM = stream_head() + stream(PICTURES)


def source(url: str, username: str = "", password: str = "", read_timeout_s: float = 5.0) -> MjpegSource:
    """Return a source with short times."""
    return MjpegSource(HttpCamera(url, username, password, 2.0, read_timeout_s), SystemClock())


def error_of(camera: MjpegSource) -> CameraError:
    """Read until it fails and return how."""
    with pytest.raises(CameraError) as caught:
        list(camera.frames())
    return caught.value


def first(count: int, camera: MjpegSource) -> list[bytes]:
    """Return the first pictures, and hang up."""
    frames = camera.frames()
    taken = list(itertools.islice(frames, count))
    camera.close()
    assert [] == list(frames)
    return taken


@pytest.mark.parametrize(
    "script",
    [
        [STREAM],
        [stream_head("--a", "X-Extra: 1", version="1.1") + stream(PICTURES, "a")],
        [stream_head("x", "Transfer-Encoding: chunked", version="1.1") + chunked(stream(PICTURES, "x"))],
        [STREAM[at : at + 1] for at in range(len(STREAM))],
        [b"HTTP/1.0 200 OK\r\n\r\n" + stream(PICTURES, length=None)],
    ],
    ids=["http-1.0", "http-1.1", "chunked", "byte-by-byte", "no-content-type"],
)
def test_every_framing_gives_the_pictures(script: Script) -> None:
    """HTTP 1.0 and 1.1, chunked or not, whole or a byte at a time."""
    with CameraServer(lambda _: script) as server:
        assert PICTURES == first(3, source(server.url()))


def test_ipv6_addresses_work() -> None:
    """A host in brackets is dialled, and named with brackets in the request."""
    try:
        server = CameraServer(lambda _: [STREAM], family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server:
        assert PICTURES == first(3, source(server.url()))
    assert f"Host: {server.authority}" in server.requests[0]


def test_redirects_are_followed_and_a_circle_is_not() -> None:
    """Six hops at most."""

    def respond(request: str) -> Script:
        if request.startswith("GET /stream"):
            return [answer(b"", "Location: /real?x=1", status="302 Found")]
        return [STREAM] if request.startswith("GET /real?x=1 ") else [answer(b"", "Location: /a", status="302 Found")]

    with CameraServer(respond) as server:
        assert PICTURES == first(3, source(server.url()))
        assert "circle" in str(error_of(source(server.url("/a"))))


@pytest.mark.parametrize(
    ("challenge", "expected"),
    [
        ('WWW-Authenticate: Basic realm="cam"', "Authorization: Basic bWU6cyBlY3JldA=="),
        ('WWW-Authenticate: Digest realm="cam", nonce="n", qop="auth"', 'Authorization: Digest username="me"'),
    ],
)
def test_credentials_answer_a_challenge_on_a_new_connection(challenge: str, expected: str) -> None:
    """Nothing is sent before the camera asks; the refused connection is closed before the next one is opened."""

    def respond(request: str) -> Script:
        allowed = "Authorization" in request
        return [STREAM] if allowed else [answer(b"no", challenge, status="401 Unauthorized")]

    with CameraServer(respond) as server:
        assert PICTURES == first(3, source(server.url(), "me", "s ecret"))
        assert PICTURES == first(3, source(server.url().replace("//", "//me:s%20ecret@")))
    assert ["Authorization" in request for request in server.requests] == [False, True, False, True]
    assert expected in server.requests[1]
    assert server.connections == 4


def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    """The other host is dialled by name, at the first of its addresses that answers."""
    challenge = [answer(b"", 'WWW-Authenticate: Basic realm="cam"', status="401 Unauthorized")]
    with CameraServer(lambda _: [STREAM]) as other:
        elsewhere = other.url().replace("127.0.0.1", "localhost")
        redirect = [answer(b"", f"Location: {elsewhere}", status="307 Temporary Redirect")]
        with CameraServer(lambda request: redirect if "Authorization" in request else challenge) as server:
            assert PICTURES == first(3, source(server.url("/a"), "me", "secret"))
    assert "Authorization" in server.requests[1]
    assert "Authorization" not in other.requests[0]


def test_refused_credentials_are_tried_once_and_never_shown() -> None:
    """The error tells what to check, without the password."""
    refused = [answer(b"", 'WWW-Authenticate: Basic realm="cam"', status="401 Unauthorized")]
    with CameraServer(lambda _: refused) as server:
        error = error_of(source(server.url("/s?token=hush&n=1").replace("//", "//me:hush@")))
    assert isinstance(error, CameraRefused)
    assert f"http://***@{server.authority}/s?token=***&n=1" in str(error)
    assert "check username and password" in str(error)
    assert "hush" not in str(error)
    assert 2 == len(server.requests)


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ([answer(b"<html>", content_type="text/html; charset=utf-8")], CameraRefused, "a page"),
        ([answer(PICTURES[0])], CameraRefused, "type: snapshot"),
        ([answer(b"", status="404 Not Found")], CameraRefused, "check the path"),
        ([answer(b"", status="503 Busy")], CameraRefused, "fewer viewers"),
        ([answer(b"", status="418 Teapot")], CameraRefused, "open the URL"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n", HANG_UP], CameraRefused, "does not speak HTTP"),
        ([HANG_UP], CameraUnreachable, "broke the connection off"),
        ([STREAM, HANG_UP], CameraUnreachable, "ended the stream"),
        ([stream_head("x", "Transfer-Encoding: chunked") + b"zz\r\n", HANG_UP], CameraUnreachable, "broke"),
    ],
)
def test_what_is_no_stream_is_told_with_its_remedy(script: Script, kind: type[CameraError], words: str) -> None:
    """An HTML page with status 200, a wrong path, a wrong port, a broken connection."""
    with CameraServer(lambda _: script) as server:
        error = error_of(source(server.url()))
    assert kind is type(error)
    assert words in str(error)
    assert server.authority in str(error)


def test_nobody_listening_is_unreachable() -> None:
    """A refused connection names the port as the thing to check."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = error_of(source(f"http://127.0.0.1:{port}/"))
    assert CameraUnreachable is type(error)
    assert "check the port" in str(error)


def test_a_plain_server_behind_https_is_named() -> None:
    """The remedy is the other scheme."""
    with CameraServer(lambda _: [STREAM]) as server:
        error = error_of(source(server.url().replace("http:", "https:")))
    assert CameraRefused is type(error)
    assert "try http://" in str(error)


def test_https_is_spoken_with_cameras_whose_certificate_is_trusted(tmp_path: Path) -> None:
    """A self-signed certificate is refused until the machine is told to trust it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=camera",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([require_program("openssl"), *command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with CameraServer(lambda _: [STREAM], tls=context) as server:
        assert "not trusted" in str(error_of(source(server.url())))
        trusting = HttpCamera(server.url(), "", "", 2.0, 5.0, ssl.create_default_context(cafile=certificate))
        assert PICTURES == first(3, MjpegSource(trusting, SystemClock()))


def test_a_silent_socket_times_out() -> None:
    """mjpg-streamer keeps the socket of a dead camera open, for ever."""
    with CameraServer(lambda _: [STREAM]) as server:
        assert CameraSilent is type(error_of(source(server.url(), read_timeout_s=0.1)))


class _Trickle:
    """A clock that a trickling camera is measured with: each look at it is a second later."""

    def __init__(self) -> None:
        self._clock = ManualClock()

    def now(self) -> float:
        """Return a later time at each call."""
        return self._clock.advance(1.0)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Let the time pass."""
        return self._clock.wait(event, timeout_s)


@pytest.mark.parametrize(("body", "kind"), [(b"." * 50, CameraSilent), (part(truncated(PICTURES[0])), BadFrame)])
def test_bytes_without_a_picture_end_the_connection(body: bytes, kind: type[CameraError]) -> None:
    """One byte a second keeps a socket alive for ever, so does a camera that cuts every picture off."""
    script = itertools.chain([stream_head()], itertools.repeat(body))
    with CameraServer(lambda _: script) as server:
        camera = MjpegSource(HttpCamera(server.url(), "", "", 1.0, 5.0), _Trickle(), silent_after_s=4.0)
        assert kind is type(error_of(camera))


def run_and_close(camera: MjpegSource, when: threading.Event) -> list[bytes]:
    """Read in a thread, close when the event is set, and return what came."""
    frames: list[bytes] = []
    thread = threading.Thread(target=lambda: frames.extend(camera.frames()))
    thread.start()
    assert when.wait(PATIENCE_S)
    camera.close()
    thread.join(2)
    assert not thread.is_alive()
    return frames


def test_a_stream_that_stops_within_a_picture_of_known_length_is_silent_or_ended() -> None:
    """The kernel waits for the rest of it, but not longer than for anything else."""
    more = stream(PICTURES[:1])
    cut = [STREAM, more[:-200]]
    with CameraServer(lambda _: cut) as server:
        assert CameraSilent is type(error_of(source(server.url(), read_timeout_s=0.1)))
    with CameraServer(lambda _: [*cut, HANG_UP]) as server:
        assert "ended the stream" in str(error_of(source(server.url())))
    with CameraServer(lambda _: [*cut, more[-200:]]) as server:
        assert [*PICTURES, PICTURES[0]] == first(4, source(server.url()))


@pytest.mark.parametrize("script", [[STREAM], []], ids=["streaming", "before-the-answer"])
def test_closing_unblocks_the_reader_and_frees_the_camera(script: list[bytes]) -> None:
    """Whether it waits for the next picture or for the answer's head; the camera's place is free again."""
    asked = threading.Event()

    def respond(_: str) -> Iterator[bytes | object]:
        yield from script
        asked.set()

    with CameraServer(respond) as server:
        frames = run_and_close(source(server.url(), read_timeout_s=60), asked)
        assert server.free.wait(PATIENCE_S)
    assert frames == (PICTURES if script and frames else [])


def test_closing_unblocks_a_dial_that_gets_no_answer() -> None:
    """A camera that is switched off swallows the first packet; a full backlog does the same."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        host, port = deaf.getsockname()
        camera = MjpegSource(HttpCamera(f"http://{host}:{port}/", "", "", 60, 60), SystemClock())
        dialled = threading.Event()
        dialled.set()
        assert [] == run_and_close(camera, dialled)
        for caller in callers:
            caller.close()


def test_a_closed_source_does_not_dial() -> None:
    """Closing first, reading then: no connection at all."""
    with CameraServer(lambda _: [STREAM]) as server:
        camera = source(server.url())
        camera.close()
        camera.close()
        assert [] == list(camera.frames())
        assert 0 == server.connections
