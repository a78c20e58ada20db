"""Single frames out of video files, in any order, at a small price."""

import threading
from collections import OrderedDict
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.errors import ConfigError

READ_AHEAD = 6  # decoding a frame costs the way from the keyframe before it, so the next ones are kept too
KEPT_FRAMES = 1024  # of all clips together: what 100 cameras show and will show next, about 80 MB at most
QUALITY = 95  # of the frames that are kept, as JPEGs: a tenth of the memory, and no difference that one can see

Picture = NDArray[np.uint8]  # [height, width, 3] BGR


class FrameStore:
    """The frames decoded last, shared by all clips. May be used from any thread."""

    def __init__(self, capacity: int = KEPT_FRAMES) -> None:
        self._capacity = max(capacity, READ_AHEAD)
        self._jpegs: OrderedDict[tuple[Path, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def frame(self, path: Path, number: int) -> Picture:
        """Return a frame of a video file, read-only; raises ConfigError when it cannot be decoded."""
        jpeg = self._kept(path, number)
        if jpeg is None:  # two threads may do this at once: the frames are the same
            jpegs = [_encode(picture) for picture in _decode(path, number)]
            self._keep(path, number, jpegs)
            jpeg = jpegs[0]
        picture = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)
        picture.flags.writeable = False
        return picture

    def _kept(self, path: Path, number: int) -> bytes | None:
        with self._lock:
            if (path, number) in self._jpegs:
                self._jpegs.move_to_end((path, number))
            return self._jpegs.get((path, number))

    def _keep(self, path: Path, first: int, jpegs: list[bytes]) -> None:
        with self._lock:
            for number, jpeg in enumerate(jpegs, first):
                self._jpegs[path, number] = jpeg
            while len(self._jpegs) > self._capacity:
                self._jpegs.popitem(last=False)

    @property
    def kept(self) -> int:
        """How many frames are kept now; at most the capacity."""
        with self._lock:
            return len(self._jpegs)


def _encode(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _decode(path: Path, first: int) -> list[Picture]:
    """Return frame ``first`` and those that follow it, at most READ_AHEAD in all."""
    pictures: list[Picture] = []
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            rate, base = stream.average_rate, stream.time_base
            if not rate or not base:
                raise ConfigError(f"{path}: says no frame rate; render it again")
            start = stream.start_time or 0
            container.seek(start + int(first / rate / base), stream=stream)
            for frame in container.decode(stream):
                if frame.pts is not None and round((frame.pts - start) * base * rate) >= first:
                    pictures.append(np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8))
                if len(pictures) == READ_AHEAD:
                    break
    except (av.FFmpegError, IndexError) as exc:
        raise ConfigError(f"{path}: cannot be decoded ({exc}); install vigie again") from exc
    if not pictures:
        raise ConfigError(f"{path}: has no frame {first}; prints.json says that it has")
    return pictures
