"""When snapshot cameras are asked: evenly over the interval, on a grid, at a pace that may change."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.capture.open import make_reader
from monitor.capture.polling import FASTEST_S, SPREAD_S, Polling, first_due, next_due, phase_of
from monitor.capture.readers import Readers
from monitor.capture.slot import LatestFrame
from monitor.certificates import Certificates
from monitor.clock import ManualClock, SystemClock
from monitor.config.model import MjpegCamera, SnapshotCamera
from monitor.records import CameraStatus
from tests.capture.camera_server import CameraServer, answer
from tests.capture.pictures import picture
from tests.support import wait_until

NOW = 1_585_000_000.25
TIMES = st.floats(1.5e9, 2.5e9)
INTERVALS = st.floats(0.05, 600.0)
PHASES = st.floats(0.0, 1.0, exclude_max=True)


def busiest(due: list[float], window_s: float) -> int:
    """Return how many of these fall into the fullest window."""
    return max(Counter(int(at / window_s) for at in due).values())


@pytest.mark.parametrize("name", ["sim-{:04d}", "p{}", "bicetre-{}-prusa"])
def test_a_thousand_cameras_that_start_together_are_spread_over_the_second(name: str) -> None:
    """Even would be 50 in each 50 ms; all are asked for the first time within one interval."""
    printers = [name.format(number) for number in range(1000)]
    due = [Polling(1.0, printer).first_due(NOW) for printer in printers]
    assert busiest(due, 0.05) <= 100
    assert all(NOW - 0.01 <= at <= NOW + 1.01 for at in due)


def test_slow_intervals_begin_within_a_second_and_spread_over_all_of_the_interval() -> None:
    """Nobody waits a minute for a camera's first picture; the next ones come at the phase of the minute."""
    pollings = [Polling(60.0, f"p{number}") for number in range(1000)]
    first = [polling.first_due(NOW) for polling in pollings]
    second = [polling.next_due(due, due + 0.01) for polling, due in zip(pollings, first, strict=True)]
    assert max(first) <= NOW + SPREAD_S
    assert busiest(first, 0.05) <= 100
    assert busiest(second, 3.0) <= 100


def test_a_printer_keeps_its_phase() -> None:
    """Across restarts, and whatever else stands in the farm."""
    assert phase_of("p07") == phase_of("p07")
    assert phase_of("p07") != phase_of("p08")
    assert 0.0 <= phase_of("") < 1.0


@given(now=TIMES, every_s=INTERVALS, phase=PHASES, waits=st.lists(st.floats(-1e-4, 0.9), max_size=30))
def test_the_grid_does_not_drift_and_no_point_is_used_twice(
    now: float, every_s: float, phase: float, waits: list[float]
) -> None:
    """Whenever within its interval an answer comes, or a clock wakes early: one point after the other."""
    due = next_due(now, now, every_s, phase)
    for count, wait in enumerate(waits, 1):
        following = next_due(due, due + wait * every_s, every_s, phase)
        assert following - due == pytest.approx(every_s, abs=1e-5)
        due = following
        assert due - next_due(now, now, every_s, phase) == pytest.approx(count * every_s, abs=1e-4)


@given(now=TIMES, every_s=INTERVALS, phase=PHASES, late=st.floats(0.0, 50.0))
def test_a_camera_that_answers_too_late_misses_what_is_over(
    now: float, every_s: float, phase: float, late: float
) -> None:
    """The next request is within one interval from now, never in the past, and nothing is made up for."""
    at = now + late * every_s
    assert at - 1e-5 <= next_due(now, at, every_s, phase) <= at + every_s * 1.002
    assert at - every_s * 0.002 <= first_due(at, every_s, phase) <= at + min(every_s, SPREAD_S) * 1.002


def test_without_a_printer_the_grid_begins_now() -> None:
    """A camera that is tried out is asked at once, and then on time."""
    polling = Polling(2.0)
    assert NOW == polling.first_due(NOW)
    assert [NOW + 2, NOW + 4] == [polling.next_due(NOW, NOW + 0.3), polling.next_due(NOW, NOW + 2.5)]


def test_a_pace_is_not_faster_than_configured_unless_it_says_so() -> None:
    """A camera that was given 2 s is not overrun; with leave, five times a second at most, or as configured."""
    careful, quick = Polling(2.0, "p"), Polling(0.1, "p")
    paces = [(0.5, False), (0.5, True), (0.01, True), (10.0, False)]
    seen = []
    for every_s, beyond in paces:
        careful.pace(every_s, NOW, beyond_configured=beyond)
        quick.pace(every_s, NOW, beyond_configured=beyond)
        seen.append((careful.every_s, quick.every_s))
    assert [(2.0, 0.5), (0.5, 0.5), (FASTEST_S, 0.1), (10.0, 10.0)] == seen


@pytest.mark.parametrize(("every_s", "wakes"), [(1.0, False), (2.0, False), (0.95, False), (0.5, True)])
def test_only_a_pace_that_is_much_faster_wakes_who_waits(every_s: float, wakes: bool) -> None:
    """Who sleeps for too short looks again; a little too late is soon enough."""
    polling = Polling(1.0, "p")
    polling.pace(every_s, NOW, beyond_configured=True)
    assert wakes == polling.changed.is_set()


@given(now=TIMES, paces=st.lists(st.floats(0.2, 20.0), min_size=1, max_size=5))
def test_another_pace_leaves_the_same_share_of_the_interval(now: float, paces: list[float]) -> None:
    """As the scheduler does with what is due: pictures go on to come when they are wanted, and stay spread."""
    polling = Polling(1.0, "p")
    for every_s in paces:
        before = (polling.next_due(now, now) - now) / polling.every_s
        polling.pace(every_s, now, beyond_configured=True)
        after = (polling.next_due(now, now) - now) / polling.every_s
        assert pytest.approx(0.0, abs=0.01) == min(abs(after - before), 1 - abs(after - before))
        now += 0.37 * every_s


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """A camera whose pictures differ."""
    pictures = itertools.cycle([picture(seed) for seed in range(3)])
    with CameraServer(lambda _: [answer(next(pictures))]) as running:
        yield running


def ignore(_: CameraStatus) -> None:
    """Do nothing."""


def readers_of(server: CameraServer, every_s: float, clock: ManualClock | SystemClock) -> Readers:
    """Return one reader, of p1."""
    camera = SnapshotCamera(type="snapshot", url=server.url(), every_s=every_s)
    return Readers(lambda name: make_reader(name, camera, LatestFrame(), clock, Certificates(), ignore), ["p1"])


def test_a_new_pace_ends_the_present_wait(server: CameraServer) -> None:
    """A camera that was to be asked in ten minutes is asked at once five times a second, and kept at it."""
    readers = readers_of(server, 600.0, SystemClock())
    readers.start()
    try:
        assert wait_until(lambda: readers.statuses()[0].frames == 1)
        readers.pace("p1", 0.2, beyond_configured=True)
        readers.pace("nobody", 0.2)
        assert wait_until(lambda: readers.statuses()[0].frames >= 3)
    finally:
        readers.stop()


def test_a_pace_is_kept_across_reconnects(server: CameraServer) -> None:
    """The second connection asks as the first one was told to."""
    clock = ManualClock(0.0)
    camera = SnapshotCamera(type="snapshot", url=server.url(), every_s=1.0)
    reader = make_reader("p1", camera, LatestFrame(), clock, Certificates(), ignore)
    reader.pace(50.0)
    reader.start()
    try:
        assert wait_until(lambda: reader.status.frames >= 3)
        reader.reconnect(1)
        assert wait_until(lambda: reader.status.generation == 2)
        frames, at = reader.status.frames, clock.now()
        assert wait_until(lambda: reader.status.frames >= frames + 5)
        assert clock.now() - at >= 3 * 49.9
    finally:
        reader.stop()


def test_streams_have_no_pace() -> None:
    """They come as they come."""
    camera = MjpegCamera(type="mjpeg", url="http://cam")
    slot = LatestFrame()
    reader = make_reader("p1", camera, slot, ManualClock(), Certificates(), ignore)
    reader.pace(5.0)
    assert "p1" == reader.status.printer
