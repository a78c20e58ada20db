"""What the pipeline's rates tell the scheduler and the cameras."""

import logging

import pytest

from monitor.config.live import LiveConfig
from monitor.config.model import MjpegCamera, SnapshotCamera
from monitor.pacing import Wish
from monitor.pipeline.rates import ANNOUNCE_EVERY_S, Rates, asking
from monitor.records.load import Load, LoadState
from tests.farms import a_farm, a_printer

CALM, SUSPECT = Wish.of(1.0, 10.0), Wish.of(1.0, 10.0, 0.2)


class RecordingReaders:
    """Keeps what cameras are asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, bool]] = []

    def pace(self, printer: str, every_s: float, *, beyond_configured: bool = False) -> None:
        """Keep it."""
        self.asked.append((printer, every_s, beyond_configured))


def farm_of(camera: MjpegCamera | SnapshotCamera) -> LiveConfig:
    return LiveConfig(a_farm(a_printer("p01").model_copy(update={"camera": camera})))


def snapshot(**keys: float) -> SnapshotCamera:
    return SnapshotCamera.model_validate({"type": "snapshot", "url": "http://10.0.0.1/x.jpg", **keys})


def test_a_camera_is_asked_as_often_as_its_printer_is_inspected_and_hears_of_changes_only() -> None:
    """A suspicion of some seconds is two words to the camera."""
    readers = RecordingReaders()
    rates = Rates({"p01": CALM}, 1, 0.0, asking(readers, farm_of(snapshot())))
    for second, wish in enumerate((CALM, SUSPECT, SUSPECT, SUSPECT, CALM, CALM)):
        rates.wish("p01", wish, float(second))
    assert [("p01", 0.2, True), ("p01", 1.0, True)] == readers.asked


def test_what_the_owner_of_a_camera_has_written_is_a_limit() -> None:
    """Who wrote every_s is not asked for more, also when suspect."""
    readers = RecordingReaders()
    pace = asking(readers, farm_of(snapshot(every_s=5.0)))
    assert pace("p01", 0.2)
    assert [("p01", 0.2, False)] == readers.asked
    assert not pace("p99", 0.2)


def test_a_stream_sends_what_it_sends() -> None:
    """Nobody is to think that it was asked for less."""
    assert not asking(RecordingReaders(), farm_of(MjpegCamera(type="mjpeg", url="http://10.0.0.1/x")))("p01", 1.0)


def test_it_is_said_again_to_cameras_that_have_come_since() -> None:
    """A camera that was exchanged begins with its own pace."""
    readers = RecordingReaders()
    rates = Rates({"p01": CALM}, 1, 0.0, asking(readers, farm_of(snapshot())))
    for second in range(int(2 * ANNOUNCE_EVERY_S) + 1):
        rates.tick(float(second))
    assert [("p01", 1.0, True)] * 3 == readers.asked


def overloaded(rates: Rates, seconds: int, start: int = 0) -> None:
    """Let a worker that is always busy do one inspection a second, of ten that wait."""
    for second in range(start, start + seconds):
        now = float(second)
        rates.note(1, now)
        due = rates.scheduler.due(now, lambda _: (second, now), 1)  # noqa: B023 (called at once)
        for printer in due:
            rates.scheduler.started(printer, second, now)
            rates.scheduler.finished(printer)
        rates.tick(now)


def test_an_overload_is_written_into_the_log_once_when_it_begins(caplog: pytest.LogCaptureFixture) -> None:
    """With what it does, how much is lacking, and what to do."""
    caplog.set_level(logging.WARNING)
    rates = Rates({f"p{number:02}": Wish.of(1.0, 60.0) for number in range(10)}, 1, 0.0)
    overloaded(rates, 120)
    assert LoadState.SLOWED is rates.load.state
    assert 1 == len(caplog.records)
    assert "too many cameras for this machine: 10 printers are looked at every" in caplog.text
    assert "fewer cameras or more cores" in caplog.text


def test_printers_that_come_while_all_are_slowed_are_slowed_like_them() -> None:
    """And those that go take their share of the demand along."""
    rates = Rates({f"p{number:02}": Wish.of(1.0, 60.0) for number in range(10)}, 1, 0.0)
    overloaded(rates, 60)
    wanted = rates.load.wanted_hz
    rates.add("late", Wish.of(1.0, 60.0), 60.0)
    for number in range(8):
        rates.remove(f"p{number:02}")
    overloaded(rates, 5, start=61)
    assert 10 == wanted
    assert 3 == pytest.approx(rates.load.wanted_hz)
    assert isinstance(rates.load, Load)
