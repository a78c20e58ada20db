"""Recordings as a camera: a folder of images, one image, or a video file, played back at a chosen rate."""

import re
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
import av.error
import cv2
import numpy as np

from monitor import jpeg
from monitor.capture.encode import encode_jpeg
from monitor.clock import Clock
from monitor.errors import BadFrame, CameraUnreachable

_JPEG_SUFFIXES = frozenset((".jpg", ".jpeg"))
_IMAGE_SUFFIXES = _JPEG_SUFFIXES | {".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}


class FilesSource:
    """Plays ``frames_per_s`` pictures a second, whatever rate they were recorded at; each round from the start."""

    def __init__(self, path: Path, frames_per_s: float, clock: Clock, *, loop: bool) -> None:
        self._path = path
        self._period_s = 1.0 / frames_per_s
        self._clock = clock
        self._loop = loop
        self._closed = threading.Event()
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Yield each picture when it is due; end after the last one unless it loops.

        Files that cannot be decoded are left out and counted. Raises CameraUnreachable when the path cannot be
        read, BadFrame when there is no picture in it at all.
        """
        due = self._clock.now()
        for picture in self._rounds():
            self._clock.wait(self._closed, due - self._clock.now())
            if self._closed.is_set():
                return
            yield picture
            due = max(due + self._period_s, self._clock.now())

    def close(self) -> None:
        """End the playback."""
        self._closed.set()

    def _rounds(self) -> Iterator[bytes]:
        while True:
            pictures = self._one_round()
            first = next(pictures, None)
            if first is None:
                raise BadFrame(f"{self._path} holds no picture that can be decoded: give images or a video file")
            yield from chain((first,), pictures)
            if not self._loop:
                return

    def _one_round(self) -> Iterator[bytes]:
        try:
            if self._path.is_dir() or self._path.suffix.lower() in _IMAGE_SUFFIXES:
                yield from self._images()
            else:
                yield from self._video()
        except OSError as error:
            raise CameraUnreachable(
                f"{self._path} cannot be read ({error.strerror}): check path in cameras.yaml, and this user's access"
            ) from error

    def _images(self) -> Iterator[bytes]:
        paths = image_paths(self._path) if self._path.is_dir() else [self._path]
        if not paths:
            raise BadFrame(f"{self._path} holds no images ({', '.join(sorted(_IMAGE_SUFFIXES))}): check the path")
        for path in paths:
            picture = _load(path)
            if picture is None:
                self.dropped += 1
            else:
                yield picture

    def _video(self) -> Iterator[bytes]:
        try:
            with av.open(str(self._path)) as container:
                if not container.streams.video:
                    raise BadFrame(f"{self._path} has no video track: give a video file or a folder of images")
                for frame in container.decode(video=0):
                    yield encode_jpeg(frame.to_ndarray(format="bgr24"))
        except av.error.InvalidDataError as error:
            raise BadFrame(f"{self._path} is no video that can be decoded: convert it with ffmpeg") from error


def image_paths(folder: Path) -> list[Path]:
    """Return the images of a folder in natural order: frame9 before frame10."""
    return sorted((path for path in folder.iterdir() if path.suffix.lower() in _IMAGE_SUFFIXES), key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    pieces = re.split(r"(\d+)", path.name.lower())
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def _load(path: Path) -> bytes | None:
    """Return the file as JPEG, its own bytes if it is one; None when it cannot be decoded."""
    data = path.read_bytes()
    if jpeg.is_complete(data):
        return jpeg.with_huffman_tables(data)
    if path.suffix.lower() in _JPEG_SUFFIXES or not data:
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else encode_jpeg(image)
