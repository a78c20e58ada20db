"""An RTSP stream, of which only the keyframes are decoded: a tenth of the work (docs of libavcodec, skip_frame)."""

import threading
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from monitor.capture.encode import encode_jpeg
from monitor.capture.masking import masked
from monitor.clock import Clock
from monitor.errors import CameraError, CameraRefused, CameraSilent, CameraUnreachable

OPEN_TIMEOUT_S = 4.0
READ_TIMEOUT_S = 4.0
"""Without a packet for so long the stream is dead. Also the longest that close() waits: libavformat cannot be woken."""

KEYFRAME_TIMEOUT_S = 30.0


class RtspSource:
    """One session; a picture per keyframe, re-encoded once. ``url`` may carry a user and password."""

    def __init__(
        self,
        url: str,
        transport: str,
        clock: Clock,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._url = url
        self._address = masked(url)
        self._timeouts_s = (open_timeout_s, read_timeout_s)
        self._options = {
            "rtsp_transport": transport,
            "timeout": str(int(read_timeout_s * 1_000_000)),  # microseconds
            "analyzeduration": "1000000",  # microseconds; its default costs every connection two seconds
        }
        self._clock = clock
        self._closed = threading.Event()
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        """Yield each keyframe.

        Raises CameraUnreachable, CameraRefused or CameraSilent.
        """
        try:
            with av.open(self._url, options=self._options, timeout=self._timeouts_s) as container:
                for frame in self._keyframes(container):
                    yield encode_jpeg(frame.to_ndarray(format="bgr24"))
        except av.error.FFmpegError as error:
            if not self._closed.is_set():
                raise _translation(error, self._address) from None  # libav's error carries the URL with its password

    def close(self) -> None:
        """Make :meth:`frames` end with the next packet, or when the wait for one times out."""
        self._closed.set()

    def _keyframes(self, container: InputContainer) -> Iterator[VideoFrame]:
        stream = self._video_of(container)
        last_at = self._clock.now()
        for packet in container.demux(stream):
            if self._closed.is_set():
                return
            for frame in self._decoded(packet, stream):
                last_at = self._clock.now()
                yield frame
            if self._clock.now() - last_at > KEYFRAME_TIMEOUT_S:
                raise CameraSilent(
                    f"{self._address} sends no keyframe for {KEYFRAME_TIMEOUT_S:g} s: "
                    "set the camera's keyframe interval to 1-2 s"
                )
        if not self._closed.is_set():
            raise CameraUnreachable(f"{self._address} ended the stream: see the camera's log")

    def _decoded(self, packet: "av.Packet[VideoStream]", stream: VideoStream) -> list[VideoFrame]:
        """Decode a keyframe with a decoder of its own: one as old as the stream holds 3 MB more."""
        if not packet.is_keyframe or not packet.size:
            return []
        decoder = stream.codec_context.codec.create("video")
        decoder.extradata = stream.codec_context.extradata
        decoder.thread_count = 1
        try:
            return [*decoder.decode(packet), *decoder.decode(None)]
        except av.error.InvalidDataError:
            self.dropped += 1  # lost packets; the next keyframe is whole again
            return []

    def _video_of(self, container: InputContainer) -> VideoStream:
        if not container.streams.video:
            raise CameraRefused(f"{self._address} has no video: check the path of the URL")
        return container.streams.video[0]


def with_credentials(url: str, username: str, password: str) -> str:
    """Return the URL with this user and password in it, quoted; without a user, the URL as it is."""
    if not username:
        return url
    parts = urlsplit(url)
    user = f"{quote(username, safe='')}:{quote(password, safe='')}"
    return parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}").geturl()


def _translation(error: av.error.FFmpegError, address: str) -> CameraError:
    """Return the leaf for a libav error, whose own text may show the URL with its password."""
    match error:
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return CameraRefused(f"{address} refuses the credentials: check username and password")
        case av.error.HTTPClientError() | av.error.HTTPServerError():
            return CameraRefused(f"{address} is not served: check the path of the URL")
        case av.error.ExitError() | av.error.TimeoutError():
            return CameraSilent(f"{address} sends nothing: check that the camera is on, or try transport: tcp")
        case av.error.InvalidDataError():
            return CameraRefused(f"{address} does not speak RTSP: check the port of the URL")
    return CameraUnreachable(f"{address} cannot be reached ({error.strerror}): check the address and the network")
