"""RTSP, against a real server."""

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from monitor import jpeg
from monitor.capture.rtsp import RtspSource, with_credentials
from monitor.clock import SystemClock
from monitor.errors import CameraError, CameraRefused, CameraSilent, CameraUnreachable
from tests.bambu.certificate import Certificate
from tests.support import PATIENCE_S

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's bindings of GStreamer are not on any package index
SERVER = Path(__file__).with_name("rtsp_server.py")
CHECK = "import gi; gi.require_version('GstRtspServer', '1.0')"


@contextmanager
def rtsp_server(*user: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the server and yield its URL and process."""
    process = subprocess.Popen(
        [SYSTEM_PYTHON, SERVER, *user],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGCONT)
            process.stdin.close()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Return the URL of a camera for all tests here."""
    require_gstreamer()
    with rtsp_server() as (address, _):
        yield address


def require_gstreamer() -> None:
    """Skip where the RTSP server cannot run."""
    try:
        subprocess.run([SYSTEM_PYTHON, "-c", CHECK], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no GStreamer RTSP server (apt: python3-gi gir1.2-gst-rtsp-server-1.0)")


def source(url: str, read_timeout_s: float = 5.0) -> RtspSource:
    """Return a source over TCP."""
    return RtspSource(url, "tcp", SystemClock(), open_timeout_s=10.0, read_timeout_s=read_timeout_s)


def error_of(camera: RtspSource) -> CameraError:
    """Read until it fails and return how."""
    with pytest.raises(CameraError) as caught:
        list(camera.frames())
    return caught.value


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_an_rtsp_camera_gives_pictures_until_it_is_closed(url: str, transport: str) -> None:
    """Each is a whole JPEG of the stream's size."""
    camera = RtspSource(url, transport, SystemClock(), 10.0, 5.0)
    frames = camera.frames()
    pictures = list(islice(frames, 2))
    camera.close()
    assert [] == list(frames)
    assert all(jpeg.is_complete(picture) for picture in pictures)
    assert (640, 360) == jpeg.dimensions(pictures[0])


def test_closing_unblocks_the_reader(url: str) -> None:
    """From another thread, while packets arrive."""
    camera = source(url)
    started = threading.Event()

    def read() -> None:
        for _ in camera.frames():
            started.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert started.wait(PATIENCE_S)
    camera.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_credentials_are_needed_used_and_never_shown() -> None:
    """A password with signs of its own gets in; a wrong one is not in the error, nor behind it."""
    require_gstreamer()
    with rtsp_server("me", "s e/c@ret") as (address, _):
        assert jpeg.is_complete(next(iter(source(with_credentials(address, "me", "s e/c@ret")).frames())))
        error = error_of(source(with_credentials(address, "me", "hush")))
    assert CameraRefused is type(error)
    assert "check username and password" in str(error)
    assert error.__cause__ is None
    assert "hush" not in str(error)


def test_a_self_signed_camera_over_tls_gives_pictures_and_keeps_its_password(tmp_path: Path) -> None:
    """As a Bambu Lab X1, P2S or H2: rtsps://, a user, an access code, and a certificate that nobody signed."""
    require_gstreamer()
    certificate = Certificate(tmp_path, "01P00A123456789")
    with rtsp_server("bblp", "12345678", str(certificate.cert), str(certificate.key)) as (address, _):
        assert address.startswith("rtsps://")
        frames = source(with_credentials(address, "bblp", "12345678")).frames()
        assert jpeg.is_complete(next(iter(frames)))
        error = error_of(source(with_credentials(address, "bblp", "87654321")))
    assert CameraRefused is type(error)
    assert "87654321" not in str(error)


def test_a_wrong_path_is_told(url: str) -> None:
    """404 is about the URL, not about the network."""
    error = error_of(source(url.replace("/cam", "/garden")))
    assert CameraRefused is type(error)
    assert "check the path" in str(error)


def test_nobody_listening_is_unreachable() -> None:
    """And the reason is in the sentence."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = error_of(source(f"rtsp://me:hush@127.0.0.1:{port}/cam"))
    assert CameraUnreachable is type(error)
    assert f"rtsp://***@127.0.0.1:{port}/cam cannot be reached (Connection refused)" in str(error)


def test_a_camera_that_falls_silent_is_noticed() -> None:
    """The server is frozen in the middle of its stream, its socket stays open."""
    require_gstreamer()
    with rtsp_server() as (address, process):
        frames = source(address, read_timeout_s=0.5).frames()
        next(frames)
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(CameraSilent):
            list(frames)


def test_only_keyframes_are_decoded(tmp_path: Path) -> None:
    """32 frames with a keyframe every 8 give 4 pictures; then the stream has ended, which is a failure."""
    path = tmp_path / "stream.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15, options={"g": "8", "sc_threshold": "0", "bf": "0"})
        stream.width, stream.height = 160, 120
        for index in range(32):
            image = np.full((120, 160, 3), index * 7, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    frames = source(str(path)).frames()
    assert 4 == len(list(islice(frames, 4)))
    with pytest.raises(CameraUnreachable, match="ended the stream"):
        next(frames)
