"""A camera's address is tried: what it is, what it shows, what is wrong with it. Against real servers on loopback."""

import threading
import time
from collections.abc import Iterable, Iterator

import pytest

from monitor.capture.masking import masked
from monitor.clock import SystemClock
from monitor.config.model import Camera, MjpegCamera, PrinterSettings, RtspCamera, SnapshotCamera, UsbCamera
from monitor.errors import ConfigError
from monitor.records import Health
from monitor.tryout.addresses import camera_candidates, section_of
from monitor.tryout.camera import Eye, try_camera
from monitor.tryout.found import CameraTrial
from tests.capture.camera_server import HANG_UP, CameraServer, Script, answer, stream_head
from tests.capture.pictures import part
from tests.inspection.pictures import jpeg, scene

PICTURES = [jpeg(scene(number, level=110)) for number in range(4)]
PAGE = answer(b"<html>Camera</html>", content_type="text/html")
NOT_FOUND = answer(b"no", status="404 Not Found", content_type="text/plain")


def tried(wish: Camera | str) -> CameraTrial:
    """Try it without a detector."""
    return try_camera(wish, SystemClock(), Eye(None))


def stream() -> Iterator[bytes | threading.Event]:
    """Twenty pictures a second."""
    yield stream_head()
    pace = threading.Event()
    for number in range(400):
        yield part(PICTURES[number % len(PICTURES)])
        pace.wait(0.05)


def server(path: str, content: Script | None = None) -> CameraServer:
    """Return a server that has a camera at one path, and nothing elsewhere."""

    def respond(head: str) -> Iterable[object]:
        if head.split(" ")[1] != path:
            return [NOT_FOUND, HANG_UP]
        return stream() if content is None else content

    return CameraServer(respond)


def test_a_stream_is_found_watched_and_measured() -> None:
    """Its picture, resolution, rate and weight."""
    with server("/stream") as camera:
        trial = tried(camera.url())
    assert isinstance(trial.camera, MjpegCamera)
    assert ((640, 480), Health.OK) == ((trial.width, trial.height), trial.health)
    assert trial.jpeg in PICTURES
    assert trial.frames_per_s is not None
    assert 2 < trial.frames_per_s < 25
    assert min(map(len, PICTURES)) <= trial.bytes_a_frame <= max(map(len, PICTURES))


def test_a_url_that_answers_with_one_picture_is_a_snapshot() -> None:
    """Nobody has to know the difference."""
    with server("/snapshot.jpg", [answer(PICTURES[0])]) as camera:
        trial = tried(camera.url("/snapshot.jpg"))
    assert isinstance(trial.camera, SnapshotCamera)
    assert ["answers with a single picture"] == [one.problem.partition(" ")[2][:29] for one in trial.attempts]


def test_a_bare_address_is_tried_at_the_usual_paths() -> None:
    """mjpg-streamer's, here."""
    with server("/?action=stream") as camera:
        trial = tried(camera.authority)
    assert isinstance(trial.camera, MjpegCamera)
    assert camera.url("/?action=stream") == trial.camera.url


def test_a_page_is_no_camera_and_the_remedy_is_said() -> None:
    """The address of the set-up page, as people paste it."""
    with server("/index.html", [PAGE]) as camera:
        trial = tried(camera.url("/index.html"))
    assert trial.camera is None
    assert "/index.html" in trial.problem


def test_no_credentials_are_told_and_a_wrong_password_is() -> None:
    """The camera says 401; what was typed stays where it was."""
    refusal = answer(b"", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized")
    with server("/stream", [refusal, HANG_UP]) as camera:
        trial = tried(camera.url().replace("http://", "http://eve:hunter2@"))
    assert trial.camera is None
    assert "password" in trial.problem
    assert "hunter2" not in repr(trial)


def test_a_silent_camera_takes_bounded_time() -> None:
    """It accepts the connection and says nothing."""
    started = time.monotonic()
    with server("/stream", [threading.Event()]) as camera:
        trial = tried(section_of({"type": "mjpeg", "url": camera.url()}))
    assert trial.camera is None
    assert trial.problem
    assert time.monotonic() - started < 60


def test_nothing_at_the_address_is_said_at_once() -> None:
    """No port of a camera answers there."""
    trial = tried("127.255.255.254")  # of the loopback network, where nobody listens
    assert trial.camera is None
    assert "nothing answers there" in trial.problem


def test_a_dark_picture_is_judged_as_the_monitor_would() -> None:
    """With the words of the wall."""
    dark = jpeg(scene(1, level=3))
    with server("/s.jpg", [answer(dark)]) as camera:
        trial = try_camera(
            section_of({"type": "snapshot", "url": camera.url("/s.jpg")}), SystemClock(), Eye(None), PrinterSettings()
        )
    assert Health.DARK == trial.health
    assert trial.score is None


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("rtsp://u:p@cam/live", RtspCamera),
        ("0", UsbCamera),
        ("/dev/video2", UsbCamera),
        ("cam.local/feed", MjpegCamera),
        ("10.0.0.5", MjpegCamera),
    ],
)
def test_what_an_address_means_first(address: str, first: type) -> None:
    """By its beginning."""
    assert isinstance(next(iter(camera_candidates(address))), first)


@pytest.mark.parametrize("address", ["ftp://a/b", "http://", "rtsp:///x", "javascript:alert(1)://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """Before anything is dialled."""
    with pytest.raises(ConfigError):
        list(camera_candidates(address))


def test_a_section_that_is_wrong_names_its_key_and_no_value() -> None:
    """The password may be beside it."""
    with pytest.raises(ConfigError, match="url") as wrong:
        section_of({"type": "mjpeg", "url": "gopher://x", "password": "hunter2"})
    assert "hunter2" not in str(wrong.value)
    assert "***" in masked("http://a:b@c/")
