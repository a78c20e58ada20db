"""The USB source, with OpenCV reading a recording in place of a device."""

from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from monitor import jpeg
from monitor.capture.usb import UsbSource, open_device
from monitor.clock import ManualClock
from monitor.errors import CameraUnreachable


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return an MJPG recording of ten pictures."""
    path = tmp_path / "device.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for index in range(10):
        writer.write(np.full((120, 160, 3), index * 20, np.uint8))
    writer.release()
    return path


def test_pictures_are_encoded_and_the_end_of_the_device_is_told(recording: Path) -> None:
    """A device that gives nothing any more was unplugged."""
    frames = UsbSource("0", lambda: cv2.VideoCapture(str(recording)), ManualClock(), every_s=0.0001).frames()
    clockless = list(islice(frames, 1))
    assert (160, 120) == jpeg.dimensions(clockless[0])
    with pytest.raises(CameraUnreachable, match="USB camera 0 gives no picture any more"):
        list(frames)


class _Ticking:
    """A device whose pictures are 0.1 s apart."""

    def __init__(self, recording: Path, clock: ManualClock) -> None:
        self._capture = cv2.VideoCapture(str(recording))
        self._clock = clock
        self.retrieve = self._capture.retrieve
        self.release = self._capture.release

    def grab(self) -> bool:
        """Take the next picture, which took its time."""
        self._clock.advance(0.1)
        return self._capture.grab()


def test_pictures_between_two_due_times_are_taken_and_thrown_away(recording: Path) -> None:
    """The driver's queue is emptied at its own pace; every half second a picture is kept."""
    clock = ManualClock(0)

    times: list[float] = []
    camera = UsbSource("0", lambda: _Ticking(recording, clock), clock, every_s=0.5)
    with pytest.raises(CameraUnreachable):
        times.extend(round(clock.now(), 1) for _ in camera.frames())
    assert [0.1, 0.5] == times


def test_a_closed_source_ends(recording: Path) -> None:
    """Quietly, with the device released."""
    camera = UsbSource("0", lambda: cv2.VideoCapture(str(recording)), ManualClock(), every_s=0.1)
    frames = camera.frames()
    next(frames)
    camera.close()
    assert [] == list(frames)


def test_a_device_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By number and by path, with where to look; a file that is no camera as well."""
    with pytest.raises(CameraUnreachable, match="/dev/video97 is not there: plug"):
        open_device(97, 1280, 720)
    with pytest.raises(CameraUnreachable, match="ls /dev/v4l/by-id"):
        open_device(str(tmp_path / "usb-cam"), 1280, 720)


def test_a_device_that_is_no_camera_is_told() -> None:
    """OpenCV cannot open it."""
    with pytest.raises(CameraUnreachable, match="no camera"):
        open_device("/dev/null", 1280, 720)
