"""Simulated load: N cameras on loopback, from one process that only sends.

The benches start it as a process of its own, so that its cost is never counted as the monitor's:
``python -m monitor.sim.load_cameras --cameras 60`` prints the base URL and serves ``/mjpeg/0`` and ``/snapshot/0``,
``/mjpeg/1`` ... The pictures are frames of the rendered prints, enlarged with sensor noise, encoded before the start:
a 720p one has 95 to 150 kB, as real webcams send them. Consecutive pictures of a camera always differ.

``--mix mixed`` makes a farm of them as one finds it (:data:`MIX`). ``GET /fail/7`` lets camera 7 show a failing print
from now on; its first failing picture is told on stdout, a JSON line: ``camera``, ``sent_at`` (seconds of the machine's
monotonic clock, which all its processes share).
"""

import argparse
import asyncio
import contextlib
import functools
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sim.prints import load_prints

VGA, HD, FULL_HD = (640, 480), (1280, 720), (1920, 1080)
PICTURES_A_PRINT = 6  # a camera shows them in turn: parts of one print's life, each with a noise of its own
NOISE = 6.0  # grey levels, standard deviation: gives the size that a webcam's JPEGs have
QUALITY = 78
BOUNDARY = b"frame"
SLOW_S = 2.0  # until a slow camera answers


@dataclass(frozen=True, slots=True)
class Kind:
    """How a camera behaves."""

    size: tuple[int, int] = HD
    is_slow: bool = False  # answers late
    is_dead: bool = False  # accepts, and never answers
    is_frozen: bool = False  # the same picture for ever


PLAIN = (Kind(),)
MIX = (
    *[Kind()] * 68,
    *[Kind(VGA)] * 20,
    *[Kind(FULL_HD)] * 8,
    *[Kind(is_slow=True)] * 2,
    Kind(is_dead=True),
    Kind(is_frozen=True),
)
"""A hundred cameras as one finds them; they come in an order that spreads the kinds over any number."""
_STRIDE = 37  # coprime to 100


def kind_of(camera: int, kinds: Sequence[Kind]) -> Kind:
    """Return how the camera with this number behaves."""
    return kinds[camera * _STRIDE % len(kinds)]


@dataclass(frozen=True, slots=True)
class Reel:
    """JPEGs of one print in one size; ``failing`` is empty for a print that has no failure."""

    healthy: tuple[bytes, ...]
    failing: tuple[bytes, ...]


def make_reels(size: tuple[int, int], seed: int = 0) -> list[Reel]:
    """Return the pictures of every rendered print: some of its last third, and of its failure where all is visible."""
    random = np.random.default_rng(seed)
    reels = []
    for made in load_prints():
        clips = (made.healthy, made.failure.clip if made.failure else None)
        healthy, failing = (
            tuple(_encode(clip.frame(clip.frames - 1 - back), size, random) for back in range(PICTURES_A_PRINT))
            if clip
            else ()
            for clip in clips
        )
        reels.append(Reel(healthy, failing))
    return reels


def make_pictures(count: int, size: tuple[int, int] = HD) -> list[bytes]:
    """Return ``count`` JPEGs of healthy prints, of all prints in turn."""
    reels = make_reels(size)
    return [reels[number % len(reels)].healthy[number // len(reels) % PICTURES_A_PRINT] for number in range(count)]


def can_fail(camera: int) -> bool:
    """Tell whether the print that this camera shows has a failure."""
    prints = load_prints()
    return prints[camera % len(prints)].failure is not None


def _encode(frame: NDArray[np.uint8], size: tuple[int, int], random: np.random.Generator) -> bytes:
    large = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)
    noise = random.standard_normal(large.shape, dtype=np.float32) * NOISE
    noisy = np.clip(large + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


@functools.cache
def part(jpeg: bytes) -> bytes:
    """Wrap one JPEG as a part of the multipart stream."""
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)


@functools.cache
def answer(jpeg: bytes) -> bytes:
    """Wrap one JPEG as the answer to a request for a snapshot."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s" % (len(jpeg), jpeg)


class LoadCameras:
    """The cameras, each on its own phase of the second; their pictures are wrapped once and sent as they are."""

    def __init__(self, cameras: int, frames_per_s: float, kinds: Sequence[Kind] = PLAIN) -> None:
        self._cameras, self._kinds = cameras, kinds
        self._reels = {size: make_reels(size) for size in {kind.size for kind in kinds}}
        self._sent = [0] * cameras  # pictures, by camera
        self._fails: dict[int, bool] = {}  # by camera; whether its first failing picture was sent
        self.period_s = 1.0 / frames_per_s

    async def serve(self) -> None:
        """Listen on a free loopback port, print the base URL, and serve until cancelled."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Viewer(self), "127.0.0.1", 0, backlog=4096)
        port = server.sockets[0].getsockname()[1]
        _tell(f"http://127.0.0.1:{port}")
        async with server:
            await server.serve_forever()

    def kind(self, camera: int) -> Kind:
        """Return how a camera behaves."""
        return kind_of(camera, self._kinds)

    def phase_s(self, camera: int) -> float:
        """Return when in its period a camera sends."""
        return self.period_s * camera / self._cameras

    def fail(self, camera: int) -> None:
        """Let a camera show a failing print from now on."""
        self._fails.setdefault(camera, False)

    def next_picture(self, camera: int) -> bytes:
        """Return what a camera shows now: another picture than the last time, unless it is frozen."""
        kind = self.kind(camera)
        reels = self._reels[kind.size]
        reel = reels[camera % len(reels)]
        self._sent[camera] += 1
        number = 0 if kind.is_frozen else (camera + self._sent[camera]) % PICTURES_A_PRINT
        if camera not in self._fails or not reel.failing:
            return reel.healthy[number]
        if not self._fails[camera]:
            self._fails[camera] = True
            _tell(json.dumps({"camera": camera, "sent_at": time.monotonic()}))
        return reel.failing[number]


class Viewer(asyncio.Protocol):
    """A connection of somebody who looks."""

    def __init__(self, cameras: LoadCameras) -> None:
        self._cameras = cameras
        self._loop = asyncio.get_running_loop()
        self._heard = b""
        self._next: asyncio.TimerHandle | None = None  # what is sent later
        self._is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (given by asyncio)
        """Send nothing more."""
        if self._next is not None:
            self._next.cancel()

    def pause_writing(self) -> None:
        """Leave pictures out while the last one has not gone."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_full = False

    def data_received(self, data: bytes) -> None:
        """Answer each request."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            _, way, name = request.split(b" ", 2)[1].split(b"/", 2)
            self._answer(way, int(name))

    def _answer(self, way: bytes, camera: int) -> None:
        if way == b"fail":
            self._cameras.fail(camera)
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            return
        kind, show = self._cameras.kind(camera), self._stream if way == b"mjpeg" else self._snapshot
        if kind.is_slow:
            self._next = self._loop.call_later(SLOW_S, show, camera)
        elif not kind.is_dead:
            show(camera)

    def _snapshot(self, camera: int) -> None:
        self._transport.write(answer(self._cameras.next_picture(camera)))

    def _stream(self, camera: int) -> None:
        kind = b"multipart/x-mixed-replace; boundary=" + BOUNDARY
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n" % kind)
        self._send(camera, self._loop.time() + self._cameras.phase_s(camera))

    def _send(self, camera: int, due_at: float) -> None:
        """Send a part if it is due, and come back for the next."""
        if self._loop.time() >= due_at:
            due_at += self._cameras.period_s
            if not self._is_full:
                self._transport.write(part(self._cameras.next_picture(camera)))
        self._next = self._loop.call_at(due_at, self._send, camera, due_at)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until the process is ended."""
    options = argparse.ArgumentParser(description="Simulated cameras for the benches.")
    options.add_argument("--cameras", type=int, required=True)
    options.add_argument("--frames-per-s", type=float, default=5.0)
    options.add_argument("--mix", choices=("plain", "mixed"), default="plain")
    chosen = options.parse_args()
    cameras = LoadCameras(chosen.cameras, chosen.frames_per_s, MIX if chosen.mix == "mixed" else PLAIN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(cameras.serve())


if __name__ == "__main__":
    main()
