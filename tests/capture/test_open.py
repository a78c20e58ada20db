"""From a camera's configuration to its source."""

import pytest

from monitor.capture.bambu import BambuSource
from monitor.capture.files import FilesSource
from monitor.capture.mjpeg import MjpegSource
from monitor.capture.open import open_source
from monitor.capture.rtsp import RtspSource, with_credentials
from monitor.capture.snapshot import SnapshotSource
from monitor.capture.usb import UsbSource
from monitor.clock import ManualClock
from monitor.config.model import (
    BambuCamera,
    Camera,
    FilesCamera,
    MjpegCamera,
    RtspCamera,
    SimulatedCamera,
    SnapshotCamera,
    UsbCamera,
)
from monitor.errors import CameraRefused


@pytest.mark.parametrize(
    ("camera", "kind"),
    [
        (MjpegCamera(type="mjpeg", url="http://cam/stream"), MjpegSource),
        (SnapshotCamera(type="snapshot", url="http://cam/shot"), SnapshotSource),
        (RtspCamera(type="rtsp", url="rtsp://cam/1", username="me", password="x"), RtspSource),
        (BambuCamera(type="bambu", host="10.0.0.41", access_code="12345678"), BambuSource),
        (FilesCamera(type="files", path="~/prints"), FilesSource),
        (UsbCamera(type="usb", device=0), UsbSource),
    ],
)
def test_each_camera_type_has_its_source(camera: Camera, kind: type) -> None:
    """And opening dials nothing: none of these cameras exists."""
    assert kind is type(open_source(camera, ManualClock()))


def test_a_simulated_camera_must_be_resolved_first() -> None:
    """The simulated farm gives it an MJPEG address."""
    with pytest.raises(CameraRefused, match="start the simulated farm"):
        open_source(SimulatedCamera(type="simulated"), ManualClock())


def test_credentials_are_quoted_into_an_rtsp_url() -> None:
    """They replace those that the URL has; without a user the URL stays."""
    assert "rtsp://me:a%40b@cam:554/1" == with_credentials("rtsp://old:one@cam:554/1", "me", "a@b")
    assert "rtsp://old:one@cam/1" == with_credentials("rtsp://old:one@cam/1", "", "")
