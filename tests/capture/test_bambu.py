"""The camera of a Bambu Lab printer, against a simulated one; through the reader as in the monitor."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.capture.bambu import BambuSource
from monitor.capture.bambu_frames import BambuFrames
from monitor.capture.multipart import MAX_PICTURE_BYTES
from monitor.capture.open import open_source
from monitor.capture.reader import CameraReader
from monitor.capture.slot import LatestFrame
from monitor.certificates import Certificates, Pin
from monitor.clock import SystemClock
from monitor.config.model import BambuCamera
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent, CameraUnreachable
from monitor.records import CameraState
from tests.bambu.camera import HEADER, VIEWERS, SimulatedBambuCamera
from tests.bambu.certificate import Certificate
from tests.brokers import free_port
from tests.capture.pictures import picture, truncated
from tests.support import PATIENCE_S, wait_until

CODE = "12345678"


def numbered() -> Callable[[], bytes]:
    """Return a function that gives another picture each time."""
    seeds = count()
    return lambda: picture(next(seeds))


@contextmanager
def camera_on(folder: Path, next_picture: Callable[[], bytes]) -> Iterator[SimulatedBambuCamera]:
    """Run a camera."""
    camera = SimulatedBambuCamera(Certificate(folder / "camera", "01P00A123456789"), CODE, next_picture)
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[SimulatedBambuCamera]:
    """Yield a camera that shows another picture each time."""
    with camera_on(tmp_path, numbered()) as camera:
        yield camera


def source(port: int, code: str = CODE, pinned: str = "", silent_after_s: float = 5.0) -> BambuSource:
    """Return a source that remembers nothing."""
    pin = Pin(f"127.0.0.1:{port}", pinned, Certificates())
    return BambuSource("127.0.0.1", port, code, pin, SystemClock(), silent_after_s)


def error_of(camera: BambuSource) -> CameraError:
    """Read until it fails and return how."""
    with pytest.raises(CameraError) as caught:
        list(camera.frames())
    return caught.value


def test_pictures_arrive_whole_and_in_order(camera: SimulatedBambuCamera) -> None:
    """Until it is closed; then the camera has no viewer left."""
    upstream = source(camera.port)
    frames = upstream.frames()
    assert [picture(0), picture(1), picture(2)] == list(islice(frames, 3))
    upstream.close()
    assert [] == list(frames)
    assert wait_until(lambda: camera.viewers == 0)


def test_the_reader_fills_the_slot_over_one_connection_at_a_time(camera: SimulatedBambuCamera, tmp_path: Path) -> None:
    """As in the monitor: from the section of cameras.yaml to the newest frame; also when it dials anew."""
    section = BambuCamera(type="bambu", host="127.0.0.1", port=camera.port, access_code=CODE)
    certificates, slot = Certificates.beside(tmp_path / "vigie.db"), LatestFrame()
    reader = CameraReader("p01", lambda: open_source(section, SystemClock(), certificates), slot, SystemClock())
    reader.start()
    assert wait_until(lambda: slot.number >= 3)
    for generation in (1, 2, 3):
        reader.reconnect(generation)
        assert wait_until(partial(is_streaming, reader, generation + 1))
        assert wait_until(lambda: camera.viewers == 1)
    reader.stop()
    assert wait_until(lambda: camera.viewers == 0)
    assert (tmp_path / "printer-certificates.json").is_file()


def is_streaming(reader: CameraReader, generation: int) -> bool:
    """Whether this connection gives pictures."""
    status = reader.status
    return (status.generation, status.state) == (generation, CameraState.STREAMING)


def test_a_wrong_access_code_is_refused_with_the_remedy_and_never_shown(camera: SimulatedBambuCamera) -> None:
    """The printer hangs up after the login."""
    error = error_of(source(camera.port, "87654321"))
    assert CameraRefused is type(error)
    assert "access_code" in str(error)
    assert "87654321" not in str(error)


def test_a_camera_that_lets_us_in_and_shows_nothing_is_silent(camera: SimulatedBambuCamera) -> None:
    """As its third viewer, or while LAN live view is off."""
    camera.is_mute = True
    error = error_of(source(camera.port, silent_after_s=0.3))
    assert CameraSilent is type(error)
    assert "live view" in str(error)


def test_a_third_viewer_starves_and_is_told_so(camera: SimulatedBambuCamera) -> None:
    """Two others look at the same printer."""
    others = [source(camera.port) for _ in range(VIEWERS)]
    streams = [other.frames() for other in others]
    assert all(next(stream) for stream in streams)
    assert CameraSilent is type(error_of(source(camera.port, silent_after_s=0.3)))
    for other, stream in zip(others, streams, strict=True):
        other.close()
        list(stream)


def test_a_camera_that_is_switched_off_breaks_the_stream(tmp_path: Path) -> None:
    """And nobody listens at its port afterwards."""
    with camera_on(tmp_path, numbered()) as camera:
        frames = source(camera.port).frames()
        next(frames)
        camera.stop()
        with pytest.raises(CameraUnreachable):
            list(frames)
    error = error_of(source(free_port()))
    assert CameraUnreachable is type(error)
    assert "type: rtsp" in str(error)


def test_another_certificate_is_refused(camera: SimulatedBambuCamera) -> None:
    """Before the access code is sent."""
    error = error_of(source(camera.port, pinned="0" * 64))
    assert CameraRefused is type(error)
    assert "another certificate" in str(error)


def test_what_speaks_no_tls_is_told() -> None:
    """Another device has the address now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        upstream = source(listener.getsockname()[1])
        errors: list[CameraError] = []
        thread = threading.Thread(target=lambda: errors.append(error_of(upstream)))
        thread.start()
        with listener.accept()[0] as connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            thread.join(PATIENCE_S)
    assert [CameraRefused] == [type(error) for error in errors]


def test_closing_unblocks_a_reader_that_waits(camera: SimulatedBambuCamera) -> None:
    """From another thread; it ends without an error."""
    camera.is_mute = True
    upstream = source(camera.port, silent_after_s=60.0)
    thread = threading.Thread(target=lambda: list(upstream.frames()))
    thread.start()
    assert wait_until(lambda: camera.viewers == 1)
    upstream.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_picture_that_is_cut_off_is_left_out_and_counted(tmp_path: Path) -> None:
    """Its size is right, but its end is missing."""
    pictures = iter([truncated(picture(1)), picture(2)])
    with camera_on(tmp_path, lambda: next(pictures, picture(3))) as camera:
        upstream = source(camera.port)
        frames = upstream.frames()
        assert picture(2) == next(frames)
        assert 1 == upstream.dropped
        upstream.close()
        list(frames)


def test_an_announced_size_that_no_picture_has_ends_the_connection() -> None:
    """Before anything of it is kept."""
    for size in (0, MAX_PICTURE_BYTES + 1, 2**32 - 1):
        with pytest.raises(BadFrame, match=str(size)):
            BambuFrames("10.0.0.41:6000").feed(HEADER.pack(size, 0, 1, 0))


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=6), st.lists(st.integers(1, 40), max_size=40))
def test_however_the_stream_is_cut_the_pictures_are_the_same(pictures: list[bytes], cuts: list[int]) -> None:
    """TLS gives the header and the picture in records of their own, or not."""
    stream = b"".join(HEADER.pack(len(data), 0, 1, 0) + data for data in pictures)
    frames, found = BambuFrames("camera"), list[bytes]()
    for length in cuts:
        found += frames.feed(stream[:length])
        stream = stream[length:]
    assert pictures == found + frames.feed(stream)


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_are_pictures_or_a_bad_frame(pieces: list[bytes]) -> None:
    """And nothing else is raised."""
    frames = BambuFrames("camera")
    try:
        for piece in pieces:
            frames.feed(piece)
    except BadFrame:
        return
