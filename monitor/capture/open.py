"""From a camera's section in cameras.yaml to its source."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import assert_never

from monitor.capture.bambu import BambuSource
from monitor.capture.files import FilesSource
from monitor.capture.http import HttpCamera
from monitor.capture.mjpeg import MjpegSource
from monitor.capture.polling import Polling
from monitor.capture.reader import CameraReader
from monitor.capture.rtsp import RtspSource, with_credentials
from monitor.capture.slot import LatestFrame
from monitor.capture.snapshot import SnapshotSource
from monitor.capture.source import Source
from monitor.capture.usb import UsbSource, open_device
from monitor.certificates import Certificates, Pin
from monitor.clock import Clock
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
from monitor.records import CameraStatus


def make_reader(
    printer: str,
    camera: Camera,
    slot: LatestFrame,
    clock: Clock,
    certificates: Certificates,
    on_change: Callable[[CameraStatus], None],
) -> CameraReader:
    """Return the reader of a printer's camera; nothing is dialled yet."""
    polling = Polling(camera.every_s, printer) if isinstance(camera, SnapshotCamera) else None
    connect = partial(open_source, camera, clock, certificates, polling)
    return CameraReader(printer, connect, slot, clock, on_change, polling)


def open_source(
    camera: Camera, clock: Clock, certificates: Certificates | None = None, polling: Polling | None = None
) -> Source:
    """Return the source for this camera; nothing is dialled yet.

    ``certificates``: those trusted at first use; None forgets them with this source. ``polling``: when a snapshot
    camera is asked; None: at once, and then every ``every_s``.

    A simulated camera has to be resolved before into the MJPEG address that the simulated farm gives it; raises
    CameraRefused for one that was not.
    """
    match camera:
        case MjpegCamera():
            return MjpegSource(HttpCamera(camera.url, camera.username, camera.password), clock)
        case SnapshotCamera():
            asked = HttpCamera(camera.url, camera.username, camera.password)
            return SnapshotSource(asked, clock, polling or Polling(camera.every_s))
        case RtspCamera():
            url = with_credentials(camera.url, camera.username, camera.password)
            return RtspSource(url, camera.transport, clock)
        case BambuCamera(host=host, port=port):
            pin = Pin(f"{host}:{port}", camera.certificate_sha256, certificates or Certificates())
            return BambuSource(host, port, camera.access_code, pin, clock)
        case FilesCamera():
            return FilesSource(Path(camera.path).expanduser(), camera.frames_per_s, clock, loop=camera.loop)
        case UsbCamera():
            device = (camera.device, camera.width, camera.height)
            return UsbSource(str(camera.device), lambda: open_device(*device), clock, camera.every_s)
        case SimulatedCamera():
            raise CameraRefused("a simulated camera has no address of its own: start the simulated farm (vigie run)")
    assert_never(camera)
