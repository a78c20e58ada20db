"""Simulated load: N cameras that stream 720p MJPEG on loopback, from one process that only sends.

``vigie bench`` starts it as a process of its own, so that its cost is never counted as the monitor's:
``python -m monitor.sim.load_cameras --cameras 60 --frames-per-s 5`` prints the base URL and serves ``/0``, ``/1`` ...
The pictures are frames of the rendered prints, enlarged to 720p with sensor noise, encoded before the start: 60 to
80 kB each, as real webcams send them. Consecutive frames of a camera always differ.
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sim.prints import load_prints

SIZE = (1280, 720)
PICTURES = 48
NOISE = 6.0  # grey levels, standard deviation: gives the size that a webcam's JPEGs have
QUALITY = 78
BOUNDARY = b"frame"


def make_pictures(count: int, seed: int = 0) -> list[bytes]:
    """Return ``count`` different 720p JPEGs, from all rendered prints in turn."""
    random = np.random.default_rng(seed)
    prints = load_prints()
    pictures = []
    for number in range(count):
        clip = prints[number % len(prints)].healthy
        frame = clip.frame(number * 7 % clip.frames)
        pictures.append(_encode(frame, random))
    return pictures


def _encode(frame: NDArray[np.uint8], random: np.random.Generator) -> bytes:
    large = cv2.resize(frame, SIZE, interpolation=cv2.INTER_CUBIC)
    noise = random.standard_normal(large.shape, dtype=np.float32) * NOISE
    noisy = np.clip(large + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def part(jpeg: bytes) -> bytes:
    """Wrap one JPEG as a part of the multipart stream."""
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)


class LoadCameras:
    """The server: one asyncio loop, every stream on its own phase of the second."""

    def __init__(self, pictures: Sequence[bytes], cameras: int, frames_per_s: float) -> None:
        self._parts = [part(jpeg) for jpeg in pictures]
        self._cameras = cameras
        self._period_s = 1.0 / frames_per_s

    async def serve(self) -> None:
        """Listen on a free loopback port, print the base URL, and serve until cancelled."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=2048)
        port = server.sockets[0].getsockname()[1]
        sys.stdout.write(f"http://127.0.0.1:{port}\n")
        sys.stdout.flush()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            camera = int(request.split(b" ", 2)[1].strip(b"/") or b"0") % self._cameras
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n" % BOUNDARY)
            await self._stream(writer, camera)
        writer.close()

    async def _stream(self, writer: asyncio.StreamWriter, camera: int) -> None:
        loop = asyncio.get_running_loop()
        due_at = loop.time() + self._period_s * camera / self._cameras
        number = camera
        while True:
            await asyncio.sleep(max(0.0, due_at - loop.time()))
            writer.write(self._parts[number % len(self._parts)])
            await writer.drain()
            number += 1
            due_at += self._period_s


def main() -> None:
    """Serve until the process is ended."""
    options = argparse.ArgumentParser(description="Simulated cameras for vigie bench.")
    options.add_argument("--cameras", type=int, required=True)
    options.add_argument("--frames-per-s", type=float, default=5.0)
    chosen = options.parse_args()
    cameras = LoadCameras(make_pictures(PICTURES), chosen.cameras, chosen.frames_per_s)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(cameras.serve())


if __name__ == "__main__":
    main()
