"""A camera plugged into this machine, read by OpenCV through Video4Linux."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import cv2
from numpy.typing import NDArray

from monitor.capture.encode import encode_jpeg
from monitor.clock import Clock
from monitor.errors import CameraRefused, CameraUnreachable

_MJPG = cv2.VideoWriter.fourcc(*"MJPG")  # most webcams reach 720p at full rate, and share a USB bus, only so


class Device(Protocol):
    """What is used of ``cv2.VideoCapture``, which must not be subclassed: that corrupts memory (OpenCV 5.0)."""

    def grab(self) -> bool:
        """Wait for the next picture and take it from the driver; False when there is none any more."""

    def retrieve(self) -> tuple[bool, NDArray[Any]]:
        """Decode the picture that was taken: whether it could be, and uint8 [H, W, 3] BGR."""

    def release(self) -> None:
        """Give the device back."""


def open_device(device: int | str, width: int, height: int) -> Device:
    """Open the device by number or path and ask for MJPG at this size; the camera may choose another.

    Raises CameraUnreachable when it is not there or not a camera, CameraRefused when it may not be used.
    """
    path = Path(f"/dev/video{device}") if str(device).isdecimal() else Path(str(device))
    if not path.exists():
        raise CameraUnreachable(f"{path} is not there: plug the camera in; ls /dev/v4l/by-id lists what there is")
    if not os.access(path, os.R_OK | os.W_OK):
        raise CameraRefused(f"{path} may not be used: add this user to the group video")
    capture = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
    if not capture.isOpened():
        capture.release()
        raise CameraUnreachable(f"{path} cannot be opened: another program may use it, or it is no camera")
    for setting, value in (
        (cv2.CAP_PROP_FOURCC, _MJPG),
        (cv2.CAP_PROP_FRAME_WIDTH, width),
        (cv2.CAP_PROP_FRAME_HEIGHT, height),
        (cv2.CAP_PROP_BUFFERSIZE, 1),
    ):
        capture.set(setting, value)
    return capture


class UsbSource:
    """Takes every picture from the driver, so that none grows old in its queue, and keeps one every ``every_s``."""

    def __init__(self, name: str, connect: Callable[[], Device], clock: Clock, every_s: float) -> None:
        self._name = name
        self._connect = connect
        self._clock = clock
        self._every_s = every_s
        self._closed = threading.Event()
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Yield a picture every ``every_s`` seconds, re-encoded.

        Raises CameraUnreachable or CameraRefused.
        """
        capture = self._connect()
        try:
            yield from self._pictures(capture)
        finally:
            capture.release()

    def close(self) -> None:
        """End after the picture that the driver is waiting for."""
        self._closed.set()

    def _pictures(self, capture: Device) -> Iterator[bytes]:
        due = self._clock.now()
        while not self._closed.is_set():
            if not capture.grab():
                raise CameraUnreachable(f"USB camera {self._name} gives no picture any more: check its cable and hub")
            if self._clock.now() < due:
                continue
            due = max(due + self._every_s, self._clock.now())
            decoded, image = capture.retrieve()
            if decoded:
                yield encode_jpeg(image)
            else:
                self.dropped += 1
