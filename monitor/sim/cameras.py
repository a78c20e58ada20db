"""The simulated cameras' server: MJPEG and snapshots over HTTP on loopback, from one event loop.

``/{printer}/stream`` is a multipart stream, ``/{printer}/snapshot`` one JPEG. A camera makes pictures only while
somebody looks; each is encoded once and shared by all viewers, and a slow viewer misses pictures instead of
delaying them.
"""

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

BOUNDARY = b"vigie-simulated-frame"
REQUEST_WITHIN_S = 10.0
LARGEST_REQUEST = 16_384
PICTURE_THREADS = 2  # decoding and encoding release the interpreter's lock
_REQUEST = re.compile(rb"GET /([a-z0-9_-]+)/(stream|snapshot)[ ?]")


@dataclass(slots=True)
class SimulatedLens:
    """One camera: how it makes a picture, how often, and who waits for the next one."""

    picture: Callable[[], bytes]  # the JPEG of this moment
    frames_per_s: float
    viewers: int = 0
    newest: bytes = b""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    shutter: asyncio.Task[None] | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, pool: Executor) -> bytes:
        """Make a picture beside the event loop, and never two of one camera at a time."""
        async with self._one_at_a_time:
            return await asyncio.get_running_loop().run_in_executor(pool, self.picture)

    def show(self, picture: bytes) -> None:
        """Give a new picture to everybody who waits for it."""
        self.newest = picture
        self.changed.set()
        self.changed = asyncio.Event()


class CameraServer:
    """Serves all simulated cameras from one thread; :meth:`start` and :meth:`stop` may be called once each."""

    def __init__(self, lenses: Mapping[str, SimulatedLens]) -> None:
        self._lenses = dict(lenses)
        self._thread = threading.Thread(target=self._run, name="simulated-cameras", daemon=True)
        self._listening = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._pool = ThreadPoolExecutor(PICTURE_THREADS, "simulated-pictures")
        self._connections: set[asyncio.Task[None]] = set()
        self._port = 0

    def start(self) -> None:
        """Listen on a free loopback port."""
        self._thread.start()
        self._listening.wait()

    def stop(self) -> None:
        """Close every connection and join the thread. Idempotent."""
        if self._loop is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has closed in between
                self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()

    def add(self, printer: str, lens: SimulatedLens) -> None:
        """Serve one more camera, or another one at the same address."""
        self._lenses[printer] = lens

    def remove(self, printer: str) -> None:
        """Answer 404 to whoever asks for a camera from now on."""
        self._lenses.pop(printer, None)

    def url(self, printer: str) -> str:
        """Return the address of a camera's stream."""
        if printer not in self._lenses:
            raise KeyError(printer)
        return f"http://127.0.0.1:{self._port}/{printer}/stream"

    def _run(self) -> None:
        try:
            with self._pool:
                asyncio.run(self._serve())
        except Exception:
            log.exception("the simulated cameras failed")
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LARGEST_REQUEST, backlog=512)
        self._port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        server.close()
        shutters = [lens.shutter for lens in self._lenses.values() if lens.shutter]
        tasks = [*self._connections, *shutters]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("a viewer of a simulated camera has gone")
        except asyncio.CancelledError:
            log.debug("the simulated cameras stop")
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(REQUEST_WITHIN_S):
            request = await reader.readuntil(b"\r\n\r\n")
        match = _REQUEST.match(request)
        lens = self._lenses.get(match[1].decode()) if match else None
        if match is None or lens is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        elif match[2] == b"snapshot":
            jpeg = await lens.take(self._pool)
            writer.write(_headers("200 OK", "image/jpeg", len(jpeg)) + jpeg)
        else:
            writer.write(_headers("200 OK", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"))
            await self._stream(lens, writer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _stream(self, lens: SimulatedLens, writer: asyncio.StreamWriter) -> None:
        lens.viewers += 1
        if lens.shutter is None:
            lens.shutter = asyncio.create_task(_expose(lens, self._pool))
        try:
            while True:
                await lens.changed.wait()
                writer.write(_part(lens.newest))
                await writer.drain()
        finally:
            lens.viewers -= 1


async def _expose(lens: SimulatedLens, pool: Executor) -> None:
    """Make pictures at the camera's rate while somebody looks."""
    loop = asyncio.get_running_loop()
    due_at = loop.time()
    try:
        while lens.viewers:
            lens.show(await lens.take(pool))
            due_at = max(due_at + 1.0 / lens.frames_per_s, loop.time())
            await asyncio.sleep(due_at - loop.time())
    except KeyError:
        log.debug("a simulated camera was taken away")
    except Exception:
        log.exception("a simulated camera failed")
    finally:
        lens.shutter = None


def _headers(status: str, content_type: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", "Cache-Control: no-store", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _part(jpeg: bytes) -> bytes:
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)
