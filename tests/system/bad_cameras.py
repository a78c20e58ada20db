"""Cameras that misbehave, each at a path of its own: ``python -m tests.system.bad_cameras`` prints their base URL.

A process of its own, so that the connections that come and go are not the tests'.
"""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import Awaitable, Callable

from tests.capture.pictures import part, truncated
from tests.inspection.pictures import jpeg, scene

PERIOD_S = 0.2
PICTURES = 8

_STREAM = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=boundarydonotcross\r\n\r\n"
_PAGE = b"<html><body>Camera set-up</body></html>"

Camera = Callable[[asyncio.StreamWriter], Awaitable[None]]


def live(level: int) -> list[bytes]:
    """Return pictures of one scene, each with noise of its own."""
    return [jpeg(scene(number, level=level)) for number in range(PICTURES)]


async def page(writer: asyncio.StreamWriter) -> None:
    """Answer 200 with HTML."""
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + _PAGE)
    await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    """Send a good picture for a second, then nothing, and keep the connection."""
    writer.write(_STREAM)
    for picture in live(110)[:5]:
        writer.write(part(picture))
        await asyncio.sleep(PERIOD_S)
    await asyncio.sleep(3600)


def stream(pictures: list[bytes]) -> Camera:
    """Return a camera that sends these pictures in turn, for ever."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM)
        for picture in itertools.cycle(pictures):
            writer.write(part(picture))
            await writer.drain()
            await asyncio.sleep(PERIOD_S)

    return send


def cameras() -> dict[str, Camera]:
    """Return all of them by path."""
    good = live(110)
    return {
        "html": page,
        "silent": silent,
        "frozen": stream(good[:1]),
        "dark": stream(live(4)),
        "cut": stream([truncated(picture) for picture in good]),
        "torn": stream([truncated(picture) + b"\xff\xd9" for picture in good]),
        "good": stream(good),
    }


async def serve() -> None:
    """Listen on a free loopback port until cancelled."""
    known = cameras()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            await known[request.split(b" ", 2)[1].decode().strip("/")](writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
