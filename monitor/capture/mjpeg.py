"""A multipart MJPEG stream over HTTP."""

from collections.abc import Iterator
from http.client import HTTPResponse

from monitor.capture.http import HttpCamera
from monitor.capture.multipart import MultipartParser
from monitor.clock import Clock
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent, CameraUnreachable

SILENT_AFTER_S = 15.0
"""A stream that brings bytes but no whole picture for so long is as dead as a silent one."""

_READ_BYTES = 32 * 1024
_HEADER_BYTES = 4 * 1024  # enough for the headers of a part whose length will be true: the less is moved afterwards
_NOT_A_STREAM = ("text/", "application/json", "application/xhtml")


class MjpegSource:
    """Reads the socket as fast as the camera fills it, so that the newest picture is never an old one.

    A mjpg-streamer whose camera died leaves the socket open and silent: the read timeout ends that.
    """

    def __init__(self, camera: HttpCamera, clock: Clock, silent_after_s: float = SILENT_AFTER_S) -> None:
        self._camera = camera
        self._clock = clock
        self._silent_after_s = silent_after_s
        self._parser = MultipartParser()

    @property
    def dropped(self) -> int:
        """Pictures that were cut off or too big."""
        return self._parser.dropped

    def frames(self) -> Iterator[bytes]:
        """Yield every picture of the stream.

        Raises CameraUnreachable, CameraRefused, CameraSilent or BadFrame.
        """
        with self._camera.until_interrupted():
            yield from self._pictures()

    def close(self) -> None:
        """Shut the socket down."""
        self._camera.interrupt()

    def _pictures(self) -> Iterator[bytes]:
        response = self._camera.get()
        self._check(response)
        last_picture_at = self._clock.now()
        while data := self._read(response):
            pictures = self._parser.feed(data)
            if pictures:
                last_picture_at = self._clock.now()
                yield from pictures
            elif self._clock.now() - last_picture_at > self._silent_after_s:
                raise self._no_picture()
        if not self._camera.interrupted:
            raise CameraUnreachable(f"{self._camera.address} ended the stream: see the camera server's log")

    def _read(self, response: HTTPResponse) -> bytes:
        """Wait for the rest of a picture whose length is known, else for whatever comes."""
        missing = self._parser.missing
        if missing:
            return self._camera.read(response, missing, to_the_limit=True)
        return self._camera.read(response, _HEADER_BYTES if self._parser.trusts_lengths else _READ_BYTES)

    def _check(self, response: HTTPResponse) -> None:
        kind = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
        if kind.startswith(_NOT_A_STREAM):
            raise CameraRefused(
                f"{self._camera.address} answers with a page ({kind}) in place of a stream: "
                "open it in a browser, and give the stream's own URL"
            )
        if kind == "image/jpeg":
            raise CameraRefused(f"{self._camera.address} answers with a single picture: use type: snapshot")

    def _no_picture(self) -> CameraError:
        address, seconds = self._camera.address, self._silent_after_s
        if self._parser.dropped:
            return BadFrame(f"{address} sends only pictures that are cut off or too big: lower its resolution")
        return CameraSilent(f"{address} sends bytes but no JPEG picture for {seconds:g} s: is it an MJPEG stream?")
