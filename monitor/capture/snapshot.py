"""A URL that answers with one JPEG a request."""

from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPResponse

from monitor import jpeg
from monitor.capture.http import HttpCamera
from monitor.capture.multipart import MAX_PICTURE_BYTES
from monitor.capture.polling import Polling
from monitor.clock import Clock
from monitor.errors import BadFrame, CameraError, CameraRefused, CameraSilent

SILENT_AFTER_S = 15.0
"""A picture that takes longer to arrive than this does not arrive."""

_READ_BYTES = 256 * 1024
_BAD_IN_A_ROW = 3  # pictures, before it is said aloud that all of them are bad


class SnapshotSource:
    """Asks as ``polling`` says, over one kept connection, only for pictures that have changed.

    "Not modified" yields nothing, so it is never mistaken for a frozen picture with a fresh time: the printer's
    last picture grows old, and after ``blind_after_s`` it counts as not watched, which is true.
    """

    def __init__(self, camera: HttpCamera, clock: Clock, polling: Polling) -> None:
        self._camera = camera
        self._clock = clock
        self._polling = polling
        self._closed = False
        self._last_due: float | None = None
        self._validators: dict[str, str] = {}
        self._bad_in_a_row = 0
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Yield each new picture.

        Raises CameraUnreachable, CameraRefused, CameraSilent or BadFrame.
        """
        try:
            while self._wait_until_due():
                picture = self._fetch()
                if picture is not None:
                    yield picture
        except CameraError:
            if not self._camera.interrupted:
                raise
        finally:
            self._camera.hang_up()

    def close(self) -> None:
        """End the wait, and shut the socket down."""
        self._closed = True
        self._camera.interrupt()
        self._polling.changed.set()

    def _wait_until_due(self) -> bool:
        """Wait for the time of the next request, which moves when the interval changes; False after :meth:`close`."""
        while True:
            self._polling.changed.clear()
            if self._closed:  # looked at last: who closes sets the event afterwards
                return False
            now, last = self._clock.now(), self._last_due
            due = self._polling.first_due(now) if last is None else self._polling.next_due(last, now)
            if not self._clock.wait(self._polling.changed, due - now):
                self._last_due = due
                return True

    def _fetch(self) -> bytes | None:
        response = self._camera.get(self._validators)
        body = self._read(response)
        if response.status == HTTPStatus.NOT_MODIFIED:
            return None
        self._refuse_what_is_no_picture(response, body)
        if not jpeg.is_complete(body):
            self._drop()
            return None
        self._bad_in_a_row = 0
        self._remember(response)
        return jpeg.with_huffman_tables(body)

    def _read(self, response: HTTPResponse) -> bytes:
        body, deadline = b"", self._clock.now() + SILENT_AFTER_S
        while data := self._camera.read(response, _READ_BYTES):
            body += data
            if len(body) > MAX_PICTURE_BYTES:
                megabytes = MAX_PICTURE_BYTES >> 20
                raise BadFrame(f"{self._camera.address} sends more than {megabytes} MB: lower the camera's resolution")
            if self._clock.now() > deadline:
                raise CameraSilent(f"{self._camera.address} needs more than {SILENT_AFTER_S:g} s for one picture")
        response.close()  # the connection is kept
        return body

    def _refuse_what_is_no_picture(self, response: HTTPResponse, body: bytes) -> None:
        if response.getheader("X-UStreamer-Online", "true").lower() == "false":
            raise CameraRefused(
                f"{self._camera.address} shows ustreamer's placeholder: it has lost its camera, check the cable"
            )
        if body[:3] != jpeg.SOI:
            raise CameraRefused(
                f"{self._camera.address} answers with {response.headers.get_content_type()} that is no JPEG: "
                "open it in a browser, and give the snapshot's own URL"
            )

    def _drop(self) -> None:
        self.dropped += 1
        self._bad_in_a_row += 1
        if self._bad_in_a_row >= _BAD_IN_A_ROW:
            raise BadFrame(f"{self._camera.address} sends only pictures that are cut off: restart the camera's server")

    def _remember(self, response: HTTPResponse) -> None:
        pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        self._validators = {ask: value for ask, told in pairs if (value := response.getheader(told))}
