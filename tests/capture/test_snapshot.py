"""Snapshot URLs, against a server that sends exact bytes."""

from collections.abc import Callable
from itertools import islice
from threading import Event

import pytest

from monitor.capture.http import HttpCamera
from monitor.capture.polling import Polling
from monitor.capture.snapshot import SnapshotSource
from monitor.clock import ManualClock
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent
from tests.capture.camera_server import HANG_UP, CameraServer, Script, answer
from tests.capture.pictures import picture, truncated, without_huffman_tables

PICTURES = [picture(seed) for seed in range(4)]
CHALLENGE = 'WWW-Authenticate: Digest realm="cam", nonce="n1", qop="auth"'


def source(server: CameraServer, clock: ManualClock | None = None, username: str = "") -> SnapshotSource:
    """Return a source that asks every 2 s."""
    camera = HttpCamera(server.url("/snapshot"), username, "secret", 2.0, 5.0)
    return SnapshotSource(camera, clock or ManualClock(), Polling(2.0))


def taken(count: int, camera: SnapshotSource) -> list[bytes]:
    """Return the first pictures, and hang up."""
    frames = camera.frames()
    pictures = list(islice(frames, count))
    camera.close()
    assert [] == list(frames)
    return pictures


def in_turn(*scripts: Script) -> Callable[[str], Script]:
    """Answer each request with the next script, and with the last one from then on."""
    left = list(scripts)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_pictures_come_over_one_kept_connection() -> None:
    """Four requests, one connection, two seconds apart."""
    clock = ManualClock(0)
    with CameraServer(in_turn(*([answer(data)] for data in PICTURES))) as server:
        assert PICTURES == taken(4, source(server, clock))
        assert 1 == server.connections
    assert 6.0 <= clock.now() <= 8.0


def test_a_connection_that_the_camera_closed_between_two_pictures_is_replaced() -> None:
    """That is no failure, and nobody hears of it."""
    with CameraServer(in_turn([answer(PICTURES[0]), HANG_UP], [answer(PICTURES[1]), HANG_UP])) as server:
        assert PICTURES[:2] == taken(2, source(server))
        assert 2 == server.connections


def test_only_pictures_that_changed_are_asked_for() -> None:
    """The validators of the last picture go back; "not modified" gives no frame, so nothing looks frozen."""
    fresh = [answer(PICTURES[0], 'ETag: "a"', "Last-Modified: Mon, 06 Apr 2020 10:00:00 GMT")]
    same = [b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n']
    with CameraServer(in_turn(fresh, same, same, [answer(PICTURES[1])])) as server:
        assert PICTURES[:2] == taken(2, source(server))
    assert "If-None-Match" not in server.requests[0]
    for request in server.requests[1:4]:
        assert 'If-None-Match: "a"' in request
        assert "If-Modified-Since: Mon, 06 Apr 2020 10:00:00 GMT" in request


def test_a_digest_challenge_is_answered_once_for_all_pictures() -> None:
    """The nonce is kept and counted; a stale one is replaced by the camera's next."""
    refused = [answer(b"", CHALLENGE, status="401 Unauthorized")]
    stale = [answer(b"", CHALLENGE.replace("n1", "n2") + ", stale=true", status="401 Unauthorized")]
    pictures = [[answer(data)] for data in PICTURES]
    with CameraServer(in_turn(refused, pictures[0], pictures[1], stale, pictures[2])) as server:
        assert PICTURES[:3] == taken(3, source(server, username="me"))
    assert ["nc=00000001" in request for request in server.requests[:5]] == [False, True, False, False, True]
    assert 'nonce="n2"' in server.requests[4]


def test_an_avi1_picture_gets_its_tables() -> None:
    """As in a stream."""
    with CameraServer(in_turn([answer(without_huffman_tables(PICTURES[0]))])) as server:
        (frame,) = taken(1, source(server))
    assert 4 == frame.count(b"\xff\xc4")


def test_one_cut_picture_is_dropped_and_counted() -> None:
    """Cut by the camera, or by a connection that broke; the next request gets a whole one."""
    broken = answer(PICTURES[1])[:-50]
    with CameraServer(in_turn([answer(truncated(PICTURES[0]))], [broken, HANG_UP], [answer(PICTURES[2])])) as server:
        camera = source(server)
        assert [PICTURES[2]] == taken(1, camera)
        assert 2 == camera.dropped


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ([answer(b"<html>Login</html>", content_type="text/html")], CameraRefused, "text/html that is no JPEG"),
        ([answer(b"")], CameraRefused, "no JPEG"),
        ([answer(PICTURES[0], "X-UStreamer-Online: false")], CameraRefused, "lost its camera"),
        ([answer(truncated(PICTURES[0]))], BadFrame, "cut off"),
        ([answer(PICTURES[0][:3] + bytes(9 * 2**20))], BadFrame, "more than 8 MB"),
        ([answer(b"", status="401 Unauthorized")], CameraRefused, "check username"),
    ],
)
def test_what_is_no_picture_is_told_with_its_remedy(script: Script, kind: type[CameraError], words: str) -> None:
    """A login page with status 200, ustreamer's placeholder, pictures that never are whole, 100 MB."""
    with CameraServer(lambda _: script) as server, pytest.raises(CameraError) as caught:
        list(source(server).frames())
    assert kind is type(caught.value)
    assert words in str(caught.value)


def test_a_camera_that_does_not_answer_is_silent() -> None:
    """The request is read, and nothing comes."""
    with CameraServer(lambda _: []) as server:
        camera = HttpCamera(server.url("/snapshot"), "", "", 1.0, 0.1)
        with pytest.raises(CameraSilent):
            list(SnapshotSource(camera, ManualClock(), Polling(1.0)).frames())


class ChangingClock(ManualClock):
    """In the middle of the second wait the pace becomes another one."""

    def __init__(self, polling: Polling, every_s: float) -> None:
        super().__init__(0.0)
        self._polling, self._every_s = polling, every_s
        self._waits = 0

    def wait(self, event: Event, timeout_s: float) -> bool:
        """Let the time pass, or half of it."""
        self._waits += 1
        if self._waits != 2:
            return super().wait(event, timeout_s)
        self.advance(timeout_s / 2)
        self._polling.pace(self._every_s, self.now(), beyond_configured=True)
        return super().wait(event, timeout_s / 2)


@pytest.mark.parametrize(("every_s", "second_at"), [(2.0, 2.0), (3.0, 2.5), (1.9, 2.0), (1.0, 1.5)])
def test_a_change_in_the_middle_of_a_wait_stretches_the_rest_of_it(every_s: float, second_at: float) -> None:
    """No picture is missed by it, and none is asked for twice; a little too late is as good."""
    polling = Polling(2.0)
    clock = ChangingClock(polling, every_s)
    with CameraServer(in_turn(*([answer(data)] for data in PICTURES))) as server:
        camera = SnapshotSource(HttpCamera(server.url("/snapshot"), "", "secret", 2.0, 5.0), clock, polling)
        frames = camera.frames()
        next(frames)
        assert 0.0 == clock.now()
        next(frames)
        assert pytest.approx(second_at, abs=0.01) == clock.now()
        camera.close()
