"""The lean reading of plain answers: never another answer than http.client's, however the bytes come."""

import http.client
import itertools
import socket
import threading
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.capture.http import HttpCamera
from monitor.capture.plain_http import Answer, PlainHttp, Replay, Stale, Unusual, parse_head
from monitor.capture.polling import Polling
from monitor.capture.snapshot import SnapshotSource
from monitor.clock import ManualClock
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent
from tests.capture.camera_server import HANG_UP, CameraServer, Script, answer, chunked
from tests.capture.pictures import picture, truncated

PICTURES = [picture(seed) for seed in range(3)]


class ScriptedReceiver:
    """A socket that brings these pieces, one a call, and then the end."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.left = [piece for piece in pieces if piece]
        self.sent: list[bytes] = []

    def sendall(self, data: bytes, /) -> None:
        """Keep it."""
        self.sent.append(data)

    def recv(self, limit: int, flags: int = 0, /) -> bytes:
        """Return the next piece, or with MSG_WAITALL as many as are asked for."""
        taken = b""
        while self.left and len(taken) < limit and not (taken and flags != socket.MSG_WAITALL):
            piece = self.left.pop(0)
            count = limit - len(taken)
            taken += piece[:count]
            if piece[count:]:
                self.left.insert(0, piece[count:])
        return taken

    def recv_into(self, buffer: memoryview) -> int:
        """Fill a buffer."""
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def ignore(_: int) -> None:
    """Bear with everything."""


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return the bytes in pieces."""
    edges = [0, *sorted(min(at, len(data)) for at in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


NAMES = st.sampled_from(["Content-Length", "content-length", "ETag", "Connection", "Date", "X-A", "Transfer-Encoding"])
VALUES = st.one_of(
    st.sampled_from(["0", "5", "12", "+5", "-1", "5, 5", "", "close", "keep-alive", "chunked", "gzip", '"a"', "\xb2"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=8),
)
LINES = st.one_of(
    st.tuples(NAMES, st.sampled_from([":", ": ", " :", ":\t", ""]), VALUES).map("".join),
    st.sampled_from([" folded", "no colon", "Content-Length: 5\nX: y", "A:\rB"]),
)
STATUS_LINES = st.one_of(
    st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1 304 Not Modified", "HTTP/1.0 200 OK"]),
    st.sampled_from(["HTTP/1.1 401 No", "ICY 200 OK", "HTTP/1.1 100 Go", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", ""]),
)
HEADS = st.builds(
    lambda status, lines, end: "\r\n".join([status, *lines]) + end,
    STATUS_LINES,
    st.lists(LINES, max_size=4),
    st.sampled_from(["\r\n\r\n", "\n\n", "\r\n\n", "\n\r\n"]),
).map(lambda text: text.encode("latin-1"))
NEARLY_PLAIN = st.builds(
    lambda status, before, length, after: "\r\n".join([status, *before, length, *after, "", ""]).encode("latin-1"),
    st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.1 304 Not Modified"]),
    st.lists(LINES, max_size=1),
    st.sampled_from(["Content-Length: 5", "content-length:30", "CONTENT-LENGTH: 20 "]),
    st.lists(LINES, max_size=2),
)
STREAMS = st.builds(bytes.__add__, st.one_of(NEARLY_PLAIN, HEADS), st.binary(max_size=20))


def by_http_client(data: bytes) -> Answer | str:
    """Return what http.client makes of it, or how it fails."""
    receiver = cast("socket.socket", ScriptedReceiver([data]))
    response = http.client.HTTPResponse(cast("socket.socket", Replay(b"", receiver)), method="GET")
    try:
        response.begin()
        body = response.read1(100)
    except (http.client.HTTPException, ValueError) as error:
        return type(error).__name__
    told = {name.lower(): response.headers.get_all(name, []) for name in response.headers}
    headers = {name: ", ".join(value.strip(" \t") for value in values) for name, values in told.items()}
    return Answer(response.status, headers, body)


@settings(deadline=None)  # a busy machine is no failure
@given(data=STREAMS)
def test_an_answer_that_is_read_here_is_the_one_that_http_client_reads(data: bytes) -> None:
    """Whatever could be understood in two ways is left to it."""
    try:
        seen = PlainHttp(ScriptedReceiver([data])).ask(b"", ignore)
    except (Unusual, Stale):
        return
    assert by_http_client(data) == seen


@settings(deadline=None)  # a busy machine is no failure
@given(data=STREAMS, cuts=st.lists(st.integers(0, 120), max_size=12))
def test_it_does_not_matter_how_an_answer_is_cut(data: bytes, cuts: list[int]) -> None:
    """The same answer, also when http.client goes on with what was read and what is still to come."""
    outcomes: list[object] = []
    for pieces in ([data], cut(data, cuts)):
        receiver = ScriptedReceiver(pieces)
        try:
            outcomes.append(PlainHttp(receiver).ask(b"", ignore))
        except Unusual as unusual:
            outcomes.append(by_http_client(unusual.read + b"".join(receiver.left)))
        except Stale:
            outcomes.append("stale")
    assert outcomes[0] == outcomes[1]


@given(bodies=st.lists(st.binary(max_size=50), min_size=1, max_size=5), cuts=st.lists(st.integers(0, 600)))
def test_answers_follow_each_other_on_one_connection(bodies: list[bytes], cuts: list[int]) -> None:
    """No byte of one is taken for another's, although the length of the head is guessed from the last one."""
    for body in bodies:
        pieces = cut(answer(body, f"X-Pad: {'x' * len(body)}"), cuts)
        receiver = ScriptedReceiver(pieces)
        plain = PlainHttp(receiver)
        assert body == plain.ask(b"", ignore).body
        receiver.left = cut(answer(body + body, "X-Other: y"), cuts)
        assert body + body == plain.ask(b"", ignore).body


@given(head=HEADS)
def test_what_is_plain_has_a_length(head: bytes) -> None:
    """Nothing is read until the end of a connection, and no negative or absurd length is believed."""
    parsed = parse_head(head)
    assert parsed is None or 0 <= parsed.length < 10**8


def test_too_long_a_head_is_left_to_others() -> None:
    """No memory is filled by a camera that never ends its head."""
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000
    with pytest.raises(Unusual):
        PlainHttp(ScriptedReceiver([endless])).ask(b"", ignore)


def test_a_length_is_told_before_the_body_is_waited_for() -> None:
    """So that nobody makes room for a picture of 99 MB."""
    told: list[int] = []
    PlainHttp(ScriptedReceiver([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n1"])).ask(b"", told.append)
    assert 99_999_999 == told[0]


def source(server: CameraServer, read_timeout_s: float = 5.0) -> SnapshotSource:
    """Return a source on a clock that waits for nobody."""
    return SnapshotSource(
        HttpCamera(server.url("/shot?a=1"), "me", "pw", 2.0, read_timeout_s), ManualClock(), Polling(2.0)
    )


def then(*scripts: Script) -> Callable[[str], Script]:
    """Answer plainly once, and then with the scripts, the last one for ever."""
    left: list[Script] = [[answer(PICTURES[0])], *scripts]
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def taken(count: int, camera: SnapshotSource) -> list[bytes]:
    """Return the first pictures, and hang up."""
    frames = camera.frames()
    pictures = list(itertools.islice(frames, count))
    camera.close()
    assert [] == list(frames)
    return pictures


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(PICTURES[1]) + b"0\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + PICTURES[1]


@pytest.mark.parametrize(
    ("script", "connections"),
    [
        ([CHUNKED], 2),
        ([CHUNKED[at : at + 1] for at in range(len(CHUNKED))], 2),
        ([UNTIL_CLOSED, HANG_UP], 2),
        ([answer(PICTURES[1], "Connection: close"), HANG_UP], 2),
        ([answer(PICTURES[1]).replace(b"\r\n", b"\n", 3)], 2),
        ([answer(PICTURES[1]) + b"\r\n"], 2),
        ([answer(PICTURES[1])[at : at + 1] for at in range(len(answer(PICTURES[1])))], 1),
        ([b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PICTURES[1])], 2),
    ],
    ids=["chunked", "chunked, byte by byte", "until closed", "close", "line feeds", "more", "byte by byte", "continue"],
)
def test_a_camera_that_changes_its_manners_costs_no_picture(script: Script, connections: int) -> None:
    """Whatever it answers on the kept connection, it was asked once for it; the connection is replaced afterwards."""
    with CameraServer(then(script, [answer(PICTURES[2])])) as server:
        assert PICTURES == taken(3, source(server))
        assert (3, connections) == (len(server.requests[:3]), server.connections)


def test_plain_requests_say_what_the_others_say() -> None:
    """Same words in the same order, with the camera's validators."""
    with CameraServer(then([answer(PICTURES[1], 'ETag: "a"')], [answer(PICTURES[2])])) as server:
        assert PICTURES == taken(3, source(server))
    first, second, third = server.requests[:3]
    assert first == second
    assert first + '\r\nIf-None-Match: "a"' == third
    assert f"Host: {server.authority}" in first


def test_a_redirect_on_the_kept_connection_is_followed() -> None:
    """And asked for again each time, as the camera may take it back."""
    moved = answer(b"", "Location: /elsewhere", status="302 Found")

    def respond(request: str) -> Script:
        return [moved] if request.startswith("GET /shot") and len(server.requests) > 1 else [answer(PICTURES[0])]

    with CameraServer(respond) as server:
        assert 3 == len(taken(3, source(server)))
    assert ["/shot?a=1", "/shot?a=1", "/elsewhere", "/shot?a=1"] == [r.split()[1] for r in server.requests[:4]]


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ([answer(b"<html>", content_type="text/html; charset=x")], CameraRefused, "text/html that is no JPEG"),
        ([answer(PICTURES[0], "X-UStreamer-Online: false")], CameraRefused, "lost its camera"),
        ([answer(truncated(PICTURES[0]))], BadFrame, "cut off"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"], BadFrame, "more than 8 MB"),
        ([answer(b"", status="404 Not Found")], CameraRefused, "check the path"),
        ([], CameraSilent, "does not answer in time"),
        ([answer(PICTURES[1])[:30]], CameraSilent, "does not answer in time"),
        ([answer(PICTURES[1])[:-30]], CameraSilent, "does not answer in time"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n", HANG_UP], CameraRefused, "does not speak HTTP"),
    ],
)
def test_what_goes_wrong_later_is_told_as_at_the_first_time(
    script: Script, kind: type[CameraError], words: str
) -> None:
    """On the kept connection too."""
    with CameraServer(then(script)) as server, pytest.raises(CameraError) as caught:
        list(source(server, read_timeout_s=0.2).frames())
    assert kind is type(caught.value)
    assert words in str(caught.value)


def test_bytes_behind_a_picture_cost_no_picture() -> None:
    """An empty line is skipped before the next answer; with anything else one dials again and asks again."""
    large = [picture(seed, 640, 480) for seed in range(3)]
    after: list[Script] = [[answer(data) + b"\r\n"] for data in large]
    with CameraServer(then(*after)) as server:
        assert [PICTURES[0], *large] == taken(4, source(server))
        assert 1 == server.connections
    with CameraServer(then([answer(large[0]) + b"junk"], [answer(large[1])])) as server:
        assert [PICTURES[0], large[0], large[1]] == taken(3, source(server))
        assert 2 == server.connections


@pytest.mark.parametrize("begun", [0, 30, 500])
def test_closing_ends_the_wait_for_a_plain_answer(begun: int) -> None:
    """Before its head, within it, and within its body."""
    asked = threading.Event()

    def respond(_: str) -> Script:
        if len(server.requests) == 1:
            yield answer(PICTURES[0])
            return
        yield answer(PICTURES[1])[:begun]
        asked.set()

    with CameraServer(respond) as server:
        camera = source(server, read_timeout_s=60.0)
        frames: list[bytes] = []
        thread = threading.Thread(target=lambda: frames.extend(camera.frames()))
        thread.start()
        assert asked.wait(5)
        camera.close()
        thread.join(5)
        assert not thread.is_alive()
        assert server.free.wait(5)
    assert PICTURES[:1] == frames


def test_a_connection_reset_within_a_picture_is_an_error() -> None:
    """It was not closed between two pictures: somebody should hear of it."""

    class Resetting(ScriptedReceiver):
        """Ends with a reset."""

        def recv(self, limit: int, flags: int = 0, /) -> bytes:
            """Fail when there is nothing left."""
            if not self.left:
                raise ConnectionResetError
            return super().recv(limit, flags)

    with pytest.raises(ConnectionResetError):
        PlainHttp(Resetting([answer(PICTURES[0])[:400]])).ask(b"", ignore)
    with pytest.raises(Stale):
        PlainHttp(Resetting([])).ask(b"", ignore)
