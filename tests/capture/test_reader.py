"""The thread that keeps a camera connected, against scripted sources on a clock that waits for nobody."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from monitor.capture.http import HttpCamera
from monitor.capture.mjpeg import MjpegSource
from monitor.capture.open import open_source
from monitor.capture.reader import CameraReader
from monitor.capture.scripted import ScriptedSource
from monitor.capture.slot import LatestFrame
from monitor.capture.source import Source
from monitor.clock import ManualClock, SystemClock
from monitor.config.model import MjpegCamera
from monitor.errors import CameraSilent, CameraUnreachable
from monitor.records import CameraState, CameraStatus, Frame
from tests.capture.camera_server import HANG_UP, CameraServer, answer, stream_head
from tests.capture.pictures import picture, stream
from tests.support import wait_until

GONE = CameraUnreachable("http://cam: gone, check the cable")


def gone(count: int) -> list[ScriptedSource]:
    """Return that many connections that fail at once."""
    return [ScriptedSource([GONE]) for _ in range(count)]


class Line:
    """Hands out the scripted sources one after the other, the last one for ever, and records the states."""

    def __init__(self, *sources: ScriptedSource | Exception) -> None:
        self.sources = sources
        self.dialled = 0
        self.states: list[CameraStatus] = []
        self.slot = LatestFrame()
        self.clock = ManualClock()

    def connect(self) -> Source:
        """Return the next source."""
        chosen = self.sources[min(self.dialled, len(self.sources) - 1)]
        self.dialled += 1
        if isinstance(chosen, Exception):
            raise chosen
        return chosen

    @contextmanager
    def reading(self) -> Iterator[CameraReader]:
        """Run a reader on this line."""
        reader = CameraReader("p01", self.connect, self.slot, self.clock, self.states.append)
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()

    def path(self) -> list[str]:
        """Return the states in order."""
        return [status.state.value for status in self.states]


def until(condition: Callable[[], bool]) -> None:
    """Wait for the reader's thread."""
    assert wait_until(condition)


def test_the_newest_frame_is_in_the_slot_with_its_number_and_generation() -> None:
    """Numbers count on across connections; what nobody looked at is counted as overwritten."""
    line = Line(ScriptedSource([b"1", b"2", GONE]), ScriptedSource([b"3"]))
    with line.reading() as reader:
        until(lambda: reader.status.frames == 3)
        until(lambda: line.path().count("streaming") == 2)
    assert line.slot.latest() == Frame("p01", b"3", line.clock.now(), 3, 2)
    assert 2 == line.slot.overwritten
    assert ["connecting", "streaming", "waiting", "connecting", "streaming", "stopped"] == line.path()


def test_the_error_is_kept_with_its_remedy_until_the_next_frame() -> None:
    """Whoever looks at a waiting camera sees why, and when it is tried again."""
    line = Line(ScriptedSource([GONE]), ScriptedSource([b"1"]))
    with line.reading() as reader:
        until(lambda: reader.status.state is CameraState.STREAMING)
    connecting, waiting, again, streaming, _ = line.states
    assert "" == connecting.error
    assert (str(GONE), waiting.since + 1.0) == (waiting.error, waiting.retry_at)
    assert (str(GONE), None) == (again.error, again.retry_at)
    assert ("", None) == (streaming.error, streaming.retry_at)


def test_waits_grow_while_the_camera_is_away() -> None:
    """The reader uses the steps of the back-off."""
    line = Line(*gone(6), ScriptedSource([b"1"]))
    with line.reading() as reader:
        until(lambda: reader.status.state is CameraState.STREAMING)
    waits = [(status.retry_at or 0) - status.since for status in line.states if status.state is CameraState.WAITING]
    assert [1.0] * 5 + [5.0] == waits


def test_a_failure_is_logged_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    """Not once a retry: a camera that is off all weekend does not fill the disk."""
    other = CameraSilent("http://cam: silent")
    flapping = [ScriptedSource([b"1", other]) for _ in range(3)]
    line = Line(*gone(3), *flapping, ScriptedSource([b"2"]))
    with caplog.at_level(logging.INFO), line.reading() as reader:
        until(lambda: reader.status.frames == 4)
        until(lambda: reader.status.state is CameraState.STREAMING)
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert [
        ("WARNING", f"camera of p01: {GONE}"),
        ("INFO", "camera of p01: streaming"),
        ("WARNING", f"camera of p01: {other}"),
        ("INFO", "camera of p01: streaming"),
    ] == said


def test_a_fault_of_ours_is_loud_and_the_camera_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected exception is logged with its traceback, shown, and the next connection is tried."""
    line = Line(ZeroDivisionError("bug"), ScriptedSource([ZeroDivisionError("bug")]), ScriptedSource([b"1"]))
    with line.reading() as reader:
        until(lambda: reader.status.state is CameraState.STREAMING)
    assert ["ERROR", "ERROR"] == [record.levelname for record in caplog.records if record.exc_info]
    assert "unexpected ZeroDivisionError" in line.states[1].error


def test_a_recording_that_ends_stops_the_reader() -> None:
    """Nothing is dialled again when there is nothing more to come."""
    line = Line(ScriptedSource([b"1"], ends=True))
    with line.reading() as reader:
        until(lambda: reader.status.state is CameraState.STOPPED and reader.status.frames == 1)
    assert 1 == line.dialled


def test_the_old_source_is_closed_before_the_next_is_dialled() -> None:
    """Also the one that failed by itself."""
    first = ScriptedSource([GONE])
    seen: list[bool] = []

    def connect() -> Source:
        seen.append(first.closed.is_set())
        return first if len(seen) == 1 else ScriptedSource([b"1"])

    reader = CameraReader("p01", connect, LatestFrame(), ManualClock())
    reader.start()
    until(lambda: reader.status.frames == 1)
    reader.stop()
    assert [False, True] == seen


def test_a_stale_reconnect_is_harmless() -> None:
    """Only the present generation can be ended; a connection ended on request waits for nothing."""
    line = Line(ScriptedSource([b"1"]), ScriptedSource([b"2"]), ScriptedSource([b"3"]))
    with line.reading() as reader:
        until(lambda: reader.status.frames == 1)
        reader.reconnect(1)
        until(lambda: reader.status.frames == 2)
        reader.reconnect(1)
        reader.reconnect(7)
        assert 2 == reader.status.generation
        assert CameraState.STREAMING is reader.status.state
    assert "waiting" not in line.path()
    assert 2 == line.dialled


def test_a_wait_can_be_cut_short() -> None:
    """On the system's clock too: stop does not sit out the back-off, nor does a reconnect."""
    line = Line(*gone(2))
    reader = CameraReader("p01", line.connect, line.slot, SystemClock())
    reader.start()
    until(lambda: reader.status.state is CameraState.WAITING)
    reader.reconnect(1)
    until(lambda: reader.status.generation == 2)
    reader.stop()
    assert CameraState.STOPPED is reader.status.state


def test_a_reader_that_never_started_can_be_stopped() -> None:
    """Shutting down half-way through a start does not hang."""
    reader = CameraReader("p01", ScriptedSource, LatestFrame(), ManualClock())
    reader.stop()
    assert CameraState.STOPPED is reader.status.state


def test_a_camera_that_serves_one_viewer_is_reached_again_after_each_break() -> None:
    """ESP32-CAM: the next connection is served only because the former one was closed fully."""
    script = [stream_head() + stream([picture(1)])]
    breaks = iter([True, True, False])
    with CameraServer(lambda _: [*script, HANG_UP] if next(breaks) else script) as server:
        clock, slot = ManualClock(), LatestFrame()
        reader = CameraReader(
            "p01", lambda: MjpegSource(HttpCamera(server.url(), "", "", 2.0, 5.0), clock), slot, clock
        )
        reader.start()
        until(lambda: reader.status.frames == 3)
        reader.stop()
        until(server.free.is_set)
    assert 3 == reader.status.generation
    assert (slot.latest() or Frame("", b"", 0, 0, 0)).jpeg == picture(1)


def test_no_password_reaches_the_log_or_the_status(caplog: pytest.LogCaptureFixture) -> None:
    """Neither from the URL nor from the configuration, whatever goes wrong."""
    refused = [answer(b"", 'WWW-Authenticate: Basic realm="cam"', status="401 Unauthorized")]
    with CameraServer(lambda _: refused) as server, caplog.at_level(logging.DEBUG):
        url = server.url("/?token=hush-a")
        camera = MjpegCamera(type="mjpeg", url=url, username="me", password="hush-b")
        reader = CameraReader("p01", lambda: open_source(camera, SystemClock()), LatestFrame(), SystemClock())
        reader.start()
        until(lambda: reader.status.state is CameraState.WAITING)
        reader.stop()
    assert "check username and password" in reader.status.error
    assert "hush" not in caplog.text + repr(reader.status)


def test_many_readers_stop_side_by_side() -> None:
    """All are told first and waited for then."""
    sources = [ScriptedSource([b"1"]) for _ in range(20)]
    readers = [
        CameraReader(f"p{i}", lambda source=source: source, LatestFrame(), ManualClock())  # type: ignore[misc]
        for i, source in enumerate(sources)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.request_stop()
    for reader in readers:
        reader.stop()
    assert all(source.closed.is_set() for source in sources)
    assert threading.stack_size() == 0
