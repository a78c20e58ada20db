"""A URL that answers with one JPEG a request."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from monitor import jpeg
from monitor.capture.http import HttpCamera
from monitor.capture.multipart import MAX_PICTURE_BYTES
from monitor.capture.plain_http import Answer
from monitor.capture.polling import Polling
from monitor.clock import Clock
from monitor.errors import BadFrame, CameraRefused, CameraSilent

SILENT_AFTER_S = 15.0
"""A picture that takes longer to arrive than this does not arrive."""

_VALIDATORS = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
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
        self._pictures = jpeg.WholePictures()
        self._bad_in_a_row = 0
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Yield each new picture.

        Raises CameraUnreachable, CameraRefused, CameraSilent or BadFrame.
        """
        with self._camera.until_interrupted():
            while self._wait_until_due():
                picture = self._fetch()
                if picture is not None:
                    yield picture

    def close(self) -> None:
        """End the wait, and shut the socket down."""
        self._closed = True
        self._camera.interrupt()
        self._polling.changed.set()

    def _wait_until_due(self) -> bool:
        """Wait for the time of the next request, which moves when the interval changes; False after :meth:`close`."""
        missed_s = 0.0
        while True:
            self._polling.changed.clear()
            if self._closed:  # looked at last: who closes sets the event afterwards
                return False
            now, last = self._clock.now(), self._last_due
            due = self._polling.first_due(now) if last is None else self._polling.next_due(last, now - missed_s)
            grid = self._polling.grid
            if not self._clock.wait(self._polling.changed, due - now):
                if grid is self._polling.grid:
                    self._last_due = due
                    return True
                missed_s = self._polling.missed_s  # nobody has said that the interval is a little shorter

    def _fetch(self) -> bytes | None:
        deadline = self._clock.now() + SILENT_AFTER_S
        answer = self._camera.fetch(self._validators, lambda size_bytes: self._bear(size_bytes, deadline))
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        self._refuse_what_is_no_picture(answer)
        picture = self._pictures.whole(answer.body)
        if picture is None:
            self._drop()
            return None
        self._bad_in_a_row = 0
        self._remember(answer.headers)
        return picture

    def _bear(self, size_bytes: int, deadline: float) -> None:
        """Lose patience with a picture that is too big or takes too long."""
        if size_bytes > MAX_PICTURE_BYTES:
            megabytes = MAX_PICTURE_BYTES >> 20
            raise BadFrame(f"{self._camera.address} sends more than {megabytes} MB: lower the camera's resolution")
        if self._clock.now() > deadline:
            raise CameraSilent(f"{self._camera.address} needs more than {SILENT_AFTER_S:g} s for one picture")

    def _refuse_what_is_no_picture(self, answer: Answer) -> None:
        if answer.headers.get("x-ustreamer-online", "").lower() == "false":
            raise CameraRefused(
                f"{self._camera.address} shows ustreamer's placeholder: it has lost its camera, check the cable"
            )
        if not answer.body.startswith(jpeg.SOI):
            kind = answer.headers.get("content-type", "something").partition(";")[0].strip().lower()
            raise CameraRefused(
                f"{self._camera.address} answers with {kind} that is no JPEG: "
                "open it in a browser, and give the snapshot's own URL"
            )

    def _drop(self) -> None:
        self.dropped += 1
        self._bad_in_a_row += 1
        if self._bad_in_a_row >= _BAD_IN_A_ROW:
            raise BadFrame(f"{self._camera.address} sends only pictures that are cut off: restart the camera's server")

    def _remember(self, headers: Mapping[str, str]) -> None:
        self._validators = {
            ask: value for ask, told in _VALIDATORS if (value := headers.get(told, "")) and value.isprintable()
        }
