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
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

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


def part(jpeg: bytes) -> bytes:
    """Wrap one JPEG as a part of the multipart stream."""
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)


class LoadCameras:
    """The server: one asyncio loop, every camera on its own phase of the second."""

    def __init__(self, cameras: int, frames_per_s: float, kinds: Sequence[Kind] = PLAIN) -> None:
        self._cameras, self._kinds = cameras, kinds
        self._reels = {size: make_reels(size) for size in {kind.size for kind in kinds}}
        self._period_s = 1.0 / frames_per_s
        self._fails: dict[int, bool] = {}  # by camera; whether its first failing picture was sent

    async def serve(self) -> None:
        """Listen on a free loopback port, print the base URL, and serve until cancelled."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=4096)
        port = server.sockets[0].getsockname()[1]
        _tell(f"http://127.0.0.1:{port}")
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            number = 0
            while request := await reader.readuntil(b"\r\n\r\n"):
                _, way, name = request.split(b" ", 2)[1].split(b"/", 2)
                camera = int(name)
                if way == b"fail":
                    self._fails.setdefault(camera, False)
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                elif way == b"mjpeg":
                    await self._stream(writer, camera)
                else:
                    await self._snapshot(writer, camera, number)
                    number += 1
        writer.close()

    async def _snapshot(self, writer: asyncio.StreamWriter, camera: int, number: int) -> None:
        await self._behave(camera)
        jpeg = self._picture(camera, camera + number)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg))
        writer.write(jpeg)
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter, camera: int) -> None:
        await self._behave(camera)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n" % BOUNDARY)
        loop = asyncio.get_running_loop()
        due_at = loop.time() + self._period_s * camera / self._cameras
        number = camera
        while True:
            await asyncio.sleep(max(0.0, due_at - loop.time()))
            writer.write(part(self._picture(camera, number)))
            await writer.drain()
            number += 1
            due_at += self._period_s

    async def _behave(self, camera: int) -> None:
        kind = kind_of(camera, self._kinds)
        if kind.is_dead:
            await asyncio.Event().wait()
        if kind.is_slow:
            await asyncio.sleep(SLOW_S)

    def _picture(self, camera: int, number: int) -> bytes:
        kind = kind_of(camera, self._kinds)
        reels = self._reels[kind.size]
        reel = reels[camera % len(reels)]
        if camera in self._fails and reel.failing:
            if not self._fails[camera]:
                self._fails[camera] = True
                _tell(json.dumps({"camera": camera, "sent_at": time.monotonic()}))
            return reel.failing[number % PICTURES_A_PRINT]
        return reel.healthy[0 if kind.is_frozen else number % PICTURES_A_PRINT]


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
